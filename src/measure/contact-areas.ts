import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { marchingCubesAreas } from "./cell-tables.js";
import { flatAxis, outlineLengths, sidesOf } from "./image-tables.js";
import { particleSums } from "./particle-sums.js";
import { measuredVoxel } from "./phase-cells.js";

/** Options of {@link contactAreas}. */
export interface ContactAreasOptions extends Omit<RunOptions, "to"> {}

/**
 * Areas at which particles touch: a row for each two labels that have a face in common, as links of a network.
 *
 * Columns: `label`, `other label`, `faces` (voxels' faces between both), `face area` (of these faces) and `smooth area` (by marching cubes: half of
 * both surfaces, less that of both together, in the cells where they meet); in µm², or voxel² where the voxel size is unknown. Faces are a
 * staircase: of contacts of all directions they have 1.5 times the area; see {@link interfaceAreas}, which is for phases, of which each meets each.
 *
 * Of an image (one plane) lengths: `face length`, of sides of pixels, and `smooth length`, by marching squares, in µm or voxels.
 *
 * Labels without a phase table leave out 0, which is no particle; with one, 0 is a phase like others. 255 of 8-bit labels is left out unless a phase has it.
 * What lies outside of region and mask touches nothing. Exact (smooth areas in units of 2⁻²⁶ of a cell), the same for any brick shape and number of workers, also for volumes
 * larger than memory. Cost O(n), brick by brick, some ten nanoseconds a voxel; memory 700 bytes a label, and 80 for each two that touch.
 * @param labels labels of whole numbers, any shape
 * @returns one row for each two labels that touch, in ascending order
 * @throws InvalidArgument if these are no labels
 * @throws LimitExceeded if there are more labels than the memory limit holds
 * @see `faces` are those of TauFactor's interfacial_areas, but for those with the background; for these see `open area` of {@link particles}
 */
export async function contactAreas(labels: Volume, options: ContactAreasOptions = {}): Promise<ResultTable> {
  const caller = "contactAreas";
  checkVolume(caller, labels);
  checkOptions(caller, options, TABLE_OPTIONS);
  checkLabelled(caller, labels);
  const { size, length } = measuredVoxel(labels);
  const { region, mask } = options;
  if (region !== undefined) checkRegion(region, labels.shape);
  const flat = flatAxis(labels.shape, region);
  const areas = flat === undefined ? marchingCubesAreas(size) : outlineLengths(size, flat);
  const { labels: all, pairs } = await particleSums(labels, { areas }, options);
  const touching = pairs.filter(({ faces }) => faces.some((count) => count > 0));
  const numbers = (of: readonly number[]): Uint32Array | Int32Array =>
    DTYPES[labels.dtype].max > 2 ** 31 ? Uint32Array.from(of) : Int32Array.from(of);
  const sides = sidesOf(size, flat);
  const [word, unit] = flat === undefined ? ["area", `${length}²`] : ["length", length];
  return resultTable(
    [
      { name: "label", values: numbers(touching.map(({ one }) => all[one]!)) },
      { name: "other label", values: numbers(touching.map(({ other }) => all[other]!)) },
      { name: "faces", values: touching.map(({ faces }) => faces[0] + faces[1] + faces[2]) },
      {
        name: `face ${word}`,
        values: touching.map(({ faces }) => faces.reduce((sum, count, axis) => sum + count * sides[axis]!, 0)),
        unit,
      },
      { name: `smooth ${word}`, values: touching.map(({ area }) => area), unit },
    ],
    trace(caller, { region }, { labels, mask }),
  );
}
