import { countEdges, type EdgeCounts } from "../compute/operations/edges.js";
import { checkMask, checkVolume, reduce } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { labelOf, type Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { checkRegion, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { measuredVoxel } from "./phase-cells.js";
import { type MeasuredPhases, measuredPhases, phaseNumbers } from "./phase-numbers.js";

/** Options of {@link triplePhaseBoundary}. */
export interface TriplePhaseBoundaryOptions extends Omit<RunOptions, "to"> {
  /** The three phases, by name or label. Default: a row for each three of them; needed where there are more than 8. */
  phases?: readonly (string | number)[];
}

const OPTIONS = ["phases", ...TABLE_OPTIONS];
/** Of eight phases there are 56 times three. */
const MOST = 8;

/**
 * Length of the lines at which three phases meet, such as pore, binder and active material: where a reaction finds ions, electrons and host.
 *
 * They meet at an edge of voxels if all three are among the four voxels around it. Edges at the faces of the volume, and at those of
 * region and mask, do not count.
 *
 * Columns, one row for each three phases: `phase`, `other phase`, `third phase`; `edges` (their number) and `edge fraction` (of all edges of
 * voxels inside); `length` (of these edges) and `length per volume`, of the volume of all voxels that belong to a phase; `smooth length`
 * and `smooth length per volume`; in µm and 1/µm², where the voxel size is unknown in voxel and 1/voxel².
 *
 * A line of edges is a staircase: it has |dz| + |dy| + |dx| times the length of a line of the direction d, between 1 and 1.73 times, 1.5 times for
 * lines of all directions. The smooth length cuts the corners: it joins the middles of edges that follow each other, and where more than two meet,
 * all with the mean of their middles. It is exact for lines along the grid and along diagonals of voxels' faces, 1.22 times too long for those along
 * diagonals of voxels, and 1.19 times for lines of all directions.
 *
 * Exact, same result for any brick shape and number of workers, also for volumes larger than memory. Cost O(n), one or two nanoseconds a voxel for
 * each three phases; memory per worker one brick.
 * @param labels labels of whole numbers (phases from its phase table, other labels by their number)
 * @throws InvalidArgument if these are no labels, `phases` are not three different ones, or there are more than 8 and none are named
 * @throws MissingData if there are fewer than three phases
 * @see `edge fraction` is TauFactor's triple_phase_boundary. H. Iwai et al., Quantification of SOFC anode microstructure based on dual beam
 * FIB-SEM technique (2010), doi:10.1016/j.jpowsour.2009.09.005, for what staircases do to the length
 * @example await triplePhaseBoundary(labels, { phases: ["pore", "binder", "active material"] })
 */
export async function triplePhaseBoundary(
  labels: Volume,
  options: TriplePhaseBoundaryOptions = {},
): Promise<ResultTable> {
  const caller = "triplePhaseBoundary";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { phases: given, ...run } = options;
  const measured = await measuredPhases(caller, labels, run);
  const { phases, total } = measured;
  const triples = triplesOf(caller, measured, given);
  const { region = wholeRegion(labels.shape), mask, ...rest } = run;
  checkMask(mask, labels);
  checkRegion(region, labels.shape);
  const { size, cube, length } = measuredVoxel(labels);
  const besides = mask === undefined ? [] : [mask];
  const numbers = phaseNumbers(labels, phases);
  const holes = mask !== undefined || measured.outside > 0;
  const found: (EdgeCounts & { readonly along: readonly number[]; readonly edges: number })[] = [];
  for (const triple of triples) {
    // Phases that are none of the three stand in the way, but they count.
    const table = numbers.table.map((number) => (number === 0 ? 0 : ([1, 2, 4][triple.indexOf(number - 1)] ?? 8)));
    const parameters = { table, low: numbers.low, region, holes };
    const counts = await reduce(countEdges, labels, parameters, { ...rest, region, besides, border: "nearest" });
    const edges = holes ? counts.all.reduce((sum, one) => sum + one, 0) : edgesIn(regionShape(region));
    found.push({ ...counts, along: alongAxes(counts.corners), edges });
  }
  const lengths = found.map(({ along }) => along.reduce((sum, count, axis) => sum + count * size[axis]!, 0));
  const table = smoothLengths(size);
  const smooth = found.map(({ corners }) => corners.reduce((sum, count, set) => sum + count * table[set]!, 0));
  const counts = found.map(({ along }) => along[0]! + along[1]! + along[2]!);
  const nameOf = (which: number): string[] => triples.map((triple) => phases[triple[which]!]!.name);
  const density = `1/${length}²`;
  return resultTable(
    [
      { name: "phase", values: nameOf(0) },
      { name: "other phase", values: nameOf(1) },
      { name: "third phase", values: nameOf(2) },
      { name: "edges", values: counts },
      {
        name: "edge fraction",
        values: counts.map((count, k) => count / found[k]!.edges),
        unit: "1",
      },
      { name: "length", values: lengths, unit: length },
      { name: "length per volume", values: lengths.map((sum) => sum / (total * cube)), unit: density },
      { name: "smooth length", values: smooth, unit: length },
      { name: "smooth length per volume", values: smooth.map((sum) => sum / (total * cube)), unit: density },
    ],
    trace(caller, { phases: given, region: run.region }, { labels, mask }),
  );
}

/** Edges of voxels that lie within a box, around each of which are four voxels. */
const edgesIn = ([z, y, x]: Triple): number => z * (y - 1) * (x - 1) + y * (z - 1) * (x - 1) + x * (z - 1) * (y - 1);

/** Edges along z, y and x, out of the half edges that meet at corners: each has two. */
function alongAxes(corners: Float64Array): number[] {
  return [3, 12, 48].map((bits) => {
    const halves = (set: number): number => ((set & bits & 21) === 0 ? 0 : 1) + ((set & bits & 42) === 0 ? 0 : 1);
    return corners.reduce((sum, count, set) => sum + count * halves(set), 0) / 2;
  });
}

function triplesOf(
  caller: string,
  { phases }: MeasuredPhases,
  given: readonly (string | number)[] | undefined,
): (readonly [number, number, number])[] {
  if (phases.length < 3)
    throw new MissingData(
      `${caller}: three phases meet at a line; there are ${phases.map(({ name }) => name).join(", ")}`,
    );
  if (given !== undefined) {
    if (!Array.isArray(given) || given.length !== 3)
      throw new InvalidArgument(`${caller}: phases is ${JSON.stringify(given)}; give three names or labels`);
    const three = given.map((phase: string | number) => placeOf(caller, phase, phases));
    if (new Set(three).size < 3)
      throw new InvalidArgument(`${caller}: phases is ${JSON.stringify(given)}; give three different ones`);
    return [three as unknown as [number, number, number]];
  }
  if (phases.length > MOST)
    throw new InvalidArgument(
      `${caller}: there are ${phases.length} phases; name three of them with \`phases\` (of at most ${MOST} all threes are measured)`,
    );
  return phases.flatMap((_, a) =>
    phases.flatMap((__, b) => phases.flatMap((___, c) => (a < b && b < c ? [[a, b, c] as const] : []))),
  );
}

const placeOf = (caller: string, phase: string | number, phases: readonly Phase[]): number => {
  const label = labelOf(caller, phase, phases);
  return phases.findIndex((one) => one.label === label);
};

/** Length of what the half edges that meet at a corner of voxels become, for each of their 64 sets. */
function smoothLengths([z, y, x]: Triple): Float64Array {
  const ends: Triple[] = [
    [-z / 2, 0, 0],
    [z / 2, 0, 0],
    [0, -y / 2, 0],
    [0, y / 2, 0],
    [0, 0, -x / 2],
    [0, 0, x / 2],
  ];
  return Float64Array.from({ length: 64 }, (_, set) => {
    const points = ends.filter((_end, k) => (set >> k) & 1);
    // A line that ends at a corner goes on to it; of two the mean lies on the straight line between.
    const centre = [0, 1, 2].map((axis) =>
      points.length < 2 ? 0 : points.reduce((sum, point) => sum + point[axis]!, 0) / points.length,
    );
    return points.reduce((sum, point) => sum + Math.hypot(...point.map((n, axis) => n - centre[axis]!)), 0);
  });
}
