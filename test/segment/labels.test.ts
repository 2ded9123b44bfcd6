/** What labels become: other numbers, one of several, cut to one. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import { PALETTE, rgb } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import { combine, cropToLabel, open, pipeline, relabel, save, um, type Volume } from "#src/index.js";
import * as oracle from "../oracle/labels.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const file = testFolder();
const shape = [6, 7, 20] as const;
const count = 840;
const INTEGERS = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());
const phases = [
  { label: 0, name: "pore", colour: "#0072b2", density: 0 },
  { label: 1, name: "binder", colour: "#e69f00", density: 1800 },
  { label: 2, name: "active material", colour: "#009e73", density: 4800 },
];

/** Labels far apart, in runs. */
function scattered(dtype: DType, seed: number): ReturnType<typeof voxelArray> {
  const next = random(seed);
  const { min, max } = DTYPES[dtype];
  const few = Array.from({ length: 12 }, () => min + Math.floor(next() * (max - min + 1)));
  const out = voxelArray(dtype, count);
  for (let k = 0; k < count; k++)
    out[k] = next() < 0.6 && k > 0 ? out[k - 1]! : next() < 0.2 ? 0 : few[Math.floor(next() * 12)]!;
  return out;
}

describe("the phase table", () => {
  test("gets names, colours and densities, keeps what is not said, and goes into files", async () => {
    const labels = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
    const named = labels.with({
      phases: [{ label: 0, name: "pore" }, { label: 3, name: "grain", density: 4800 }, { label: 1 }],
    });
    expect(named.phases).toEqual([
      { label: 0, name: "pore", colour: PALETTE[0] },
      { label: 3, name: "grain", colour: PALETTE[1], density: 4800 },
      { label: 1, name: "phase 1", colour: PALETTE[2] },
    ]);
    const again = named.with({
      phases: [
        { label: 3, colour: "#FF0000" },
        { label: 4, name: "crack" },
      ],
    });
    expect(again.phases).toEqual([
      { label: 3, name: "grain", colour: "#ff0000", density: 4800 },
      { label: 4, name: "crack", colour: PALETTE[0] },
    ]);
    for (const name of ["phases.arrow", "phases.tif"]) {
      await save(again, file(name));
      expect((await open(file(name))).phases).toEqual(again.phases);
    }
  });

  test("refuses what no phase can be", () => {
    const labels = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
    const failing =
      (phases: unknown): (() => Volume) =>
      () =>
        labels.with({ phases: phases as [] });
    expect(failing([])).toThrow(/phases are a list/);
    expect(failing([{ label: 300 }])).toThrow(/label of a phase is 300; allowed are whole numbers from 0 to 255/);
    expect(failing([{ label: 1 }, { label: 1, name: "b" }])).toThrow(/two phases have the label 1/);
    expect(
      failing([
        { label: 1, name: "a" },
        { label: 2, name: "a" },
      ]),
    ).toThrow(/two phases have the name "a"/);
    expect(failing([{ label: 1, name: " " }])).toThrow(/name of phase 1 is " "/);
    expect(failing([{ label: 1, colour: "red" }])).toThrow(/colour of "phase 1" is "red"/);
    expect(failing([{ label: 1, density: -1 }])).toThrow(/density of "phase 1" is -1; give kg\/m³/);
    expect(failing([{ label: 1, color: "#000000" }])).toThrow(/did you mean `colour`/);
    expect(() => memoryVolume(new Uint8Array(8), [2, 2, 2]).with({ phases: [{ label: 1 }] })).toThrow(/role intensity/);
    expect(() => labels.with({ phases: [{ label: 1 }], phaseNames: ["a"] })).toThrow(/give one of the two/);
  });

  test("has colours that differ for eyes without one kind of cones", () => {
    // Linear RGB as it looks without L, M or S cones: G. M. Machado, M. M. Oliveira & L. A. F. Fernandes (2009), doi:10.1109/TVCG.2009.113.
    const seen: Record<string, number[][]> = {
      all: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      protan: [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ],
      deutan: [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
      ],
      tritan: [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
      ],
    };
    const linear = (value: number): number =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
    const lab = (colour: string, matrix: number[][]): number[] => {
      const from = rgb(colour).map(linear);
      const [r, g, b] = matrix.map((row) =>
        Math.min(
          1,
          Math.max(
            0,
            row.reduce((sum, weight, k) => sum + weight * from[k]!, 0),
          ),
        ),
      ) as [number, number, number];
      const [x, y, z] = [
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
      ].map(f) as [number, number, number];
      return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
    };
    // A difference of 2.3 is just seen; the first four, as many phases as electrodes have, are far from that.
    for (const [eye, matrix] of Object.entries(seen))
      for (const [least, colours] of [
        [16, PALETTE.slice(0, 4)],
        [7, PALETTE],
      ] as const)
        for (const [k, one] of colours.entries())
          for (const other of colours.slice(k + 1)) {
            const apart = Math.hypot(...lab(one, matrix).map((n, i) => n - lab(other, matrix)[i]!));
            expect(apart, `${eye} ${one} ${other}`).toBeGreaterThan(least);
          }
  });
});

