/** Regions of a partition, and the throats between them, in one brick. */
import type { Triple } from "../../core/shape.js";
import {
  type BrickNetwork,
  type NetworkParameters,
  REGION,
  REGION_FIGURES,
  THROAT,
  THROAT_FIGURES,
} from "../operations/network.js";
import { Records } from "./records.js";
import type { ReduceTask } from "./task.js";

/** Bytes of a record as the kernels have it. */
const REGION_BYTES = 96;
const THROAT_BYTES = 80;
/**
 * Rows that may be looked at for each voxel of a brick and what lies around it. SNOW's regions take a fifth of a row; to find the
 * distances of all voxels, one axis after the other, takes as long as a few.
 */
const LOOKS = 2;
/** Edges of a voxel within which it belongs to the rim of a throat. */
const RIM = 2;

export function networkOfBrick(task: ReduceTask, parameters: NetworkParameters): BrickNetwork {
  const { wasm, slab, halo, slabStart, besides } = task;
  const { shape, steps, looks = LOOKS } = parameters;
  const size = slab.size.map((n, k) => n - 2 * halo[k]!) as unknown as Triple;
  const begin = slabStart.map((n, k) => n + halo[k]!) as unknown as Triple;
  const [rows, columns] = [size[1], size[2]];
  const plane = slab.size[1] * slab.size[2] * 4;
  const row = slab.size[2] * 4;
  const labels = slab.start + halo[0] * plane + halo[1] * row + 4 * halo[2];
  const wall = besides[0]!;
  const far = wall.start + halo[0] * wall.plane + halo[1] * wall.row + 4 * halo[2];
  const edges = wasm.allocate(24);
  const ends = shape.flatMap((n, k) => [-begin[k]!, n - 1 - begin[k]!]);
  (wasm.view("int32", edges, 6) as Int32Array).set(ends.map((at, k) => (at < size[k >> 1]! ? at : -1)));
  const stepBytes = [plane, row, 4].map((bytes, k) => (shape[k] === 1 ? 0 : bytes));
  const regions = new Records(wasm, REGION_BYTES, false, 2 * columns + 1024);
  const throats = new Records(wasm, THROAT_BYTES, true, 12 * columns + 4096);
  const near = RIM * Math.min(...steps);
  for (let z = 0; z < size[0]; z++)
    for (let y = 0; y < rows; ) {
      const at = [labels + z * plane, row, far + z * wall.plane, wall.row] as const;
      const rest = [stepBytes[0]!, stepBytes[1]!, stepBytes[2]!, edges, near, regions.table, throats.table] as const;
      y = wasm.call("addPlane", ...at, rows, columns, z, y, ...rest);
      if (y < rows) {
        regions.makeRoom(columns);
        throats.makeRoom(6 * columns);
      }
    }
  const brick = { size, labels, far, regions: regions.table };
  inscribe(task, parameters, brick, looks * slab.size[0] * slab.size[1] * slab.size[2]);
  const [, height, width] = shape;
  const placeOf = (at: number): number => {
    const line = Math.floor(at / columns);
    const z = begin[0] + Math.floor(line / rows);
    return (z * height + begin[1] + (line % rows)) * width + begin[2] + (at % columns);
  };
  return { regions: regionFigures(regions, begin, placeOf), throats: throatFigures(throats, begin, placeOf) };
}

/** The regions of a brick, and where its first voxel lies: its label, and its distance to the wall. */
interface BrickRegions {
  readonly size: Triple;
  readonly labels: number;
  readonly far: number;
  /** The table of their records. */
  readonly regions: number;
}

/** Largest distance to another label in each region. @param looks rows that may be looked at, before all distances are found instead */
function inscribe(task: ReduceTask, { shape, steps }: NetworkParameters, brick: BrickRegions, looks: number): void {
  const { wasm, slab, halo, besides } = task;
  const { size, labels, far, regions } = brick;
  const [depth, height, width] = slab.size;
  const [z, y, x] = steps.map((step, k) => (shape[k] === 1 ? 0 : step)) as unknown as Triple;
  const [row, plane] = [4 * width, 4 * width * height];
  const alongX = wasm.allocate(depth * plane);
  for (let k = 0; k < depth; k++)
    wasm.call("labelDistancesAlongX", slab.start + k * plane, alongX + k * plane, height, width, x);
  const frame = wasm.allocate(24);
  (wasm.view("int32", frame, 6) as Int32Array).set([size[1], size[2], halo[0], depth, halo[1], height]);
  const wall = besides[0]!;
  const where = [labels, alongX - slab.start, row, plane] as const;
  const rest = [frame, z * z, y * y, regions] as const;
  let looked = wasm.call("inscribeSeeds", ...where, ...rest);
  for (let k = 0; k < size[0] && looked <= looks; k++)
    looked += wasm.call("inscribePlane", ...where, far + k * wall.plane, wall.row, k, ...rest, looks - looked);
  if (looked <= looks) return;
  const own = ownDistances(task, size, alongX, [z, y]);
  for (let k = 0; k < size[0]; k++) {
    const distances = own + 4 * k * size[1] * size[2];
    wasm.call("largestDistances", labels + k * plane, row, distances, size[1], size[2], k, regions);
  }
}

