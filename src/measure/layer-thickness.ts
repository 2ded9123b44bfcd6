import { memoryLimitOf } from "../compute/build.js";
import { machine, release } from "../compute/memory.js";
import { layerThickness as operation } from "../compute/operations/columns.js";
import { checkMask, checkVolume, run } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkNumber, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { checkRegion, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { measuredPhases, phaseNumbers } from "./phase-numbers.js";
import { figuresOf } from "./thickness-map.js";

/** Options of {@link layerThickness}. */
export interface LayerThicknessOptions extends Omit<RunOptions, "to"> {
  /** The layer, by name or label. */
  layer: string | number;
  /** What it lies on: the phase on whose surface the map is. */
  on: string | number;
  /** Thickest layer that is looked for: voxels (of the shortest edge), or a length. Default 10 voxels. */
  most?: number | Length;
}

/** What {@link layerThickness} returns: a row of figures. */
export type LayerThickness = ResultTable & {
  /** Thickness at each voxel of the surface (float32), in µm or voxels; NaN elsewhere. */
  readonly map: Volume;
};

const OPTIONS = ["layer", "on", "most", ...TABLE_OPTIONS];

/**
 * Thickness of a layer on a surface, as a map: of the solid–electrolyte interphase or a coating on particles, of the oxide on zinc.
 *
 * From each voxel of the phase `on` that has a face with the layer or with what lies beyond, a line goes along the normal of the surface, and what it has of the layer is
 * its thickness; it ends where what lies beyond is reached. The normal points from the middle of what a ball of 5 voxels has of the phase to that of what it has of others. Voxels
 * along the line are weighted by how near it passes (trilinear), in steps of a quarter voxel: the thickness at one voxel is uncertain by some tenths of a voxel, its mean is
 * right for layers of all directions: shells of 3 and of 6 voxels on balls of 15 to 20 within 1 %.
 *
 * Columns, one row: `mean`, `deviation`, `variation` (deviation over mean), `least`, `5 %`, `median`, `95 %`, `most`, over all voxels of the surface, in µm, or in voxels where the
 * voxel size is unknown; `covered`: the share of these that have at least half a voxel of the layer. Where the phase meets neither the layer nor anything else, at the
 * faces of the volume and of what lies outside of the mask, there is no surface. What is thicker than `most` is told as a little more than `most`.
 *
 * Same result for any brick shape and number of workers, also for volumes larger than memory. Cost some nanoseconds a voxel, and about a microsecond a voxel of the
 * surface; memory the map, 4 bytes a voxel, per worker a brick with a halo of `most` and 4 voxels, and 8 bytes for each voxel of the surface.
 * @param labels labels of whole numbers
 * @throws InvalidArgument if there is no such phase, both are the same, or `most` is not from 1 to 64 voxels
 * @throws MissingData if `on` has no surface, or `most` is a length and the voxel size is unknown
 * @example const { map } = await layerThickness(phases, { layer: "oxide", on: "zinc", most: um(2) });
 */
export async function layerThickness(labels: Volume, options: LayerThicknessOptions): Promise<LayerThickness> {
  const caller = "layerThickness";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { layer, on, most = 10, ...watch } = options;
  const { spacing } = labels;
  const shortest = spacing === undefined ? 1 : Math.min(...spacing);
  if (isLength(most) && spacing === undefined)
    throw new MissingData(
      `${caller}: most is a length, but the voxel size is unknown: give voxels, or set it with labels.with({ spacing: um(…) })`,
    );
  const reach = isLength(most) ? most.metres / shortest : most;
  checkNumber(`${caller}: most (voxels)`, reach, 1, 64);
  const { phases } = await measuredPhases(caller, labels, watch);
  const [own, body] = [layer, on].map((phase) => labelOf(caller, phase, phases));
  if (own === body)
    throw new InvalidArgument(`${caller}: layer and on are both ${JSON.stringify(layer)}; give two phases`);
  const numbers = phaseNumbers(labels, phases);
  const kindOf = (label: number): number => (label === own ? 1 : label === body ? 2 : 3);
  const table = numbers.table.map((number) => (number === 0 ? 0 : kindOf(phases[number - 1]!.label)));
  const size = (spacing?.map((edge) => edge / shortest) ?? [1, 1, 1]) as unknown as Triple;
  const unit = spacing === undefined ? 1 : shortest * 1e6;
  const { region = wholeRegion(labels.shape), mask } = watch;
  checkRegion(region, labels.shape);
  const provenance = trace(caller, { layer: own, on: body, most: reach, region: watch.region }, { labels, mask });
  const parameters = { table, low: numbers.low, size, most: reach, unit };
  const facts = { role: "field" as const, provenance };
  checkMask(mask, labels);
  // The mask is seen beside the labels, too: what lies outside of it is neither layer nor what lies beyond.
  const beside = mask === undefined ? {} : { besides: [mask], besideBorder: "nearest" as const };
  const map = await run(operation, labels, parameters, { ...watch, ...beside, border: "nearest" }, facts);
  try {
    const sorted = await thicknessesIn(caller, map, watch);
    if (sorted.length === 0)
      throw new MissingData(
        `${caller}: ${JSON.stringify(on)} has no surface in ${regionShape(region).join(" × ")} voxels`,
      );
    const covered = sorted.length - sorted.findIndex((value) => value >= unit / 2);
    const share = covered > sorted.length ? 0 : covered / sorted.length;
    const length = spacing === undefined ? "voxel" : "µm";
    return Object.assign(figuresOf(sorted, share, length, provenance), { map });
  } catch (error) {
    release(map);
    throw error;
  }
}

/** All thicknesses of a map, ascending: counted first, so that their memory is claimed before it is there. */
async function thicknessesIn(
  caller: string,
  map: Volume,
  { signal, memoryLimit }: Pick<RunOptions, "signal" | "memoryLimit">,
): Promise<Float64Array> {
  const each = async (see: (value: number) => void): Promise<void> => {
    for (let k = 0; k < map.grid.length; k++) {
      signal?.throwIfAborted();
      for (const value of (await map.read(map.grid.region(k))) as Float32Array) if (!Number.isNaN(value)) see(value);
    }
  };
  let count = 0;
  await each(() => count++);
  const limit = memoryLimitOf(memoryLimit === undefined ? {} : { memoryLimit }, machine);
  const claim = await machine.claim(caller, 8 * count, limit);
  try {
    const values = new Float64Array(count);
    let at = 0;
    await each((value) => {
      values[at++] = value;
    });
    return values.sort();
  } finally {
    claim.drop();
  }
}
