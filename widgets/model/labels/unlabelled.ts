/** Labels to begin with: nothing, in memory of one brick. */
import { defaultBrick } from "../../../src/compute/build.js";
import { InvalidArgument, MissingData } from "../../../src/core/errors.js";
import { PALETTE } from "../../../src/core/phases.js";
import { trace } from "../../../src/core/provenance.js";
import { BrickGrid } from "../../../src/core/shape.js";
import { type BrickStore, Volume } from "../../../src/core/volume.js";

/** Labels of the shape of a volume, all 0. @param names of the labels 1, 2, … */
export function unlabelled(volume: Volume, names: readonly string[] = ["label 1", "label 2", "label 3"]): Volume {
  if (
    !Array.isArray(names) ||
    names.length === 0 ||
    names.length > 32 ||
    names.some((name) => String(name).length > 40)
  )
    throw new InvalidArgument("names: give 1 to 32 names of at most 40 characters, for the labels 1, 2, …");
  const { shape, spacing, origin, direction } = volume;
  const brick = defaultBrick(shape);
  const nothing = new Uint8Array(new BrickGrid(shape, brick).brickVoxels);
  const store: BrickStore = {
    read: async () => nothing,
    zone: () => ({ min: 0, max: 0, sum: 0, nan: 0 }),
    place() {
      throw new MissingData("labels that are being edited have no place in memory; take them with labels()");
    },
    memoryBytes: nothing.length,
    release: () => undefined,
  };
  const phases = names.map((name, k) => ({ label: k + 1, name: String(name), colour: PALETTE[k % PALETTE.length]! }));
  const provenance = trace("unlabelled", { names }, { volume });
  return new Volume({
    shape,
    dtype: "uint8",
    role: "labels",
    spacing,
    origin,
    direction,
    phases,
    provenance,
    brick,
    store,
  });
}