/** Squared distances of the brick's voxels to the nearest one of another label. @param alongX those along x, of the slab */
function ownDistances(
  { wasm, slab, halo }: ReduceTask,
  [planes, rows, columns]: Triple,
  alongX: number,
  [z, y]: readonly [number, number],
): number {
  const [depth, height, width] = slab.size;
  const across = wasm.allocate(4 * depth * rows * columns);
  const own = wasm.allocate(4 * planes * rows * columns);
  const [row, plane] = [4 * width, 4 * width * height];
  const first = halo[1] * row + 4 * halo[2];
  for (let k = 0; k < depth; k++)
    for (let j = 0; j < rows; j++) {
      const at = k * plane + first + j * row;
      const out = across + 4 * (k * rows + j) * columns;
      const reach = [halo[1] + j, height - 1 - halo[1] - j] as const;
      wasm.call("labelDistancesAcross", slab.start + at, alongX + at, out, columns, row, row, ...reach, y * y);
    }
  const apart = 4 * rows * columns;
  for (let k = 0; k < planes; k++)
    for (let j = 0; j < rows; j++) {
      const at = slab.start + (halo[0] + k) * plane + first + j * row;
      const from = across + 4 * ((halo[0] + k) * rows + j) * columns;
      const reach = [halo[0] + k, depth - 1 - halo[0] - k] as const;
      const out = own + 4 * (k * rows + j) * columns;
      wasm.call("labelDistancesAcross", at, from, out, columns, plane, apart, ...reach, z * z);
    }
  return own;
}

function regionFigures(records: Records, begin: Triple, placeOf: (at: number) => number): Float64Array {
  const out = new Float64Array(records.count * REGION_FIGURES);
  const view = records.view();
  for (let k = 0; k < records.count; k++) {
    const at = k * records.bytes;
    const to = k * REGION_FIGURES;
    const voxels = view.getUint32(at + 4, true);
    out[to + REGION.label] = view.getUint32(at, true);
    out[to + REGION.voxels] = voxels;
    for (let axis = 0; axis < 3; axis++) {
      out[to + REGION.places + axis] = view.getFloat64(at + 8 + 8 * axis, true) + voxels * begin[axis]!;
      out[to + REGION.walls + axis] = view.getUint32(at + 48 + 4 * axis, true);
    }
    out[to + REGION.inscribed] = view.getFloat32(at + 32, true);
    out[to + REGION.inscribedPlace] = placeOf(view.getUint32(at + 36, true));
    out[to + REGION.extended] = view.getFloat32(at + 40, true);
    out[to + REGION.extendedPlace] = placeOf(view.getUint32(at + 44, true));
    for (let side = 0; side < 6; side++) out[to + REGION.edges + side] = view.getUint32(at + 60 + 4 * side, true);
  }
  return out;
}

function throatFigures(records: Records, begin: Triple, placeOf: (at: number) => number): Float64Array {
  const out = new Float64Array(records.count * THROAT_FIGURES);
  const view = records.view();
  for (let k = 0; k < records.count; k++) {
    const at = k * records.bytes;
    const to = k * THROAT_FIGURES;
    for (const n of [THROAT.low, THROAT.high, THROAT.voxels, THROAT.rim])
      out[to + n] = view.getUint32(at + 4 * n, true);
    out[to + THROAT.inscribed] = view.getFloat32(at + 16, true);
    out[to + THROAT.inscribedPlace] = placeOf(view.getUint32(at + 20, true));
    let faces = 0;
    for (let axis = 0; axis < 3; axis++) {
      out[to + THROAT.signed + axis] = view.getInt32(at + 24 + 4 * axis, true);
      out[to + THROAT.faces + axis] = view.getUint32(at + 36 + 4 * axis, true);
      faces += view.getUint32(at + 36 + 4 * axis, true);
    }
    for (let axis = 0; axis < 3; axis++)
      out[to + THROAT.places + axis] = view.getFloat64(at + 48 + 8 * axis, true) + faces * begin[axis]!;
  }
  return out;
}
