/** Faces of voxels at which two phases meet. */
import { DTYPES } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type { FaceCounts, FacesParameters } from "../operations/faces.js";
import type { ReduceTask } from "./task.js";

export function countFaces(
  { wasm, dtype, slab, halo, besides: [beside] }: ReduceTask,
  parameters: FacesParameters,
): FaceCounts {
  const { table, low, phases } = parameters;
  const { bytes } = DTYPES[dtype];
  const [planes, rows, columns] = slab.size.map((n, k) => n - 2 * halo[k]!) as unknown as Triple;
  const first = slab.start + halo[0] * slab.plane + halo[1] * slab.row + halo[2] * bytes;
  const inside = beside === undefined ? 0 : beside.start + halo[0] * beside.plane + halo[1] * beside.row + halo[2];
  const lookUp = wasm.allocate(2 * table.length);
  (wasm.view("uint16", lookUp, table.length) as Uint16Array).set(table);
  const cells = phases ** 2;
  const counted = wasm.allocate(12 * cells);
  wasm.view("uint8", counted, 12 * cells).fill(0);
  const steps = [
    [slab.plane, beside?.plane ?? 0],
    [slab.row, beside?.row ?? 0],
    [bytes, 1],
  ] as const;
  for (let z = 0; z < planes; z++)
    for (const [axis, [step, maskStep]] of steps.entries()) {
      const place = [first + z * slab.plane, slab.row, step, rows, columns] as const;
      const mask = beside === undefined ? [0, 0, 0] : [inside + z * beside.plane, beside.row, maskStep];
      const rest = [lookUp, low, phases, counted + 4 * cells * axis] as const;
      wasm.call(`countFaces_${8 * bytes}`, ...place, ...mask, ...rest);
    }
  const along = (axis: number): Float64Array =>
    Float64Array.from(wasm.view("uint32", counted + 4 * cells * axis, cells));
  return [along(0), along(1), along(2)];
}
