/** Counts in the cells of a coarse grid, along columns across a volume, and along rays through a layer. */
import { DTYPES } from "../../core/dtype.js";
import {
  type ColumnSpans,
  type ColumnSpansParameters,
  type DepthLabelsParameters,
  type GridCountsParameters,
  type GridPart,
  type InnerVoxelsParameters,
  LAYER_BALL,
  LAYER_START,
  type LayerThicknessParameters,
} from "../operations/columns.js";
import { numberedSlab } from "./cells.js";
import type { ReduceTask, Slab, VolumeTask } from "./task.js";

export function gridCounts(task: ReduceTask, parameters: GridCountsParameters): GridPart {
  const { wasm, slab, slabStart, mask } = task;
  const { phases, region, cell } = parameters;
  const numbers = numberedSlab({ ...task, besides: [] }, parameters);
  const [planes, rows, columns] = slab.size;
  const all = wasm.view("uint8", numbers.start, numbers.plane * planes);
  const inside = mask === 0 ? undefined : wasm.view("uint8", mask, planes * rows * columns);
  const counts = [0, 1, 2].map((axis) => Math.ceil((region.stop[axis]! - region.start[axis]!) / cell[axis]!));
  const cellAt = (axis: number, k: number): number =>
    Math.floor((slabStart[axis]! + k - region.start[axis]!) / cell[axis]!);
  const alongX = Int32Array.from({ length: columns }, (_, x) => cellAt(2, x) * phases - 1);
  const found = new Map<number, Float64Array>();
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const line = (cellAt(0, z) * counts[1]! + cellAt(1, y)) * counts[2]! * phases;
      let sums = found.get(line);
      if (sums === undefined) {
        sums = new Float64Array(counts[2]! * phases);
        found.set(line, sums);
      }
      const at = z * numbers.plane + y * numbers.row;
      const place = (z * rows + y) * columns;
      for (let x = 0; x < columns; x++) {
        const number = all[at + x]!;
        if (number !== 0 && (inside === undefined || inside[place + x] !== 0)) sums[alongX[x]! + number]!++;
      }
    }
  const cells = counts.reduce((product, n) => product * n, phases);
  const [places, values]: [number[], number[]] = [[], []];
  for (const [line, sums] of found)
    for (const [k, count] of sums.entries())
      if (count > 0) {
        places.push(line + k);
        values.push(count);
      }
  return { cells, places: Float64Array.from(places), counts: Float64Array.from(values) };
}

export function columnSpans(task: ReduceTask, parameters: ColumnSpansParameters): ColumnSpans {
  const { wasm, slab, slabStart, mask } = task;
  const { axis } = parameters;
  const numbers = numberedSlab({ ...task, besides: [] }, parameters);
  const [planes, rows, columns] = slab.size;
  const all = wasm.view("uint8", numbers.start, numbers.plane * planes);
  const inside = mask === 0 ? undefined : wasm.view("uint8", mask, planes * rows * columns);
  const steps = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  const [u, v] = steps;
  const length = slab.size[u]! * slab.size[v]!;
  const [first, last, count] = [
    new Int32Array(length).fill(-1),
    new Int32Array(length).fill(-1),
    new Int32Array(length),
  ];
  const at = [0, 0, 0];
  for (at[0] = 0; at[0] < planes; at[0]++)
    for (at[1] = 0; at[1] < rows; at[1]++) {
      const line = at[0] * numbers.plane + at[1] * numbers.row;
      const place = (at[0] * rows + at[1]) * columns;
      for (let x = 0; x < columns; x++) {
        if (all[line + x] === 0 || (inside !== undefined && inside[place + x] === 0)) continue;
        at[2] = x;
        const column = at[u]! * slab.size[v]! + at[v]!;
        const where = slabStart[axis]! + at[axis]!;
        if (first[column] === -1 || where < first[column]!) first[column] = where;
        if (where > last[column]!) last[column] = where;
        count[column]!++;
      }
      at[2] = 0;
    }
  return { start: slabStart, size: slab.size, first, last, count };
}

const [LAYER, BODY] = [1, 2];

