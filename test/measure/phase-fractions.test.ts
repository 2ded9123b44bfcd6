import { tableToIPC } from "apache-arrow";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { displaySymbol, type MimeBundle } from "#src/core/display.js";
import type { Voxels } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import { provenance } from "#src/core/provenance.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { threshold } from "#src/segment/threshold.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";

const column = (table: ResultTable, name: string): unknown[] => [...(table.getChild(name) ?? [])];
const shown = (table: ResultTable): MimeBundle =>
  (table as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]();
const shape = [8, 16, 32] as const;
const phases = referencePhases(64).slice(0, 8 * 16 * 32);
const g8 = referenceGrey(phases, 8);
const names = ["pore", "binder", "active material"];

test("a labels volume gives voxels, fraction and volume of each phase of its table, also of empty ones", async () => {
  const labels = memoryVolume(Uint8Array.of(0, 0, 2, 0, 2, 7), [1, 2, 3], {
    role: "labels",
    phases: phaseTable(3, names),
    spacing: [2e-6, 1e-6, 0.5e-6],
  });
  const table = await phaseFractions(labels);
  expect(column(table, "label")).toEqual([0, 1, 2, 7]);
  expect(column(table, "phase")).toEqual([...names, "label 7"]);
  expect(column(table, "voxels")).toEqual([3, 0, 2, 1]);
  expect(column(table, "fraction")).toEqual([3 / 6, 0, 2 / 6, 1 / 6]);
  for (const [k, volume] of [3, 0, 2, 1].entries()) expect(column(table, "volume")[k]).toBeCloseTo(volume, 12);
  const unit = (name: string) => table.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
  expect([unit("fraction"), unit("volume")]).toEqual(["1", "µm³"]);
  expect(column(table, "dφ/dT upper")).toEqual([]);
});

test("labels without a table are phases by their number, and without a voxel size there is no volume", async () => {
  for (const values of [Uint8Array.of(0, 85, 170, 0), Int16Array.of(-1, 300, 300, 5), Int32Array.of(7, 7, 9, 8)]) {
    const table = await phaseFractions(memoryVolume(values as Voxels, [1, 2, 2], { role: "labels" }));
    expect(column(table, "label")).toEqual([...new Set(values)].sort((a, b) => a - b));
    expect(table.getChild("volume")).toBeNull();
  }
});

test("voxels of label 255 and outside region and mask do not count, unless the table lists 255", async () => {
  const values = Uint8Array.of(0, 1, 255, 1, 0, 255, 1, 1);
  const labels = memoryVolume(values, [2, 2, 2], { role: "labels", phases: phaseTable(2, ["pore", "solid"]) });
  const table = await phaseFractions(labels);
  expect(column(table, "voxels")).toEqual([2, 4]);
  expect(shown(table)["text/plain"]).toContain("2 voxels belong to no phase and do not count.");
  const region = { start: [0, 0, 0], stop: [1, 2, 2] } as const;
  expect(column(await phaseFractions(labels, { region }), "voxels")).toEqual([1, 2]);
  const mask = memoryVolume(Uint8Array.of(1, 0, 1, 0, 1, 1, 1, 0), [2, 2, 2], { role: "mask" });
  expect(column(await phaseFractions(labels, { mask }), "voxels")).toEqual([2, 1]);
  const listed = memoryVolume(values, [2, 2, 2], {
    role: "labels",
    phases: [...phaseTable(2), { label: 255, name: "collector", colour: "#000000" }],
  });
  const all = await phaseFractions(listed);
  expect(column(all, "voxels")).toEqual([2, 4, 2]);
  expect(shown(all)["text/plain"]).not.toContain("belong to no phase");
});

test("a mask has two phases, outside and inside, whatever number is inside", async () => {
  const mask = memoryVolume(Uint8Array.of(0, 255, 3, 1), [1, 2, 2], { role: "mask" });
  const table = await phaseFractions(mask);
  expect(column(table, "phase")).toEqual(["outside", "inside"]);
  expect(column(table, "fraction")).toEqual([0.25, 0.75]);
});

