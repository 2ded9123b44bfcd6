/** Erosions and dilations, one after the other, on one bit a voxel. */
import type { Triple } from "../../core/shape.js";
import { type BinaryParameters, elementRows } from "../operations/binary.js";
import { reach } from "../operations.js";
import { bytesOf, table, type VolumeTask, type Wasm } from "./task.js";

/** A box of bits in wasm memory: rows and planes without gaps. */
interface Bits {
  readonly start: number;
  readonly row: number;
  readonly size: Triple;
}

/** Bytes of bits of so many voxels, in whole vectors. */
const vectors = (columns: number): number => 16 * Math.ceil(columns / 128);
const bytesOfBits = ({ row, size }: Bits): number => row * size[0] * size[1];

function bitsFor(wasm: Wasm, size: Triple): Bits {
  const row = vectors(size[2]) + 16;
  return { start: wasm.allocate(row * size[0] * size[1] + 16), row, size };
}

export function binaryMorphology(task: VolumeTask, parameters: BinaryParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const { element, radius, erodes, label, neutral } = parameters;
  const bytes = bytesOf(dtype);
  const pack = (start: number, size: Triple, value: number, any: number): Bits => {
    const bits = bitsFor(wasm, size);
    wasm.call(`packBits_${dtype}`, start, slab.row, slab.plane, bits.start, bits.row, ...size, value, any);
    return bits;
  };
  let bits = pack(slab.start, slab.size, label ?? 0, label === undefined ? 1 : 0);
  const [rz, ry, rx] = radius.map(reach) as [number, number, number];
  for (const [k, erode] of erodes.entries()) {
    if (!erode) wasm.call("flipBits", bits.start, bytesOfBits(bits));
    else if (neutral !== undefined) {
      const start = slab.start + k * (rz * slab.plane + ry * slab.row + rx * bytes);
      wasm.call("orBits", pack(start, bits.size, neutral, 0).start, bits.start, bytesOfBits(bits));
    }
    bits = eroded(wasm, bits, parameters);
    if (!erode) wasm.call("flipBits", bits.start, bytesOfBits(bits));
  }
  const [planes, rows, columns] = result.size;
  const first = slab.start + halo[0] * slab.plane + halo[1] * slab.row + halo[2] * bytes;
  const [places, count] =
    label === undefined ? [0, 0] : placesAround(wasm, element, radius, slab.row, slab.plane, bytes);
  for (let z = 0; z < planes; z++) {
    const from = bits.start + z * rows * bits.row;
    const to = result.start + z * result.plane;
    if (label === undefined) wasm.call("unpackBits", from, bits.row, to, result.row, rows, columns);
    else {
      const place = [first + z * slab.plane, slab.row, from, bits.row, to, result.row, rows, columns] as const;
      wasm.call(`changePhase_${dtype}`, ...place, label, neutral ?? -1, places, count);
    }
  }
}

/** Bits whose whole structuring element is set; the box becomes smaller by the radius on each side. */
function eroded(wasm: Wasm, bits: Bits, { element, radius }: BinaryParameters): Bits {
  const [rz, ry, rx] = radius.map(reach) as [number, number, number];
  const [planes, rows, columns] = bits.size.map((n, k) => n - 2 * reach(radius[k]!)) as unknown as Triple;
  const out = bitsFor(wasm, [planes, rows, columns]);
  wasm.view("uint8", out.start, bytesOfBits(out)).fill(255);
  const line = wasm.allocate(out.row + 32);
  const all = elementRows(element, radius);
  const total = bytesOfBits(bits);
  for (let half = 0; half <= rx; half++) {
    // Windows of 1, 3, 5, … voxels: each grows out of the one before.
    if (half === 1) wasm.call("narrowBits", bits.start, total, 1);
    if (half === 1) wasm.call("narrowBits", bits.start, total, 1);
    if (half > 1) wasm.call("narrowBits", bits.start, total, 2);
    const some = all.filter((row) => row.half === half);
    if (some.length === 0) continue;
    const middles = table(
      wasm,
      some.map(({ dz, dy }) => ((rz + dz) * bits.size[1] + ry + dy) * bits.row),
    );
    const shift = rx - half;
    const rest = [vectors(columns), shift, middles, some.length, line, vectors(columns + shift)] as const;
    for (let z = 0; z < planes; z++) {
      const [from, to] = [bits.start + z * bits.size[1] * bits.row, out.start + z * rows * out.row];
      wasm.call("keepBits", from, bits.row, rows, to, out.row, ...rest);
    }
  }
  return out;
}

/**
 * Distances in bytes to the voxels of the element around a voxel, the nearest first, each with the number of its distance.
 * A voxel that leaves the phase has one of another phase among them.
 */
function placesAround(
  wasm: Wasm,
  element: BinaryParameters["element"],
  radius: Triple,
  row: number,
  plane: number,
  bytes: number,
): [start: number, count: number] {
  const part = (d: number, r: number): number => (d === 0 ? 0 : (d / r) ** 2);
  const around = elementRows(element, radius).flatMap(({ dz, dy, half }) =>
    Array.from({ length: 2 * half + 1 }, (_, k) => {
      const dx = k - half;
      const far = part(dz, radius[0]) + part(dy, radius[1]) + part(dx, radius[2]);
      return { at: dz * plane + dy * row + dx * bytes, far };
    }),
  );
  around.sort((a, b) => a.far - b.far);
  let shell = 0;
  const numbers = around.flatMap(({ at, far }, k) => {
    if (k > 0 && far !== around[k - 1]!.far) shell++;
    return [at, shell];
  });
  return [table(wasm, numbers), around.length];
}
