/** Figures of the labels of one brick, as a thread finds them run by run, against going through all voxels. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { reduceKernels, type TypedSlab, Wasm } from "#src/compute/kernels.js";
import {
  FIGURE,
  GREY_FIGURES,
  type LabelFigures,
  type LabelFiguresParameters,
  labelFigures as operation,
  PLAIN_FIGURES,
} from "#src/compute/operations/labels.js";
import { Pool } from "#src/compute/pool.js";
import { reduce } from "#src/compute/run.js";
import { DTYPES, type DType, dtypeOf, type Voxels } from "#src/core/dtype.js";
import type { Triple } from "#src/core/shape.js";
import * as oracle from "../oracle/labels.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";
import { root } from "../support/require.js";

/** The engine's own, of which the types for tests do not know. */
const { Module } = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => never } }).WebAssembly;
const module = new Module(readFileSync(join(root, "dist/src/compute/kernels.wasm")));
const labelFigures = reduceKernels.labelFigures as (task: unknown, parameters: LabelFiguresParameters) => LabelFigures;
const WHOLE = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);
const ALL: LabelFiguresParameters = { mask: false, never: [] };

/** Voxels in a wasm memory, with `pad` voxels of the value of the last one behind each row, and behind all of them. */
function slabOf(wasm: Wasm, values: Voxels, size: Triple, pad: number): TypedSlab {
  const [planes, rows, columns] = size;
  const dtype = dtypeOf(values);
  const wide = columns + pad;
  const start = wasm.allocate(planes * rows * wide * DTYPES[dtype].bytes + 64);
  const all = wasm.view(dtype, start, planes * rows * wide + 8).fill(values.at(-1)!);
  for (let k = 0; k < planes * rows; k++) {
    all.set(values.subarray(k * columns, (k + 1) * columns), k * wide);
    all.fill(values[(k + 1) * columns - 1]!, k * wide + columns, (k + 1) * wide);
  }
  const row = wide * DTYPES[dtype].bytes;
  return { dtype, start, row, plane: row * rows, size };
}

interface Brick {
  readonly values: Voxels;
  readonly size: Triple;
  readonly inside?: Uint8Array | undefined;
  readonly grey?: Voxels | undefined;
  readonly pad?: number;
}

function found({ values, size, inside, grey, pad = 0 }: Brick, parameters: LabelFiguresParameters, wasm: Wasm) {
  wasm.reset();
  const slab = slabOf(wasm, values, size, pad);
  const besides = grey === undefined ? [] : [slabOf(wasm, grey, size, pad)];
  let mask = 0;
  if (inside !== undefined) {
    mask = wasm.allocate(inside.length);
    wasm
      .view("uint8", mask, inside.length + 1)
      .fill(inside.at(-1)!)
      .set(inside);
  }
  const task = { wasm, dtype: slab.dtype, slab, besides, halo: [0, 0, 0], slabStart: [0, 0, 0], mask };
  return labelFigures(task, parameters);
}

/** Rows of figures by label, from the definitions of FIGURE. */
function expected({ values, size, inside, grey }: Brick, { mask, never, only, grey: units }: LabelFiguresParameters) {
  const labels = Float64Array.from(values, (value) => (mask ? Number(value !== 0) : value));
  const counts = (k: number): boolean =>
    inside?.[k] !== 0 && !never.includes(labels[k]!) && (only === undefined || labels[k] === only);
  return oracle.figures(labels, size, grey, counts).map(({ label, voxels, first, start, stop, centroid, greys }) => {
    const row: Record<string, unknown> = { label, voxels, first, start, stop, centroid };
    if (grey === undefined) return row;
    const whole = greys.map((value) => BigInt(Math.round((value - units!.origin) / units!.unit)));
    const sum = (of: readonly bigint[]): bigint => of.reduce((a, b) => a + b, 0n);
    row.greys = greys.length;
    row.sum = sum(whole);
    row.squares = sum(whole.map((value) => value * value));
    row.least = greys.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    row.most = greys.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return row;
  });
}

