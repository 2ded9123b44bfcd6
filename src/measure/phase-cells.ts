import { type CellCounts, countCells } from "../compute/operations/cells.js";
import { checkMask, reduce } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { checkRegion, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { phaseNumbers } from "./phase-numbers.js";

/** Areas are added up in whole units, so that no order shows: 2⁻³⁰ of the largest area of a cell. */
const PARTS = 2 ** 30;

/** Counts which corners of cells each phase holds; with `areas`, of each set of corners, also the areas between pairs of phases. */
export async function cellsOfPhases(
  labels: Volume,
  phases: readonly Phase[],
  options: Omit<RunOptions, "to">,
  areas?: Float64Array,
): Promise<Pick<CellCounts, "whole" | "cut"> & { between(a: number, b: number): number }> {
  const { region = wholeRegion(labels.shape), mask, ...rest } = options;
  checkMask(mask, labels);
  checkRegion(region, labels.shape);
  const unit = Math.max(...(areas ?? [1])) / PARTS;
  const units = areas && BigInt64Array.from(areas, (area) => BigInt(Math.round(area / unit)));
  const parameters = { ...phaseNumbers(labels, phases), phases: phases.length, region, areas: units };
  const { whole, cut, pairs } = await reduce(countCells, labels, parameters, {
    ...rest,
    region,
    besides: mask === undefined ? [] : [mask],
    // What lies beyond does not count; it only has to be a value of the table.
    border: "nearest",
  });
  const between = (a: number, b: number): number =>
    (Number(pairs[Math.min(a, b) * phases.length + Math.max(a, b)]!) * unit) / 2;
  return { whole, cut, between };
}

/** Sum of what each set of corners stands for, over the cells of one phase. */
export function sumOfCells(counts: Float64Array, phase: number, worth: ArrayLike<number>): number {
  let sum = 0;
  for (let set = 1; set < 255; set++) sum += counts[256 * phase + set]! * worth[set]!;
  return sum;
}

/** Edges of a voxel, the unit of an area and what a volume is counted in: µm where the voxel size is known, else voxels. */
export interface MeasuredVoxel {
  readonly size: Triple;
  readonly cube: number;
  readonly length: "µm" | "voxel";
}

export function measuredVoxel({ spacing }: Pick<Volume, "spacing">): MeasuredVoxel {
  if (spacing === undefined) return { size: [1, 1, 1], cube: 1, length: "voxel" };
  const size = spacing.map((edge) => edge * 1e6) as unknown as Triple;
  return { size, cube: size[0] * size[1] * size[2], length: "µm" };
}
