import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { type BrickChords, chordsOfBrick } from "../compute/operations/chords.js";
import { checkMask, checkVolume, reduce } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { MissingData } from "../core/errors.js";
import { checkChoice, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { checkRegion, regionShape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { neutralOf, phaseOf } from "../morphology/structuring.js";
import { type AxisChords, ChordMerge, mergeBytes } from "../statistics/chord-merge.js";

/** Options of {@link chordLengths}. */
export interface ChordLengthsOptions extends Omit<RunOptions, "to"> {
  /** The phase in which chords lie, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** Chords that the end of the sample cuts off: `leave out` or `count` with the length that is seen. Default `leave out`. */
  cut?: "leave out" | "count";
}

/** What {@link chordLengths} returns. */
export type ChordLengths = ResultTable & {
  /** How many chords have each length: `length` in voxels along the axis, and their numbers along `z`, `y` and `x`. */
  readonly histogram: ResultTable;
};

const caller = "chordLengths";

/**
 * Chord lengths of a phase along z, y and x: on every line of voxels along an axis, the lengths of the runs of the phase. They tell how
 * far one comes inside a phase without meeting a wall, and by their difference along the axes how directed it is.
 *
 * Columns, one row an axis: `axis`; `chords`, their number; `mean`, `deviation` and `longest` of their lengths, in µm where the
 * voxel size is known, else in voxels (NaN without a chord); `cut chords`, those that the faces of volume and region, `mask` or
 * the label 255 of 8 bits cut off; `mean intercept`, the length of the phase on all lines over half the number of walls that it
 * meets. Long chords are cut more often than short ones, so that without them `mean` is too small and with them as well;
 * `mean intercept` has no such error, and is 4/S of the surface S per volume of the phase, where it has no direction. Beside the
 * table stands `histogram`.
 *
 * Exact, same result for any brick shape and number of workers, brick by brick. Cost O(n), a few nanoseconds a voxel; memory four
 * bytes for each line of the volume and per worker 26 bytes a voxel of a brick.
 * @param labels mask or labels of whole numbers, any shape
 * @throws InvalidArgument if there is no such phase
 * @throws MissingData if no voxel of region and mask is of the phase
 * @see S. Torquato, Random Heterogeneous Materials (2002), section 2.5; equal to porespy.filters.apply_chords with chord_counts,
 * which looks at every second line
 * @example const { histogram } = await chordLengths(phases, { phase: "pore" });
 */
export async function chordLengths(labels: Volume, options: ChordLengthsOptions = {}): Promise<ChordLengths> {
  checkVolume(caller, labels);
  checkOptions(caller, options, ["phase", "cut", ...TABLE_OPTIONS]);
  const { phase, cut = "leave out", ...rest } = options;
  checkChoice("cut", cut, ["leave out", "count"]);
  checkLabelled(caller, labels);
  const { region = wholeRegion(labels.shape), mask } = rest;
  checkRegion(region, labels.shape);
  checkMask(mask, labels);
  const label = phaseOf(caller, labels, phase);
  const outside = neutralOf(labels);
  const bytes = mergeBytes(regionShape(region));
  const claim = await machine.claim(caller, bytes, memoryLimitOf(rest, machine));
  try {
    const merge = new ChordMerge(labels.grid, region);
    let parts = 0;
    const add = (part: BrickChords): void => {
      merge.add(part);
      parts++;
    };
    const join = (first: BrickChords, part: BrickChords): BrickChords => {
      if (parts === 0) add(first);
      add(part);
      return first;
    };
    const only = await reduce({ ...chordsOfBrick, join }, labels, { label, outside }, rest);
    if (parts === 0) add(only);
    const provenance = trace(caller, { phase: label, cut, region: rest.region }, { labels, mask });
    return tablesOf(merge.finish(), cut === "count", labels.spacing, provenance);
  } finally {
    claim.drop();
  }
}

function tablesOf(
  axes: readonly [AxisChords, AxisChords, AxisChords],
  all: boolean,
  spacing: Volume["spacing"],
  provenance: Provenance,
): ChordLengths {
  const rows = axes.map(({ whole, cut, walls }, axis) => {
    const counts = all ? whole.map((count, length) => count + cut[length]!) : whole;
    const scale = spacing === undefined ? 1 : spacing[axis]! * 1e6;
    const sum = (of: Float64Array, power: number): number =>
      of.reduce((total, count, length) => total + count * length ** power, 0);
    const chords = sum(counts, 0);
    const mean = sum(counts, 1) / chords;
    const variance = counts.reduce((total, count, length) => total + count * (length - mean) ** 2, 0) / chords;
    const voxels = sum(whole, 1) + sum(cut, 1);
    return {
      counts,
      voxels,
      chords,
      mean: mean * scale,
      deviation: Math.sqrt(variance) * scale,
      longest: chords === 0 ? Number.NaN : counts.findLastIndex((count) => count > 0) * scale,
      cut: sum(cut, 0),
      intercept: ((2 * voxels) / walls) * scale,
    };
  });
  if (rows[0]!.voxels === 0)
    throw new MissingData(`${caller}: no voxel of region and mask is of the phase; check the phase and the mask`);
  const longest = Math.max(...rows.map(({ counts }) => counts.findLastIndex((count) => count > 0)), 0);
  const along = (axis: 0 | 1 | 2): number[] =>
    Array.from({ length: longest }, (_, k) => rows[axis]!.counts[k + 1] ?? 0);
  const histogram = resultTable(
    [
      { name: "length", values: Array.from({ length: longest }, (_, k) => k + 1), unit: "voxel" },
      { name: "z", values: along(0) },
      { name: "y", values: along(1) },
      { name: "x", values: along(2) },
    ],
    provenance,
  );
  const unit = spacing === undefined ? "voxel" : "µm";
  const of = (name: "chords" | "mean" | "deviation" | "longest" | "cut" | "intercept"): number[] =>
    rows.map((row) => row[name]);
  const table = resultTable(
    [
      { name: "axis", values: ["z", "y", "x"] },
      { name: "chords", values: of("chords") },
      { name: "mean", values: of("mean"), unit },
      { name: "deviation", values: of("deviation"), unit },
      { name: "longest", values: of("longest"), unit },
      { name: "cut chords", values: of("cut") },
      { name: "mean intercept", values: of("intercept"), unit },
    ],
    provenance,
  );
  return Object.assign(table, { histogram });
}