test("a scan with thresholds gives the fractions of its labels, and the slope of each at both thresholds", async () => {
  const next = random(9);
  const inputs: Voxels[] = [
    g8,
    Int16Array.from(g8, (value) => value * 100 - 9000),
    Uint32Array.from(g8, (value) => value * 16_000_000 + Math.floor(next() * 1e6)),
    Float32Array.from(g8, (value, k) => (k % 37 === 0 ? Number.NaN : (value - 120) * 0.013 + next() * 0.01)),
  ];
  const inside = Uint8Array.from(g8, (_, k) => (k % 5 === 0 ? 0 : 1));
  const mask = memoryVolume(inside, shape, { role: "mask", brick: [3, 3, 3] });
  for (const values of inputs) {
    const volume = memoryVolume(values, shape, { brick: [3, 7, 20] });
    const [low, high] = volume.range;
    const thresholds = [low + 0.35 * (high - low), low + 0.6 * (high - low)];
    for (const options of [{}, { mask }, { window: (high - low) / 50 }]) {
      const table = await phaseFractions(volume, { thresholds, names, ...options });
      const counted = Array.from(values).filter(
        (value, k) => !Number.isNaN(value) && !("mask" in options && inside[k] === 0),
      );
      const share = (from: number, to: number): number =>
        counted.filter((value) => value > from && value <= to).length / counted.length;
      const [a, b] = thresholds as [number, number];
      const fractions = column(table, "fraction") as number[];
      expect(fractions).toEqual([share(-1e99, a), share(a, b), share(b, 1e99)]);
      expect(fractions.reduce((x, y) => x + y, 0)).toBeCloseTo(1, 12);
      const half = table.provenance.parameters.window as number;
      const share05 = 0.005 * (high - low);
      const usual = values instanceof Float32Array ? share05 : Math.max(1, Math.round(share05));
      expect(half).toBe("window" in options ? options.window : usual);
      const slope = (at: number): number => share(at - half, at + half) / (2 * half);
      const close = (name: string, expected: number[]): void => {
        for (const [k, value] of (column(table, name) as number[]).entries())
          expect(Math.abs(value - (expected[k] ?? 0))).toBeLessThanOrEqual(1e-12 + 1e-9 * Math.abs(expected[k] ?? 0));
      };
      close("dφ/dT lower", [0, -slope(a), -slope(b)]);
      close("dφ/dT upper", [slope(a), slope(b), 0]);
      const labels = await threshold(volume, thresholds, { ...("mask" in options ? { mask } : {}) });
      expect(column(await phaseFractions(labels), "voxels")).toEqual(column(table, "voxels"));
    }
  }
});

test("the slope tells how far a fraction moves when its threshold does", async () => {
  const volume = memoryVolume(g8, shape);
  const at = async (t: number): Promise<number> =>
    column(await phaseFractions(volume, { thresholds: t }), "fraction")[0] as number;
  const table = await phaseFractions(volume, { thresholds: 85, window: 5 });
  expect(column(table, "dφ/dT upper")[0]).toBeCloseTo(((await at(90)) - (await at(80))) / 10, 12);
  expect(column(table, "dφ/dT lower")[1]).toBeCloseTo(-((await at(90)) - (await at(80))) / 10, 12);
});

test("labels made by threshold take the slopes from their scan without being told the thresholds again", async () => {
  const scan = memoryVolume(g8, shape);
  const labels = await threshold(scan, [85, 145], { names });
  const direct = await phaseFractions(scan, { thresholds: [85, 145], names });
  for (const table of [
    await phaseFractions(labels, { scan }),
    await phaseFractions(labels, { scan, thresholds: [85, 145] }),
  ])
    for (const { name } of direct.schema.fields) expect(column(table, name)).toEqual(column(direct, name));
  const other = memoryVolume(phases, shape, { role: "labels" });
  await expect(phaseFractions(other, { scan })).rejects.toMatchObject({ code: "MissingData", message: /not known/ });
  await expect(phaseFractions(labels, { scan, thresholds: 85 })).rejects.toThrow(
    "make 2 phases, but these labels have 3",
  );
  const mask = memoryVolume(new Uint8Array(g8.length).fill(1, 100), shape, { role: "mask" });
  const masked = await threshold(scan, [85, 145], { mask });
  await expect(phaseFractions(masked, { scan })).rejects.toThrow("give the mask that the labels were made with");
  expect((await phaseFractions(masked, { scan, mask })).numRows).toBe(3);
  const small = memoryVolume(g8.slice(0, 512), [1, 16, 32]);
  await expect(phaseFractions(labels, { scan: small })).rejects.toThrow(
    "scan has the shape 1 × 16 × 32, the labels 8 × 16 × 32",
  );
});