describe("relabel", () => {
  test.each(INTEGERS)("numbers %s labels by size, appearance and number, 0 staying 0", async (dtype) => {
    for (const seed of [1, 2]) {
      const values = scattered(dtype, seed);
      const outside = dtype === "uint8" ? 255 : Number.NaN;
      const found = oracle.figures(values, shape, undefined, (k) => values[k] !== 0 && values[k] !== outside);
      const orders = {
        size: [...found].sort((a, b) => b.voxels - a.voxels || a.label - b.label),
        appearance: [...found].sort((a, b) => a.first - b.first),
        label: found,
      };
      for (const [by, order] of Object.entries(orders)) {
        const becomes = new Map(order.map(({ label }, k) => [label, k + 1]));
        const expected = Array.from(values, (label) => becomes.get(label) ?? label);
        for (const [brick, workers] of [
          [[2, 3, 8], 2],
          [shape, 1],
          [[6, 1, 20], 4],
        ] as const) {
          const labels = memoryVolume(values, shape, { role: "labels", brick });
          const result = await relabel(labels, by as "size", { workers });
          expect(await voxels(result)).toEqual(expected);
          expect([result.dtype, result.role, result.phases]).toEqual([dtype, "labels", undefined]);
        }
      }
    }
  });

  test("takes the phase table along", async () => {
    const labels = memoryVolume(Uint8Array.of(2, 2, 2, 0, 0, 255, 255, 255), [2, 2, 2], { role: "labels", phases });
    const result = await relabel(labels, "size");
    expect(await voxels(result)).toEqual([1, 1, 1, 2, 2, 255, 255, 255]);
    expect(result.phases?.map(({ label, name }) => [label, name])).toEqual([
      [1, "active material"],
      [2, "pore"],
      [3, "binder"],
    ]);
  });

  test("merges, moves and exchanges by a map of names and numbers", async () => {
    const values = Uint8Array.of(0, 1, 2, 1, 0, 2, 255, 1);
    const labels = memoryVolume(values, [2, 2, 2], { role: "labels", phases });
    const merged = await relabel(labels, { binder: "solid", "active material": "solid" });
    expect(await voxels(merged)).toEqual([0, 1, 1, 1, 0, 1, 255, 1]);
    expect(merged.phases).toEqual([phases[0], { label: 1, name: "solid", colour: "#e69f00" }]);
    const into = await relabel(labels, { binder: "pore" });
    expect(await voxels(into)).toEqual([0, 0, 2, 0, 0, 2, 255, 0]);
    expect(into.phases).toEqual([{ label: 0, name: "pore", colour: "#0072b2" }, phases[2]]);
    const exchanged = await relabel(labels, { 1: 2, 2: 1 });
    expect(await voxels(exchanged)).toEqual([0, 2, 1, 2, 0, 1, 255, 2]);
    expect(exchanged.phases).toEqual([phases[0], { ...phases[2], label: 1 }, { ...phases[1], label: 2 }]);
    const moved = await relabel(labels, { "active material": 7 });
    expect(await voxels(moved)).toEqual([0, 1, 7, 1, 0, 7, 255, 1]);
    expect(moved.phases?.[2]).toEqual({ ...phases[2], label: 7 });
    const wide = memoryVolume(Int32Array.from(values), [2, 2, 2], { role: "labels" });
    const named = await relabel(wide, { 255: "crack", 2: -9 });
    expect(await voxels(named)).toEqual([0, 1, -9, 1, 0, -9, 255, 1]);
    expect(named.phases).toEqual([{ label: 255, name: "crack", colour: PALETTE[0] }]);
  });

  test("is a step of a recipe, and refuses what cannot be meant", async () => {
    const labels = memoryVolume(Uint8Array.of(0, 1, 2, 1), [1, 2, 2], { role: "labels", phases });
    const chain = pipeline([relabel, { binder: "pore" }] as never);
    expect(await voxels(await chain.run(labels))).toEqual([0, 0, 2, 0]);
    await expect(relabel(labels, "biggest" as never)).rejects.toThrow(/order is "biggest"; allowed are size/);
    await expect(relabel(labels, {})).rejects.toThrow(/the map is empty/);
    await expect(relabel(labels, { bindr: 1 })).rejects.toThrow(/did you mean `binder`/);
    await expect(relabel(labels, { binder: 300 })).rejects.toThrow(/label 300 does not fit uint8/);
    await expect(relabel(labels, { binder: 3, 1: 4 })).rejects.toThrow(/names the label 1 twice/);
    await expect(relabel(labels, { binder: "" })).rejects.toThrow(/a label becomes ""/);
    await expect(relabel(labels, [1] as never)).rejects.toThrow(/give an order/);
    await expect(relabel(labels.with({ role: "mask" }), "size")).rejects.toThrow(/role mask/);
    await expect(relabel(labels, "size", { mask: labels } as never)).rejects.toThrow(/no option `mask`/);
  });
});