export function layerThickness(task: VolumeTask, parameters: LayerThicknessParameters): void {
  const { wasm, slab, halo, result } = task;
  const { size, most, unit } = parameters;
  // Beside, if it is there, the mask.
  const numbers = numberedSlab(task, { ...parameters, phases: 3 });
  const { row, plane } = numbers;
  const all = wasm.view("uint8", numbers.start, plane * slab.size[0]) as Uint8Array;
  const out = wasm.view("float32", result.start, (result.plane * result.size[0]) / 4);
  const ball = ballOf(size, row, plane);
  const [planes, rows, columns] = result.size;
  const isCut = hasOutside(all, numbers);
  const corners = [0, 1, row, row + 1, plane, plane + 1, plane + row, plane + row + 1];
  /** Share of a kind at a place between voxels, trilinear; beside voxels outside of the sample among those of it. */
  const shareAt = (kind: number, z: number, y: number, x: number): number => {
    const [fz, fy, fx] = [Math.floor(z), Math.floor(y), Math.floor(x)];
    const [dz, dy, dx] = [z - fz, y - fy, x - fx];
    const at = fz * plane + fy * row + fx;
    let share = 0;
    if (all[at] === kind) share += (1 - dz) * (1 - dy) * (1 - dx);
    if (all[at + 1] === kind) share += (1 - dz) * (1 - dy) * dx;
    if (all[at + row] === kind) share += (1 - dz) * dy * (1 - dx);
    if (all[at + row + 1] === kind) share += (1 - dz) * dy * dx;
    if (all[at + plane] === kind) share += dz * (1 - dy) * (1 - dx);
    if (all[at + plane + 1] === kind) share += dz * (1 - dy) * dx;
    if (all[at + plane + row] === kind) share += dz * dy * (1 - dx);
    if (all[at + plane + row + 1] === kind) share += dz * dy * dx;
    if (!isCut || share === 0 || corners.every((step) => all[at + step] !== 0)) return share;
    const weights = [1 - dz, dz].flatMap((a) => [1 - dy, dy].flatMap((b) => [1 - dx, dx].map((c) => a * b * c)));
    return share / corners.reduce((sum, step, k) => sum + (all[at + step] === 0 ? 0 : weights[k]!), 0);
  };
  const step = 0.25;
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const to = (z * result.plane + y * result.row) / 4 + x;
        const at = (z + halo[0]) * plane + (y + halo[1]) * row + x + halo[2];
        out[to] = Number.NaN;
        if (all[at] !== BODY) continue;
        const around = [all[at - plane]!, all[at + plane]!, all[at - row]!, all[at + row]!, all[at - 1]!, all[at + 1]!];
        if (!around.some((kind) => kind === LAYER || kind === 3)) continue;
        const normal = normalAt(all, at, ball);
        if (normal === undefined) continue;
        const [nz, ny, nx] = normal.map((n, axis) => n / size[axis]!) as [number, number, number];
        // Four lines, half a voxel beside the middle: one through the middle of a voxel of the surface knows where that is.
        let thickness = 0;
        for (const shift of beside(normal)) {
          const from = [0, 1, 2].map((axis) => [z, y, x][axis]! + halo[axis]! + shift[axis]! / size[axis]!);
          // From within the body outwards, until what lies beyond is reached.
          for (let s = -LAYER_START + step / 2; s < most + 2; s += step) {
            const place = [from[0]! + s * nz, from[1]! + s * ny, from[2]! + s * nx] as const;
            if (s > 0 && shareAt(3, ...place) > 0.98) break;
            thickness += (step * shareAt(LAYER, ...place)) / 4;
          }
        }
        out[to] = thickness * unit;
      }
}

/** Whether there are voxels of the slab that do not count. */
function hasOutside(all: Uint8Array, { row, plane, size }: Slab): boolean {
  for (let z = 0; z < size[0]; z++)
    for (let y = 0; y < size[1]; y++) {
      const at = z * plane + y * row;
      if (all.subarray(at, at + size[2]).includes(0)) return true;
    }
  return false;
}

/** Four places around a line, half a voxel off along two directions across it. */
function beside([z, y, x]: readonly [number, number, number]): [number, number, number][] {
  const flat = Math.abs(z) < 0.9;
  // Across the line, and across both.
  const [az, ay, ax] = flat ? [0, x, -y] : [-x, 0, z];
  const length = Math.hypot(az, ay, ax);
  const [uz, uy, ux] = [az / length, ay / length, ax / length];
  const [vz, vy, vx] = [y * ux - x * uy, x * uz - z * ux, z * uy - y * uz];
  return [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ].map(([a, b]) => [(a! * uz + b! * vz) / 2, (a! * uy + b! * vy) / 2, (a! * ux + b! * vx) / 2]);
}

interface BallVoxel {
  readonly step: number;
  readonly place: readonly [number, number, number];
}

