/** Pairs along the axes at the edges of vectors, groups of lines and memory: against their definition, one by one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Source } from "#src/compute/gather.js";
import { pairsOfLines } from "#src/compute/kernels/pairs.js";
import { Wasm } from "#src/compute/kernels.js";
import { machine } from "#src/compute/memory.js";
import { lagCount, type PairsParameters, pairsBytes, slabCounts } from "#src/compute/operations/pairs.js";
import { describeRegion } from "#src/compute/places.js";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import { type Shape, type Triple, voxelCount, wholeRegion } from "#src/core/shape.js";
import { estimate, open, save, twoPointCorrelation } from "#src/index.js";
import { correlationAt } from "../oracle/correlation.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { root } from "../support/require.js";

const file = testFolder();
const column = (table: { getChild(name: string): Iterable<unknown> | null }, name: string): number[] =>
  [...(table.getChild(name) ?? [])] as number[];
const lagAlong = (axis: number, lag: number): Triple => [0, 1, 2].map((k) => (k === axis ? lag : 0)) as never;

/** Runs of walls (0), the phase (1) and, if `holes`, what is beyond the sample (2). */
function kindsOf(shape: Shape, seed: number, holes: boolean): Uint8Array {
  const next = random(seed);
  let now = 1;
  return Uint8Array.from({ length: voxelCount(shape) }, () => {
    if (next() < 0.4) now = Math.floor(next() * (holes ? 3 : 2));
    return now;
  });
}

/** S₂ along z, y, x at all lags up to the longest axis; NaN where an axis is not that long or there are no pairs. */
function expected(shape: Shape, kinds: Uint8Array, reach: Triple, periodic: boolean): number[][] {
  const rows = Array.from({ length: Math.max(...reach) + 1 }, (_, lag) => lag);
  return [0, 1, 2].map((axis) =>
    rows.map((lag) => (lag > reach[axis]! ? Number.NaN : correlationAt(shape, kinds, lagAlong(axis, lag), periodic))),
  );
}

// No multiples of 8 lines, 16 bytes or 128 rows, and one less and one more; more rows than bytes can count at once.
const SHAPES: readonly Shape[] = [
  [3, 17, 131],
  [9, 130, 5],
  [40, 21, 33],
  [7, 15, 129],
  [8, 16, 16],
  [1, 33, 1],
  [1, 1, 40],
  [17, 1, 257],
  [520, 3, 2],
  [2, 530, 3],
  [3, 2, 600],
];
const INTEGERS = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);

for (const [n, shape] of SHAPES.entries())
  test(`S2 along the axes of ${shape.join(" × ")} is that of the definition up to the last lag`, async () => {
    for (const [k, dtype] of INTEGERS.entries()) {
      const { min, max } = DTYPES[dtype];
      const masked = (n + k) % 2 === 0;
      const periodic = (n + k) % 3 === 0;
      const kinds = kindsOf(shape, 10 * n + k + 1, masked);
      const phase = [min === 0 ? max - 1 : min, max - 1, 3][k % 3]!;
      const labels = voxelArray(dtype, kinds.length);
      for (const [at, kind] of kinds.entries()) labels[at] = kind === 1 ? phase : phase + (phase === min ? 5 : -5);
      const brick: Shape = [5 + k, 9 + 7 * k, 16 + 5 * k];
      const mask = memoryVolume(
        kinds.map((kind) => (kind === 2 ? 0 : 1 + (k % 2))),
        shape,
        { role: "mask" },
      );
      const most = periodic ? Math.floor(Math.max(...shape) / 2) : Math.max(...shape) - 1;
      if (most === 0) continue;
      const reach = shape.map((size) => Math.min(most, periodic ? Math.floor(size / 2) : size - 1)) as never as Triple;
      const volume = memoryVolume(labels, shape, { role: "labels", brick });
      const options = { phase, directions: "axes", reach: most, periodic, workers: 1 + (k % 3) } as const;
      const found = await twoPointCorrelation(volume, { ...options, ...(masked && { mask }) });
      const exact = expected(shape, kinds, reach, periodic);
      for (const [axis, name] of ["z", "y", "x"].entries())
        expect(column(found, name), `${dtype} along ${name}`).toEqual(exact[axis]);
    }
  });

test("the label 255 and a mask together leave out both, in memory and in files, and from a region on", async () => {
  const shape: Shape = [19, 37, 45];
  const labels = kindsOf(shape, 77, true).map((kind) => [4, 1, 255][kind]!);
  const next = random(78);
  const inside = labels.map(() => (next() < 0.8 ? 1 : 0));
  const volume = memoryVolume(labels, shape, { role: "labels", brick: [6, 20, 17] });
  const mask = memoryVolume(inside, shape, { role: "mask", brick: [8, 40, 16] });
  await save(volume, file("labels.arrow"));
  await save(mask, file("mask.arrow"));
  const region = { start: [1, 3, 2], stop: [19, 36, 44] } as const;
  const size: Shape = [18, 33, 42];
  const kinds = Uint8Array.from({ length: voxelCount(size) }, (_, k) => {
    const [z, y, x] = [Math.floor(k / (33 * 42)), Math.floor(k / 42) % 33, k % 42];
    const at = ((z + 1) * 37 + y + 3) * 45 + x + 2;
    if (labels[at] === 255 || inside[at] === 0) return 2;
    return labels[at] === 1 ? 1 : 0;
  });
  const exact = expected(size, kinds, [9, 16, 21], false);
  const inFiles = [await open(file("labels.arrow")), await open(file("mask.arrow"))] as const;
  for (const [from, within] of [[volume, mask], inFiles] as const)
    for (const workers of [1, 5]) {
      const found = await twoPointCorrelation(from, { phase: 1, directions: "axes", mask: within, region, workers });
      for (const [axis, name] of ["z", "y", "x"].entries()) expect(column(found, name)).toEqual(exact[axis]);
    }
});