describe("combine", () => {
  test("lets the first part win, whatever its type, for any bricks and workers", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.constantFrom(...INTEGERS),
        fc.constantFrom<Shape>([2, 3, 8], [6, 7, 20], [4, 2, 5]),
        fc.constantFrom(1, 2, 4),
        fc.boolean(),
        async (seed, dtype, brick, workers, named) => {
          const next = random(seed);
          const draw = (n: number): number[] => Array.from({ length: count }, () => Math.floor(next() * n));
          const [crack, grains, labels] = [draw(3), draw(4), draw(3)];
          for (const k of [0, 1, 2, 3]) grains[k] = k;
          const own = voxelArray(dtype, count);
          own.set(grains);
          const result = await combine(
            {
              crack: memoryVolume(
                Uint8Array.from(crack, (n) => (n === 2 ? 200 : 0)),
                shape,
                { role: "mask", brick: [3, 3, 3] },
              ),
              grain: memoryVolume(own, shape, { role: "labels", brick }),
              phases: memoryVolume(
                Uint8Array.from(labels, (n) => (n === 2 ? 255 : n)),
                shape,
                {
                  role: "labels",
                  phases: phases.slice(0, 2),
                },
              ),
            },
            { workers, ...(named && { rest: "pore" }) },
          );
          const names = ["crack", "grain 1", "grain 2", "grain 3", "pore", "binder"];
          expect(result.phases?.map(({ name }) => name)).toEqual(names);
          expect(result.phases?.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5]);
          expect(new Set(result.phases?.map(({ colour }) => colour)).size).toBe(6);
          const left = named ? 4 : 255;
          expect(await voxels(result)).toEqual(
            crack.map((is, k) =>
              is === 2 ? 0 : grains[k] !== 0 ? grains[k]! : labels[k] === 2 ? left : labels[k]! + 4,
            ),
          );
          expect([result.dtype, result.role]).toEqual(["uint8", "labels"]);
        },
      ),
      { numRuns: 25, seed: 5 },
    );
  });

  test("of one mask makes a phase, and goes into a file", async () => {
    const mask = memoryVolume(Uint8Array.of(0, 1, 0, 1), [1, 2, 2], { role: "mask", spacing: [1e-6, 1e-6, 1e-6] });
    const result = await combine({ grain: mask }, { rest: "pore", to: file("combined.arrow") });
    expect(await voxels(result)).toEqual([1, 0, 1, 0]);
    expect((await open(file("combined.arrow"))).phases?.map(({ name }) => name)).toEqual(["grain", "pore"]);
    expect(result.spacing).toEqual(mask.spacing);
  });

  test("refuses what cannot be meant", async () => {
    const mask = memoryVolume(new Uint8Array(4), [1, 2, 2], { role: "mask" });
    await expect(combine({})).rejects.toThrow(/masks and labels by name/);
    await expect(combine([mask] as never)).rejects.toThrow(/by name/);
    await expect(combine({ a: mask, b: memoryVolume(new Uint8Array(2), [1, 1, 2], { role: "mask" }) })).rejects.toThrow(
      /part "b" has the shape 1 × 1 × 2/,
    );
    await expect(combine({ a: mask.with({ role: "intensity" }) })).rejects.toThrow(
      /part "a": this volume has the role/,
    );
    await expect(combine({ a: mask }, { rest: "" })).rejects.toThrow(/rest is ""/);
    const many = memoryVolume(
      Uint16Array.from({ length: 400 }, (_, k) => k),
      [1, 20, 20],
      { role: "labels" },
    );
    await expect(combine({ many })).rejects.toThrow(/399 phases, at most 255/);
  });
});

