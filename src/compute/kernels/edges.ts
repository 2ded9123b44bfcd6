/** Edges of voxels at which three phases meet. */
import type { EdgeCounts, EdgesParameters } from "../operations/edges.js";
import { cellsOf, clearBeyond, numberedSlab } from "./cells.js";
import type { ReduceTask } from "./task.js";

export function countEdges(task: ReduceTask, parameters: EdgesParameters): EdgeCounts {
  const { wasm, slab, slabStart } = task;
  const { region, holes } = parameters;
  const bits = numberedSlab(task, { ...parameters, phases: 4 });
  clearBeyond(wasm, bits, slabStart, region);
  const { start, row, plane } = bits;
  const [planes, rows, columns] = slab.size.map((n) => n - 2) as [number, number, number];
  const sets = wasm.allocate(272 + 16);
  wasm.view("uint8", sets, 272 + 16).fill(0);
  const cells = cellsOf(slab.size, slabStart, region);
  for (let z = 0; z < cells[0]; z++)
    wasm.call("countEdgeSets", start + z * plane, row, plane, cells[1], cells[2], sets);
  const counts = sets + 272;
  // An edge belongs to the last of its four voxels: between planes, rows and columns the one before is looked at, too.
  for (let z = 1; holes && z <= planes; z++) {
    const at = start + z * plane;
    wasm.call("countEdges", at, row, rows, columns, row, 1, counts);
    wasm.call("countEdges", at - plane + row, row, rows, columns, plane, 1, counts + 4);
    wasm.call("countEdges", at - plane + 1, row, rows, columns, plane, row, counts + 8);
  }
  return {
    all: Float64Array.from(wasm.view("uint32", counts, 3)),
    corners: Float64Array.from(wasm.view("uint32", sets, 64)),
  };
}