test("a label that the voxels cannot have is nowhere, and of a full volume every pair is one", async () => {
  const shape: Shape = [20, 300, 9];
  const full = memoryVolume(new Uint8Array(voxelCount(shape)).fill(44), shape, { role: "labels", brick: [9, 64, 9] });
  // 300 is 44 in eight bits.
  for (const [phase, value] of [
    [300, 0],
    [-212, 0],
    [44, 1],
  ] as const) {
    const found = await twoPointCorrelation(full, { phase, directions: "axes", reach: 299 });
    expect(column(found, "y")).toEqual(new Array(300).fill(value));
    expect(column(found, "x").slice(0, 9)).toEqual(new Array(9).fill(value));
  }
});

test("a thread takes no more memory than was stated, and counts right while it grows", async () => {
  /** The engine's own, of which the types for tests do not know. */
  const { Module } = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => never } })
    .WebAssembly;
  const module = new Module(readFileSync(join(root, "dist/src/compute/kernels.wasm")));
  for (const [shape, dtype, rows, fields] of [
    [[70, 150, 200], "uint8", 16, 1],
    [[70, 150, 200], "uint8", 120, 2],
    [[9, 400, 130], "int32", 16, 2],
    [[300, 20, 130], "uint16", 20, 1],
  ] as const) {
    const kinds = kindsOf(shape, 5, false);
    const labels = voxelArray(dtype, kinds.length);
    labels.set(kinds);
    const volume = memoryVolume(labels, shape, { role: "labels", brick: [32, 64, 64] });
    const all = memoryVolume(new Uint8Array(kinds.length).fill(1), shape, { role: "mask", brick: [70, 30, 100] });
    const lags = [
      [0, 1, 5],
      [0, 2],
      [0, 7, 8],
    ] as const;
    const shares = 2;
    const parameters: PairsParameters = { label: 1, outside: undefined, fields, lags, rows, shares };
    const region = wholeRegion(shape);
    const input = new Source(describeRegion(volume, region));
    const mask = fields === 2 ? new Source(describeRegion(all, region)) : undefined;
    const wasm = new Wasm(module);
    const before = wasm.bytes;
    const total = new Float64Array(fields * lagCount(parameters));
    const parts = shares * slabCounts(shape, rows).reduce((sum, n) => sum + n, 0);
    for (let part = 0; part < parts; part++) {
      wasm.reset();
      const found = pairsOfLines({ wasm, input, mask, region, part }, parameters);
      for (let k = 0; k < total.length; k++) total[k]! += found[k]!;
    }
    const pairs = lags.flatMap((some, axis) =>
      some.map((lag) => (voxelCount(shape) / shape[axis]!) * (shape[axis]! - lag)),
    );
    const s2 = lags.flatMap((some, axis) => some.map((lag) => correlationAt(shape, kinds, lagAlong(axis, lag), false)));
    expect([...total.subarray(0, pairs.length)]).toEqual(pairs.map((count, k) => Math.round(count * s2[k]!)));
    if (fields === 2) expect([...total.subarray(pairs.length)]).toEqual(pairs);
    const claimed = pairsBytes(shape, parameters, DTYPES[dtype].bytes + (fields === 2 ? 1 : 0));
    expect(wasm.bytes - before).toBeLessThanOrEqual(claimed + 65536);
    expect(claimed).toBeLessThan(1.3 * (wasm.bytes - before) + 2 ** 18);
    expect(wasm.bytes).toBeGreaterThan(before + 65536);
  }
});

test("the memory of the threads is counted and estimated; where there is not so much, fewer work, or none", async () => {
  const shape: Shape = [40, 150, 60];
  const mask = memoryVolume(kindsOf(shape, 3, false), shape, { role: "mask", brick: [8, 8, 8] });
  const lags = shape.map((n) => Array.from({ length: n / 2 + 1 }, (_, lag) => lag)) as never as PairsParameters["lags"];
  for (const workers of [1, 3]) {
    await machine.collect();
    const before = machine.used;
    let most = 0;
    const onProgress = (): void => {
      most = Math.max(most, machine.used - before);
    };
    await twoPointCorrelation(mask, { directions: "axes", workers, onProgress });
    expect(most).toBe(workers * pairsBytes(shape, { fields: 1, lags, rows: 16 }, 1));
    const told = await estimate(twoPointCorrelation, mask, { directions: "axes", workers });
    expect([told.bytes, told.workers]).toEqual([most, workers]);
    const memoryLimit = machine.used + most - 1;
    const options = { directions: "axes", workers, memoryLimit } as const;
    if (workers === 1)
      await expect(twoPointCorrelation(mask, options)).rejects.toMatchObject({ code: "LimitExceeded" });
    else expect(column(await twoPointCorrelation(mask, options), "z")).toHaveLength(76);
  }
});