describe("cropToLabel", () => {
  const values = new Uint16Array(count);
  for (const [z, y, x] of [
    [2, 3, 4],
    [3, 3, 9],
    [3, 5, 6],
  ] as const)
    values[(z * 7 + y) * 20 + x] = 500;
  values[0] = 9;
  const particles = memoryVolume(values, shape, { role: "labels", brick: [2, 3, 8], spacing: [1e-6, 1e-6, 5e-7] });
  const scan = memoryVolume(
    Float32Array.from({ length: count }, (_, k) => k),
    shape,
  );

  test("cuts labels and what lies on their grid, with a margin that ends at the faces", async () => {
    const box = { start: [2, 3, 4], stop: [4, 6, 10] } as const;
    const result = await cropToLabel(particles, 500);
    expect(await result.read()).toEqual(await particles.read(box));
    expect(result.origin).toEqual([2e-6, 3e-6, 2e-6]);
    const grey = await cropToLabel(scan, 500, { labels: particles, margin: [1, 9, 2] });
    expect(await grey.read()).toEqual(await scan.read({ start: [1, 0, 2], stop: [5, 7, 12] }));
    const length = await cropToLabel(particles, 500, { margin: um(1.2), workers: 2 });
    expect(await length.read()).toEqual(await particles.read({ start: [0, 1, 1], stop: [6, 7, 13] }));
    const mask = memoryVolume(
      Uint8Array.from(values, (n) => (n === 500 ? 255 : 0)),
      shape,
      { role: "mask" },
    );
    expect((await cropToLabel(mask, 1)).shape).toEqual([2, 3, 6]);
  });

  test("refuses what cannot be meant", async () => {
    await expect(cropToLabel(particles, 4)).rejects.toThrow(/no voxel has the label 4/);
    await expect(cropToLabel(particles, "grain")).rejects.toThrow(/these labels have no phase table/);
    await expect(cropToLabel(scan, 500)).rejects.toThrow(/whole numbers/);
    await expect(cropToLabel(scan, 500, { labels: particles, margin: um(1) })).rejects.toMatchObject({
      code: "MissingData",
    });
    await expect(cropToLabel(particles, 500, { margin: -1 })).rejects.toThrow(/margin \(voxels\) is -1/);
    await expect(cropToLabel(particles, 500, { margins: 1 } as never)).rejects.toThrow(/did you mean `margin`/);
    const other = memoryVolume(new Uint8Array(8), [2, 2, 2]);
    await expect(cropToLabel(other, 500, { labels: particles })).rejects.toThrow(/they must be the same/);
  });
});