function ballOf(size: readonly [number, number, number], row: number, plane: number): BallVoxel[] {
  const found: BallVoxel[] = [];
  const [rz, ry, rx] = size.map((edge) => Math.floor(LAYER_BALL / edge)) as [number, number, number];
  for (let z = -rz; z <= rz; z++)
    for (let y = -ry; y <= ry; y++)
      for (let x = -rx; x <= rx; x++) {
        const place = [z * size[0], y * size[1], x * size[2]] as const;
        const far = Math.hypot(...place);
        if (far > 0 && far <= LAYER_BALL) found.push({ step: z * plane + y * row + x, place });
      }
  return found;
}

/** Direction out of the body: from the middle of what a ball has of it to that of the rest, which the end of the sample cuts alike. */
function normalAt(
  all: ArrayLike<number>,
  at: number,
  ball: readonly BallVoxel[],
): [number, number, number] | undefined {
  const sums = [new Float64Array(4), new Float64Array(4)] as const;
  for (const { step, place } of ball) {
    const kind = all[at + step]!;
    if (kind === 0) continue;
    const of = sums[kind === BODY ? 0 : 1];
    of[0]! += place[0];
    of[1]! += place[1];
    of[2]! += place[2];
    of[3]!++;
  }
  const [body, rest] = sums;
  // Of one alone its middle says nothing of the other.
  const middle = (of: Float64Array, axis: number): number => (of[3] === 0 ? 0 : of[axis]! / of[3]!);
  const [z, y, x] = [0, 1, 2].map((axis) => middle(rest, axis) - middle(body, axis)) as [number, number, number];
  const length = Math.hypot(z, y, x);
  return length === 0 ? undefined : [z / length, y / length, x / length];
}

export function depthLabels(task: VolumeTask, parameters: DepthLabelsParameters): void {
  const { wasm, dtype, slab, result, besides } = task;
  const depths = besides[0]!;
  const { layers, depth, mask } = parameters;
  const table = new Float64Array(parameters.labels);
  const [planes, rows, columns] = result.size;
  const { bytes } = DTYPES[dtype];
  const voxels = wasm.view(dtype, slab.start, (slab.plane * planes) / bytes);
  const deep = wasm.view("float32", depths.start, (depths.plane * planes) / 4);
  const out = wasm.view("uint32", result.start, (result.plane * planes) / 4);
  const rankOf = (label: number): number => {
    let [low, high] = [0, table.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (table[middle]! < label) low = middle + 1;
      else high = middle;
    }
    return table[low] === label ? low : -1;
  };
  let [last, rank] = [Number.NaN, -1];
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const from = (z * slab.plane + y * slab.row) / bytes;
      const beside = (z * depths.plane + y * depths.row) / 4;
      const to = (z * result.plane + y * result.row) / 4;
      for (let x = 0; x < columns; x++) {
        const value = voxels[from + x]!;
        const label = mask && value !== 0 ? 1 : value;
        if (label !== last) {
          last = label;
          rank = rankOf(label);
        }
        // The surface lies half a voxel outside of the outermost voxels, whose depth is 0.
        const layer = Math.min(layers - 1, Math.floor((deep[beside + x]! + 0.5) / depth));
        out[to + x] = rank < 0 ? 0 : rank * layers + layer + 1;
      }
    }
}

export function innerVoxels(task: VolumeTask, { none, mask }: InnerVoxelsParameters): void {
  const { wasm, dtype, slab, result } = task;
  const { bytes } = DTYPES[dtype];
  const [planes, rows, columns] = result.size;
  const [plane, row] = [slab.plane / bytes, slab.row / bytes];
  const voxels = wasm.view(dtype, slab.start, plane * slab.size[0]);
  const out = wasm.view("uint8", result.start, result.plane * planes);
  const [a, b] = [none[0] ?? Number.NaN, none[1] ?? Number.NaN];
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const line = (z + 1) * plane + (y + 1) * row + 1;
      const to = z * result.plane + y * result.row;
      for (let x = 0; x < columns; x++) {
        const at = line + x;
        const label = voxels[at]!;
        if (label === a || label === b) out[to + x] = 0;
        else if (mask)
          out[to + x] =
            voxels[at - 1] &&
            voxels[at + 1] &&
            voxels[at - row] &&
            voxels[at + row] &&
            voxels[at - plane] &&
            voxels[at + plane]
              ? 1
              : 0;
        else
          out[to + x] =
            voxels[at - 1] === label &&
            voxels[at + 1] === label &&
            voxels[at - row] === label &&
            voxels[at + row] === label &&
            voxels[at - plane] === label &&
            voxels[at + plane] === label
              ? 1
              : 0;
      }
    }
}