function rowsOf({ labels, figures }: LabelFigures, withGrey: boolean) {
  const width = withGrey ? GREY_FIGURES : PLAIN_FIGURES;
  expect(figures.length).toBe(width * labels.length);
  const rows = Array.from(labels, (label, k) => {
    const of = figures.subarray(k * width, (k + 1) * width);
    const three = (from: number): number[] => [...of.subarray(from, from + 3)];
    const voxels = of[FIGURE.voxels]!;
    const row: Record<string, unknown> = {
      label,
      voxels,
      first: of[FIGURE.first],
      start: three(FIGURE.start),
      stop: three(FIGURE.stop),
      // Sums are whole, so that the quotients are those of the definition to the last bit.
      centroid: three(FIGURE.places).map((sum) => sum / voxels),
    };
    if (!withGrey) return row;
    const [high, mixed, low] = three(FIGURE.squares).map(BigInt) as [bigint, bigint, bigint];
    row.greys = of[FIGURE.greys];
    row.sum = BigInt(of[FIGURE.sum]!);
    row.squares = high * 2n ** 30n + mixed * 2n ** 15n + low;
    row.least = of[FIGURE.least];
    row.most = of[FIGURE.most];
    return row;
  });
  return rows.sort((a, b) => (a.label as number) - (b.label as number));
}

function compare(brick: Brick, parameters: LabelFiguresParameters, wasm = new Wasm(module)): LabelFigures {
  const result = found(brick, parameters, wasm);
  expect(rowsOf(result, brick.grey !== undefined)).toEqual(expected(brick, parameters));
  return result;
}

/** Runs of labels; `of` gives the label of each run. */
function runs(dtype: DType, length: number, seed: number, longest: number, of: (value: number) => number): Voxels {
  const next = random(seed);
  const out = randomVoxels(dtype, length, 1);
  for (let k = 0; k < length; ) {
    const end = Math.min(length, k + 1 + Math.floor(next() * longest));
    out.fill(of(Math.floor(next() * 2 ** 32)), k, end);
    k = end;
  }
  return out;
}

test("are those of all voxels, for rows of any length, runs of any length and any labels", () => {
  const wasm = new Wasm(module);
  fc.assert(
    fc.property(
      fc.constantFrom(...WHOLE),
      fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        fc.oneof(fc.constantFrom(15, 16, 17, 63, 64, 65, 127, 128, 129), fc.integer({ min: 1, max: 700 })),
      ),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.constantFrom(1, 3, 20, 100),
      fc.constantFrom(0, 1, 5),
      fc.constantFrom("none", "0 and 1", "some"),
      fc.constantFrom(ALL, { mask: false, never: [0, 1] }, { mask: true, never: [0] }, { ...ALL, only: 2 }),
      (dtype, size, seed, longest, pad, masked, parameters) => {
        const count = size[0] * size[1] * size[2];
        const few = [0, 1, 2, 3, DTYPES[dtype].min, DTYPES[dtype].max, 100];
        const values = runs(dtype, count, seed, longest, (n) => few[n % few.length]!);
        const next = random(seed + 1);
        // What is not 0 counts, whatever it is.
        const others = masked === "some" ? [0, 1, 7, 255] : [0, 1];
        const inside =
          masked === "none"
            ? undefined
            : Uint8Array.from({ length: count }, () => others[Math.floor(next() * others.length)]!);
        compare({ values, size, inside, pad }, parameters, wasm);
      },
    ),
    { numRuns: 300, seed: 5 },
  );
});

test("are exact in grey values of any type, NaN and runs of odd length among them", () => {
  const wasm = new Wasm(module);
  const size = [3, 9, 75] as const;
  const count = 3 * 9 * 75;
  for (const dtype of Object.keys(DTYPES) as DType[])
    for (const [seed, longest] of [1, 2, 7, 40].entries()) {
      const values = runs("uint16", count, seed + 1, longest, (n) => n % 40);
      const grey = randomVoxels(dtype, count, seed + 9);
      if (dtype === "float32") for (let k = 0; k < count; k += 5) grey[k] = k % 2 === 0 ? Number.NaN : -0.5;
      const numbers = Array.from(grey).filter((value) => !Number.isNaN(value));
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
      const origin = Math.round((low + high) / 2);
      const unit = 2 ** (Math.ceil(Math.log2(Math.max(high - origin, origin - low))) - 30);
      compare({ values, size, grey, pad: seed }, { mask: false, never: [0], grey: { dtype, origin, unit } }, wasm);
    }
  // Not one number.
  const values = Uint8Array.of(1, 1, 2);
  const grey = Float32Array.of(Number.NaN, Number.NaN, 3);
  compare({ values, size: [1, 1, 3], grey }, { ...ALL, grey: { dtype: "float32", origin: 0, unit: 1 } }, wasm);
});

test("halves of units are rounded up, below 0, too", () => {
  const grey = Float32Array.of(-2.5, -1.5, -0.5, 0.5, 1.5, 0.49999997);
  const values = new Uint8Array(6).fill(1);
  const parameters = { ...ALL, grey: { dtype: "float32", origin: 0, unit: 1 } } as const;
  const { figures } = compare({ values, size: [1, 1, 6], grey }, parameters);
  expect(figures[FIGURE.sum]).toBe(-2 - 1 + 0 + 1 + 2 + 0);
});

