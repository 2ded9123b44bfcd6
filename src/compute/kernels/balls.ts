/** Balls painted over each other. */
import type { Triple } from "../../core/shape.js";
import { type LargestBallsParameters, NEIGHBOUR_KINDS, STRICTLY, sizeBytes } from "../operations/balls.js";
import type { VolumeTask, Wasm } from "./task.js";

/** Radius up to which the rows of a ball are written down: of larger ones they are worked out as they are painted. */
const WRITTEN = 16;
/** Balls that are painted in one call: V8 does not exchange code that is running. */
const AT_ONCE = 4096;
/** Steps per unit in the table in which sizes are looked up. */
const GUESSES = 16;

interface Sizes {
  readonly radii: Float64Array;
  readonly bytes: 1 | 2;
  /** Addresses of the tables that the kernels take. */
  readonly guess: number;
  readonly bounds: number;
  readonly diameters: number;
}

export function largestBalls(task: VolumeTask, parameters: LargestBallsParameters): void {
  const { wasm, slab, halo, result } = task;
  const sizes = sizesIn(wasm, parameters);
  const { bytes } = sizes;
  const bits = 8 * bytes;
  const [depth, height, width] = slab.size;
  const [planes, rows, columns] = result.size;
  // With a voxel of no size on each side, so that no neighbour has to be looked for beyond them.
  const row = (width + 2) * bytes;
  const plane = (height + 2) * row;
  const frame = wasm.allocate(plane * (depth + 2));
  wasm.view("uint8", frame, plane * (depth + 2)).fill(0);
  const first = frame + plane + row + bytes;
  const beside = task.besides[0];
  for (let z = 0; z < depth; z++) {
    const inside = beside === undefined ? [0, 0] : [beside.start + z * beside.plane, beside.row];
    const from = [slab.start + z * slab.plane, slab.row, first + z * plane, row, height, width] as const;
    wasm.call(`sizesOf_${bits}`, ...from, sizes.guess, sizes.bounds, sizes.radii.at(-1)!, ...inside);
  }
  const around = neighboursIn(wasm, parameters, sizes.radii.length, row, plane, bytes);
  const into = { row: columns * bytes, plane: columns * rows * bytes };
  const balls = ballsIn(wasm, parameters, sizes, into);
  const weights = wasm.allocate(24);
  wasm.numbers(
    weights,
    parameters.steps.map((step) => step ** 2),
  );
  const list = wasm.allocate(12 * height * width);
  const painted = wasm.allocate(into.plane * planes);
  wasm.view("uint8", painted, into.plane * planes).fill(0);
  const target = [painted, into.row, into.plane, planes, rows, columns, balls, weights] as const;
  for (let z = 0; z < depth; z++) {
    const count = wasm.call(`outermostBalls_${bits}`, first + z * plane, row, height, width, around, list);
    for (let k = 0; k < count; k += AT_ONCE) {
      const some = Math.min(AT_ONCE, count - k);
      wasm.call(`paintBalls_${bits}`, list + 12 * k, some, z - halo[0], halo[1], halo[2], ...target);
    }
  }
  for (let z = 0; z < planes; z++) {
    const to = [result.start + z * result.plane, result.row, rows, columns] as const;
    wasm.call(`valuesOfSizes_${bits}`, painted + z * into.plane, into.row, ...to, sizes.diameters);
  }
}

function sizesIn(wasm: Wasm, parameters: LargestBallsParameters): Sizes {
  const radii = new Float64Array(parameters.radii);
  const last = radii.at(-1)!;
  const steps = Math.floor(GUESSES * last) + 2;
  const [bounds, guess] = [wasm.allocate(4 * (radii.length + 2)), wasm.allocate(4 * steps)];
  const diameters = wasm.allocate(4 * (radii.length + 1));
  const bound = wasm.view("float32", bounds, radii.length + 2);
  // A distance is the root of a rounded sum: it may lack its last bit.
  for (const [k, radius] of radii.entries()) bound[k + 1] = radius * STRICTLY;
  bound[radii.length + 1] = Number.POSITIVE_INFINITY;
  const guesses = wasm.view("uint32", guess, steps);
  for (let k = 0, size = 0; k < steps; k++) {
    while (bound[size + 1]! <= k / GUESSES) size++;
    guesses[k] = size;
  }
  wasm.view("float32", diameters, radii.length + 1).set([0, ...radii.map((radius) => 2 * radius)]);
  return { radii, bytes: sizeBytes(parameters), guess, bounds, diameters };
}

/** The 26 neighbours, those across faces first, each with the table of its kind. */
function neighboursIn(
  wasm: Wasm,
  { containers }: LargestBallsParameters,
  count: number,
  row: number,
  plane: number,
  bytes: number,
): number {
  const all = new Uint32Array(containers);
  // Sizes count from 1.
  const tables = NEIGHBOUR_KINDS.map((_, kind) => {
    const start = wasm.allocate(4 * (count + 1));
    wasm.view("uint32", start + 4, count).set(all.subarray(kind * count, (kind + 1) * count));
    return start;
  });
  const numbers: number[] = [];
  for (const [kind, [dz, dy, dx]] of NEIGHBOUR_KINDS.entries()) {
    const both = (d: number): number[] => (d === 0 ? [0] : [-1, 1]);
    for (const z of both(dz))
      for (const y of both(dy)) for (const x of both(dx)) numbers.push(z * plane + y * row + x * bytes, tables[kind]!);
  }
  const start = wasm.allocate(4 * numbers.length);
  wasm.view("int32", start, numbers.length).set(numbers);
  return start;
}

/** The balls of all sizes as the kernel takes them. */
function ballsIn(
  wasm: Wasm,
  { steps }: LargestBallsParameters,
  { radii, bytes }: Sizes,
  { row, plane }: { readonly row: number; readonly plane: number },
): number {
  const balls = wasm.allocate(32 * (radii.length + 1));
  for (const [k, radius] of radii.entries()) {
    const square = radius ** 2 * STRICTLY;
    const reach = steps.map((step) => Math.ceil(Math.sqrt(square) / step) - 1) as unknown as Triple;
    const written = radius <= WRITTEN ? rowsOf(square, steps, reach) : [];
    const table = written.length === 0 ? 0 : wasm.allocate(16 * written.length);
    const lines = wasm.view("int32", table, 4 * written.length);
    for (const [n, { dz, dy, half }] of written.entries())
      lines.set([dz * plane + dy * row - half * bytes, (2 * half + 1) * bytes, dz, dy], 4 * n);
    const at = balls + 32 * (k + 1);
    wasm.numbers(at, [square]);
    wasm.view("int32", at + 8, 5).set([...reach, table, written.length]);
  }
  return balls;
}

function rowsOf(square: number, steps: Triple, [rz, ry]: Triple): { dz: number; dy: number; half: number }[] {
  const rows: { dz: number; dy: number; half: number }[] = [];
  for (let dz = -rz; dz <= rz; dz++)
    for (let dy = -ry; dy <= ry; dy++) {
      const rest = square - (steps[0] * dz) ** 2 - (steps[1] * dy) ** 2;
      if (rest > 0) rows.push({ dz, dy, half: Math.ceil(Math.sqrt(rest) / steps[2]) - 1 });
    }
  return rows;
}
