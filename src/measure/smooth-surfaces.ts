import { smoothSurfaces as operation, type SmoothCellsParameters } from "../compute/operations/smooth-cells.js";
import { checkMask, reduce } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { checkRegion, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { POINTS, trianglesOf } from "./cell-triangles.js";
import { measuredVoxel } from "./phase-cells.js";
import { phaseNumbers } from "./phase-numbers.js";

/** Of the largest face of a voxel: areas are added up in whole units, so that no order shows. */
const PARTS = 2 ** 30;

/** Weights of a Gaussian over 3 × 3 × 3 voxels: of a voxel, and of its neighbours at faces, edges and corners. */
function gaussianWeights(deviation: number): number[] {
  const weights = [0, 1, 2, 3].map((steps) => Math.exp(-steps / (2 * deviation ** 2)));
  const sum = weights[0]! + 6 * weights[1]! + 12 * weights[2]! + 8 * weights[3]!;
  return weights.map((weight) => weight / sum);
}

/** Corners at the ends of the edge that each point lies on; of the middle of the cell the same one twice. */
function endsOfPoints(): Uint8Array {
  const corner = (point: readonly number[], end: 0 | 1): number =>
    point.reduce((sum, half, axis) => sum + (half === 1 ? end : half / 2) * (4 >> axis), 0);
  return Uint8Array.from(
    POINTS.flatMap((point) => (point.every((half) => half === 1) ? [0, 0] : [corner(point, 0), corner(point, 1)])),
  );
}

function triangleTable(): Uint8Array {
  const table = new Uint8Array(256 * 32);
  for (let set = 0; set < 256; set++) {
    const points = trianglesOf(set);
    table.set([points.length, ...points], 32 * set);
  }
  return table;
}

/** Areas of the surfaces of some phases, given by their places in the list of all, in µm² or voxel². */
export async function smoothSurfaces(
  labels: Volume,
  phases: readonly Phase[],
  wanted: readonly number[],
  how: { readonly gradient: boolean; readonly smoothing: number; readonly holes: boolean },
  options: Omit<RunOptions, "to">,
): Promise<number[]> {
  const { region = wholeRegion(labels.shape), mask, ...rest } = options;
  checkMask(mask, labels);
  checkRegion(region, labels.shape);
  const { size, cube } = measuredVoxel(labels);
  // A gradient is an area once it is multiplied with the volume of its voxel.
  const worth = how.gradient ? cube : 1;
  const unit = cube / Math.min(...size) / worth / PARTS;
  const parameters: SmoothCellsParameters = {
    ...phaseNumbers(labels, phases),
    phases: phases.length,
    region,
    wanted: wanted.map((k) => k + 1),
    gradient: how.gradient,
    weights: how.smoothing > 0 ? gaussianWeights(how.smoothing) : undefined,
    holes: how.holes,
    triangles: triangleTable(),
    ends: endsOfPoints(),
    size,
    unit,
  };
  const besides = mask === undefined ? [] : [mask];
  const sums = await reduce(operation, labels, parameters, {
    ...rest,
    region,
    besides,
    border: "nearest",
    besideBorder: "nearest",
  });
  return Array.from(sums, (sum) => Number(sum) * unit * worth);
}