test("tables and memory grow with the labels, which keep their figures", () => {
  // Far apart: multiples of powers of two fall into the same places of a table that does not mix them.
  for (const step of [1, 2 ** 8, 2 ** 14]) {
    const size = [1, 90, 260] as const;
    const count = 90 * 260;
    const values = Uint32Array.from({ length: count }, (_, k) => (4_294_967_295 - k * step) >>> 0);
    const wasm = new Wasm(module);
    const before = wasm.bytes;
    const { labels } = compare({ values, size }, ALL, wasm);
    expect(labels.length).toBe(count);
    // In the order in which they come.
    expect([...labels.subarray(0, 3)]).toEqual([...values.subarray(0, 3)]);
    expect(wasm.bytes).toBeGreaterThan(before + 88 * count);
  }
});

test("more runs of grey values than a list holds go part by part", () => {
  const size = [1, 90, 120] as const;
  const values = Int32Array.from({ length: 90 * 120 }, (_, k) => (k % 2 === 0 ? -5 : (k % 97) * 1e6));
  const grey = randomVoxels("uint8", values.length, 3);
  compare({ values, size, grey }, { ...ALL, grey: { dtype: "uint8", origin: 128, unit: 2 ** -23 } });
});

test("labels that a table counts with are labels like others", () => {
  const values = Uint32Array.of(256, 256, 0, 4_294_967_295, 4_294_967_295, 256, 1);
  compare({ values, size: [1, 1, 7] }, ALL);
  compare({ values: Int8Array.of(-1, -1, 127, -128, 0, -1), size: [1, 2, 3] }, { mask: false, never: [0, -128] });
  compare({ values: new Uint8Array(30).fill(255), size: [2, 3, 5] }, { mask: false, never: [0, 255] });
});

test("a brick of one label is not read", async () => {
  const pool = new Pool();
  const shape = [6, 8, 20] as const;
  const values = new Uint16Array(960);
  for (let k = 0; k < 960; k++) values[k] = k % 20 < 10 ? 0 : k < 480 ? 7 : 9;
  values[959] = 3;
  const volume = memoryVolume(values, shape, { role: "labels", brick: [3, 4, 10] });
  const region = { start: [1, 1, 3], stop: [6, 8, 19] } as const;
  for (const mask of [undefined, memoryVolume(new Uint8Array(960).fill(1), shape, { role: "mask" })])
    for (const [parameters, wanted] of [
      [
        { mask: false, never: [0] },
        { 7: 126, 9: 189 },
      ],
      [
        { mask: false, never: [] },
        { 0: 245, 7: 126, 9: 189 },
      ],
      [{ mask: false, never: [], only: 9 }, { 9: 189 }],
      [{ mask: true, never: [0] }, { 1: 315 }],
    ] as const) {
      const voxels = new Map<number, number>();
      const boxes = volume.grid.touching(region);
      const parts: LabelFigures[] = [];
      const join = (first: LabelFigures, part: LabelFigures): LabelFigures => {
        if (parts.length === 0) parts.push(first);
        parts.push(part);
        return first;
      };
      const done: number[] = [];
      const onProgress = (state: { done: number }): void => void done.push(state.done);
      const options = { region, mask, workers: 2, onProgress };
      const { started } = pool.counters;
      const first = await reduce({ ...operation, join }, volume, parameters, options, { pool });
      expect(parts[0]).toBe(first);
      // The eighth brick has a 3, which lies outside of the region.
      expect(pool.counters.started - started).toBe(mask === undefined ? 1 : 8);
      expect(done).toEqual(boxes.map((_, k) => k + 1));
      for (const { labels, figures } of parts)
        for (const [k, label] of labels.entries())
          voxels.set(label, (voxels.get(label) ?? 0) + figures[k * PLAIN_FIGURES]!);
      expect(Object.fromEntries(voxels)).toEqual(wanted);
    }
  await pool.stop();
});

test("what a brick of one label has is what reading it gives", () => {
  const size = [3, 5, 18] as const;
  for (const value of [0, 4, 255])
    for (const parameters of [ALL, { mask: false, never: [0, 255] }, { mask: true, never: [0] }, { ...ALL, only: 4 }]) {
      const values = new Uint8Array(270).fill(value);
      expect(operation.uniform!(value, size, parameters)).toEqual(
        found({ values, size }, parameters, new Wasm(module)),
      );
    }
});
