/** Reconstruction of a brick: forth, back, and then from voxel to voxel as long as anything rises. */
import type { HeightParameters, ReconstructParameters } from "../operations/reconstruct.js";
import { bytesOf, table, type VolumeTask } from "./task.js";

/** Steps after which a call returns: V8 does not exchange code that is running. */
const STEPS = 2 ** 16;

/** Distances in bytes to the neighbours, in C order: those before the voxel, and those behind it. */
function neighbours(connectivity: number, bytes: number, row: number, plane: number): [number[], number[]] {
  const most = { 6: 1, 18: 2, 26: 3 }[connectivity]!;
  const near = [-1, 0, 1];
  const steps = near.flatMap((z) => near.flatMap((y) => near.map((x) => [z, y, x] as const)));
  const around = steps.filter(([z, y, x]) => {
    const count = Math.abs(z) + Math.abs(y) + Math.abs(x);
    return count > 0 && count <= most;
  });
  const at = around.map(([z, y, x]) => z * plane + y * row + x * bytes);
  return [at.slice(0, at.length / 2), at.slice(at.length / 2)];
}

export function reconstruct(task: VolumeTask, { connectivity, sinks, settled }: ReconstructParameters): void {
  const { wasm, dtype, slab, result } = task;
  const beside = task.besides[0]!;
  const bytes = bytesOf(dtype);
  const { row, plane, size } = slab;
  const total = plane * size[0];
  const [planes, rows, columns] = result.size;
  if (sinks) for (const { start } of [slab, beside]) wasm.call(`reverseOrder_${dtype}`, start, total);
  wasm.call(`holdBelow_${dtype}`, slab.start, beside.start, total);
  wasm.call(`holdShell_${dtype}`, slab.start, beside.start, row, plane, ...size);
  const toLimits = beside.start - slab.start;
  const [before, behind] = neighbours(connectivity, bytes, row, plane);
  const [ahead, back, all] = [before, behind, [...before, ...behind]].map((list) => table(wasm, list)) as [
    number,
    number,
    number,
  ];
  const room = planes * rows * columns;
  const queue = wasm.allocate(4 * room);
  const queued = wasm.allocate(total / bytes);
  wasm.view("uint8", queued, total / bytes).fill(0);
  const state = wasm.allocate(8);
  wasm.view("uint32", state, 2).fill(0);
  const at = (z: number): number => slab.start + (z + 1) * plane + row + bytes;
  const waiting = [slab.start, queue, queued, state] as const;
  if (settled) {
    // Rows at the faces of the brick; of those between only both ends, which lie at faces, too.
    const look = (z: number, y: number, x: number, length: number): void => {
      const place = [at(z) + y * row + x * bytes, toLimits, length, all, before.length + behind.length] as const;
      wasm.call(`raiseRow_${dtype}`, ...place, ...waiting);
    };
    for (let z = 0; z < planes; z++)
      for (let y = 0; y < rows; y++)
        if (z === 0 || z === planes - 1 || y === 0 || y === rows - 1) look(z, y, 0, columns);
        else for (const x of new Set([0, columns - 1])) look(z, y, x, 1);
  } else {
    const line = wasm.allocate(columns * bytes + 16);
    for (let z = 0; z < planes; z++)
      wasm.call(`raiseForth_${dtype}`, at(z), toLimits, row, rows, columns, ahead, before.length, line);
    for (let z = planes - 1; z >= 0; z--) {
      const place = [at(z), toLimits, row, rows, columns, back, behind.length, line] as const;
      wasm.call(`raiseBack_${dtype}`, ...place, ...waiting);
    }
  }
  const going = [slab.start, toLimits, all, before.length + behind.length, queue, room, queued, state, STEPS] as const;
  while (wasm.call(`raiseQueued_${dtype}`, ...going) > 0);
  if (dtype === "float32") wasm.call("nanForLowest", slab.start, total);
  if (sinks) wasm.call(`reverseOrder_${dtype}`, slab.start, total);
  const into = [result.start, result.row, result.plane] as const;
  wasm.call("copyBox", at(0), row, plane, ...into, planes, rows, columns * bytes);
}

/** As the kernels take it: −1 is the next lower number. */
const heightOf = ({ height }: HeightParameters): number => (height === "next" ? -1 : height);

export function lowered({ wasm, slab, result }: VolumeTask, parameters: HeightParameters): void {
  const [planes, rows, columns] = result.size;
  for (let z = 0; z < planes; z++) {
    const [from, to] = [slab.start + z * slab.plane, result.start + z * result.plane];
    wasm.call("lowerFloats", from, slab.row, to, result.row, rows, columns, heightOf(parameters));
  }
}

export function stillLow({ wasm, slab, besides: [beside], result }: VolumeTask, parameters: HeightParameters): void {
  const [planes, rows, columns] = result.size;
  for (let z = 0; z < planes; z++) {
    const heights = [beside!.start + z * beside!.plane, beside!.row] as const;
    const to = [result.start + z * result.plane, result.row] as const;
    wasm.call(
      "stillLow",
      slab.start + z * slab.plane,
      slab.row,
      ...heights,
      ...to,
      rows,
      columns,
      heightOf(parameters),
    );
  }
}

export function signedFloats({ wasm, dtype, slab, result }: VolumeTask, { negative }: { negative: boolean }): void {
  const [planes, rows, columns] = result.size;
  const { start, row, plane } = result;
  if (dtype === "float32")
    wasm.call("copyBox", slab.start, slab.row, slab.plane, start, row, plane, planes, rows, 4 * columns);
  else wasm.call(`toFloats_${dtype}`, slab.start, slab.row, slab.plane, start, row, plane, planes, rows, columns);
  if (negative) wasm.call("reverseOrder_float32", start, plane * planes);
}