test("fractions sum to 1 and do not depend on bricks or workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 17 }), fc.integer({ min: 1, max: 33 })),
      fc.integer({ min: 1, max: 2 }),
      fc.uniqueArray(fc.integer({ min: -5, max: 260 }), { minLength: 1, maxLength: 5 }),
      async (brick, workers, limits) => {
        const thresholds = limits.toSorted((a, b) => a - b);
        const table = await phaseFractions(memoryVolume(g8, shape, { brick }), { thresholds, workers });
        expect((column(table, "fraction") as number[]).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        const expected = await phaseFractions(memoryVolume(g8, shape), { thresholds });
        for (const { name } of expected.schema.fields) expect(column(table, name)).toEqual(column(expected, name));
      },
    ),
    { numRuns: 20, seed: 8 },
  );
});

test("the table shows a bar of the phases' colours, keeps its provenance and is an Arrow table", async () => {
  const table = await phaseFractions(memoryVolume(g8, shape), { thresholds: [85, 145], names: ["pore", "<b>", "NMC"] });
  const bundle = shown(table);
  expect(bundle["text/html"]).toMatch(/<img[^>]*src="data:image\/png;base64,iVBOR/);
  expect(bundle["text/html"]).not.toContain("<b>");
  expect(bundle["text/plain"]).toMatch(/pore .*\n/);
  expect(bundle["text/plain"]).toContain("slope over T ± 1.");
  expect(provenance(table).toString()).toContain("phaseFractions(");
  expect(table.provenance.parameters).toMatchObject({ thresholds: [85, 145], window: 1 });
  expect(JSON.parse(table.schema.metadata.get("provenance")!)).toEqual(table.provenance);
  expect(tableToIPC(table).length).toBeGreaterThan(100);
});

test("what makes no sense is refused with what to do", async () => {
  const scan = memoryVolume(g8, shape);
  const labels = memoryVolume(phases, shape, { role: "labels" });
  await expect(phaseFractions(scan)).rejects.toThrow(
    "has the role intensity, so its phases are not known; give thresholds",
  );
  await expect(phaseFractions(labels, { thresholds: 1 })).rejects.toThrow("need `scan`");
  await expect(phaseFractions(labels, { names: ["a"] })).rejects.toThrow("with({ phaseNames");
  await expect(phaseFractions(scan, { scan, thresholds: 1 })).rejects.toThrow("`scan` goes with a labels volume");
  await expect(phaseFractions(scan, { thresholds: [5, 4] })).rejects.toThrow("ascending order");
  await expect(phaseFractions(scan, { thresholds: 5, window: 0 })).rejects.toThrow("window (grey values) is 0");
  await expect(phaseFractions(scan, { threshold: 5 } as object)).rejects.toThrow("did you mean `thresholds`");
  const empty = memoryVolume(new Uint8Array(g8.length), shape, { role: "mask" });
  await expect(phaseFractions(scan, { thresholds: 5, mask: empty })).rejects.toMatchObject({ code: "MissingData" });
  await expect(phaseFractions(labels, { mask: empty })).rejects.toMatchObject({ code: "MissingData" });
  const outside = memoryVolume(new Uint8Array(8).fill(255), [2, 2, 2], { role: "labels" });
  await expect(phaseFractions(outside)).rejects.toMatchObject({ code: "MissingData" });
  const floats = memoryVolume(new Float32Array(8), [2, 2, 2], { role: "labels" });
  await expect(phaseFractions(floats)).rejects.toMatchObject({ code: "UnsupportedFeature" });
  const particles = memoryVolume(
    Uint16Array.from({ length: 2000 }, (_, k) => k),
    [2, 10, 100],
    { role: "labels" },
  );
  await expect(phaseFractions(particles)).rejects.toThrow("2000 different labels are too many to be phases");
  const nan = memoryVolume(new Float32Array(8).fill(Number.NaN), [2, 2, 2]);
  await expect(phaseFractions(nan, { thresholds: 1 })).rejects.toMatchObject({ code: "MissingData", message: /NaN/ });
});
