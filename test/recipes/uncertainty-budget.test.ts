/** One ± for every number: each part by itself, all together, and how often it holds the truth. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { resultTable } from "#src/core/arrow/table.js";
import { phaseTable } from "#src/core/phases.js";
import { trace } from "#src/core/provenance.js";
import type { Volume } from "#src/core/volume.js";
import { chordLengths } from "#src/measure/chord-lengths.js";
import { interfaceAreas } from "#src/measure/interface-areas.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { representativeVolume } from "#src/measure/representative-volume.js";
import { triplePhaseBoundary } from "#src/measure/triple-phase-boundary.js";
import { volumeExpansion } from "#src/measure/volume-expansion.js";
import { sensitivity } from "#src/recipes/sensitivity.js";
import { uncertaintyBudget } from "#src/recipes/uncertainty-budget.js";
import { withUncertainty } from "#src/recipes/with-uncertainty.js";
import { threshold } from "#src/segment/threshold.js";
import { samples } from "#src/simulate/samples.js";
import { beyondStudent } from "#src/statistics/student.js";
import { tortuosity } from "#src/transport/tortuosity.js";
import { memoryVolume } from "../support/memory-volume.js";
import { normal } from "../support/normal.js";
import { random } from "../support/random-volume.js";

const labels = memoryVolume(
  Uint8Array.from({ length: 512 }, (_, k) => k & 1),
  [8, 8, 8],
  {
    role: "labels",
    spacing: [1e-6, 1e-6, 1e-6],
    phases: phaseTable(2, ["pore", "NMC"]),
  },
);
const rowsOf = (table: { toArray(): { toJSON(): object }[] }): Record<string, number | string>[] =>
  table.toArray().map((row) => row.toJSON() as Record<string, number | string>);
const segmentationOf = (quantity: string, deviation: number, runs: number) =>
  resultTable(
    [
      { name: "quantity", values: [quantity] },
      { name: "runs", values: [runs], whole: true },
      { name: "deviation", values: [deviation] },
    ],
    trace("test", {}),
  );

test("each part is the standard uncertainty that the guide makes of it, and together they add as squares", async () => {
  // A quantity whose error is 2 µm for each µm of a voxel.
  const size = ({ spacing }: Volume) => ({ value: 10 + 2e6 * spacing![0], unit: "µm" });
  const [row] = rowsOf(
    await uncertaintyBudget(labels, size, {
      segmentation: segmentationOf("size", 0.3, 10),
      sampling: 0.04,
      solver: { size: 0.02 },
    }),
  );
  expect(row!.value).toBe(12);
  expect(row!.segmentation).toBe(0.3);
  expect(row!.sampling).toBeCloseTo(0.48, 12);
  expect(row!.resolution).toBeCloseTo(2 / Math.sqrt(3), 9);
  expect(row!.solver).toBeCloseTo(0.24 / Math.sqrt(3), 12);
  const u = Math.sqrt(0.3 ** 2 + 0.48 ** 2 + 4 / 3 + 0.24 ** 2 / 3);
  expect(row!.freedom).toBeCloseTo((9 * u ** 4) / 0.3 ** 4, 6);
  expect(beyondStudent(row!.k as number, row!.freedom as number)).toBeCloseTo(0.05, 9);
  expect(row!["±"]).toBeCloseTo((row!.k as number) * u, 12);
  expect([row!.largest, row!["not counted"], row!.result]).toEqual(["resolution", "", "12.0 ± 2.5 µm"]);
  expect(row!["if correlated"]).toBeCloseTo((row!.k as number) * (0.3 + 0.48 + (2 + 0.24) / Math.sqrt(3)), 9);
  // A second order error of which three quarters are gone already.
  const [second] = rowsOf(await uncertaintyBudget(labels, size, { resolution: 2 }));
  expect(second!.resolution).toBeCloseTo(2 / 3 / Math.sqrt(3), 9);
  expect(second!["not counted"]).toBe("segmentation, sampling, solver");
  const few = rowsOf(
    await uncertaintyBudget(labels, size, { segmentation: segmentationOf("size", 0.3, 4), resolution: false }),
  )[0]!;
  // Student's factor of three degrees of freedom.
  expect(few.k).toBeCloseTo(3.182446, 5);
});

test("± holds the truth in 95 of 100 planted measurements", async () => {
  const white = normal(4000, 12);
  const flat = random(13);
  let held = 0;
  const count = 400;
  for (let k = 0; k < count; k++) {
    const [seg, sam] = [0.02 * white[2 * k]!, 0.03 * white[2 * k + 1]!];
    // Resolution errs somewhere within ± 0.04.
    const value = 1 + seg + sam + 0.04 * (2 * flat() - 1);
    const size = ({ spacing }: Volume) => (spacing![0] > 1.5e-6 ? value + 0.04 : value);
    const [row] = rowsOf(
      await uncertaintyBudget(labels, size, { segmentation: segmentationOf("size", 0.02, 1e6), sampling: 0.03 }),
    );
    held += Math.abs(value - 1) <= (row!["±"] as number) ? 1 : 0;
  }
  // Three deviations of a share of 400 are 0.033.
  expect(Math.abs(held / count - 0.95)).toBeLessThan(0.034);
});

test("the budget of a real segmentation holds the known porosity, and tells what makes most of it", async () => {
  const scan = await samples.electrode({ shape: [48, 64, 64], seed: 3, photons: 4000, rings: 0, cupping: 0 });
  // The middle between pore and binder, and binder and active material.
  const grey = (absorbance: number): number => ((absorbance + 0.1) / 0.4) * 65535;
  const thresholds = [grey(0.04), grey(0.085)];
  const segment = async (volume: Volume, { pore }: { pore: number }) =>
    threshold(volume, [pore, thresholds[1]!], { names: ["pore", "binder", "active material"] });
  const porosity = async (phases: Volume) => (await phaseFractions(phases)).getChild("fraction")!.get(0) as number;
  const sure = await sensitivity(scan, segment, porosity, {
    vary: { pore: { from: grey(0.034), to: grey(0.046) } },
    runs: 12,
  });
  const found = await uncertaintyBudget(await segment(scan, { pore: thresholds[0]! }), porosity, {
    segmentation: sure,
  });
  const [row] = rowsOf(found);
  const truth = (await phaseFractions(scan.truth!)).getChild("fraction")!.get(0) as number;
  expect(Math.abs((row!.value as number) - truth)).toBeLessThan(row!["±"] as number);
  expect(row!["±"]).toBeLessThan(0.1);
  expect(["segmentation", "resolution"]).toContain(row!.largest);
  expect(found.provenance.inputs.map(({ name }) => name)).toEqual(["labels", "segmentation"]);
});

test("tables give a row for each of their numbers; of voxels and faces no resolution is claimed", async () => {
  const found = rowsOf(await uncertaintyBudget(labels, interfaceAreas, { sampling: 0.01 }));
  expect(found.map((row) => row.quantity)).toEqual([
    "faces, pore, NMC",
    "area, pore, NMC",
    "area per volume, pore, NMC",
  ]);
  expect(found[0]!.resolution).toBeNaN();
  expect(found[0]!["not counted"]).toContain("resolution");
  expect(found[1]!.resolution).toBeGreaterThan(0);
  const bare = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
  const extent = rowsOf(await uncertaintyBudget(bare, ({ shape }: Volume) => ({ value: shape[0], unit: "voxel" })))[0]!;
  expect([extent.resolution, extent["±"], extent.result]).toEqual([Number.NaN, Number.NaN, "2 ± unknown voxel"]);
  const never = rowsOf(await uncertaintyBudget(labels, () => Number.POSITIVE_INFINITY, { solver: 0.01 }))[0]!;
  expect(never.result).toBe("∞");
  const sampling = resultTable(
    [
      { name: "quantity", values: ["fraction, pore", "something else"] },
      { name: "value", values: [0.4, 3] },
      { name: "deviation", values: [0.02, 0.1] },
      { name: "degrees", values: [8, 9] },
    ],
    trace("test", {}),
  );
  const fractions = await uncertaintyBudget(labels, phaseFractions, { sampling, resolution: false });
  const pore = rowsOf(fractions).find((row) => row.quantity === "fraction, pore")!;
  expect(pore.sampling).toBeCloseTo(0.025, 12);
  expect(pore.freedom).toBeCloseTo(8, 9);
  // A table of one row may name its quantity as it likes.
  const single = resultTable(
    [
      { name: "quantity", values: ["volume fraction of pore"] },
      { name: "value", values: [0.4] },
      { name: "deviation", values: [0.02] },
    ],
    trace("test", {}),
  );
  const named = await uncertaintyBudget(labels, phaseFractions, {
    sampling: { "fraction, pore": single, "fraction, NMC": 0.1 },
    resolution: false,
  });
  const [one, other] = ["fraction, pore", "fraction, NMC"].map(
    (name) => rowsOf(named).find((row) => row.quantity === name)!,
  );
  expect([one!.sampling, other!.sampling]).toEqual([expect.closeTo(0.025, 12), expect.closeTo(0.05, 12)]);
  expect(named.provenance.inputs.map(({ name }) => name)).toEqual(["labels", "sampling of fraction, pore"]);
  const refused = uncertaintyBudget(labels, phaseFractions, {
    sampling: { "fraction, pore": sampling, "fraction, NMC": sampling },
  });
  await expect(refused).rejects.toThrow("give one with this quantity, or of one row");
  await expect(uncertaintyBudget(labels, phaseFractions, { sampling: single })).rejects.toThrow("give it by name");
});

test("porosity and tortuosity factor get their sampling part from representative volumes", async () => {
  const { truth } = await samples.electrode({ shape: [40, 48, 48], seed: 8, diameter: 10 });
  const pores = truth!;
  const sampling = await representativeVolume(pores, { phase: "pore" });
  const fractions = await uncertaintyBudget(pores, phaseFractions, { sampling: { "fraction, pore": sampling } });
  const [porosity] = rowsOf(fractions).filter((row) => row.quantity === "fraction, pore");
  expect(porosity!.sampling).toBeCloseTo(sampling.getChild("deviation")!.get(0) as number, 9);
  expect(porosity!.freedom).toBeGreaterThan(1);
  const factors = (labels: Volume, run: object) => tortuosity(labels, { ...run, phase: "pore", axis: "z" });
  const parts = await representativeVolume(pores, { quantity: factors, divisions: [2], nested: 1 });
  const found = rowsOf(await uncertaintyBudget(pores, factors, { sampling: parts, solver: 1e-4 }));
  const factor = found.find((row) => row.quantity === "tortuosityFactor, z")!;
  expect(factor["not counted"]).toBe("segmentation");
  expect(factor.sampling).toBeGreaterThan(0);
  expect(factor.resolution).toBeGreaterThan(0);
  expect(factor.value).toBeGreaterThan(1);
  // τ is the root of k, and so half as uncertain by sampling, relative to itself.
  const root = found.find((row) => row.quantity === "tortuosity, z")!;
  const relative = (row: Record<string, number | string>): number => (row.sampling as number) / (row.value as number);
  expect(relative(root) / relative(factor)).toBeGreaterThan(0.4);
  expect(relative(root) / relative(factor)).toBeLessThan(0.6);
});

test("numbers and their ± are written as the guide asks", () => {
  const told = (value: number, wide: number, unit = ""): string => withUncertainty(value, wide, unit);
  expect(told(0.449917, 0.00523)).toBe("0.4499 ± 0.0052");
  expect(told(2.0776, 0.0996)).toBe("2.08 ± 0.10");
  expect(told(2.0776, 0.996, "µm")).toBe("2.1 ± 1.0 µm");
  expect(told(1234.4, 56.7, "µm²")).toBe("1234 ± 57 µm²");
  expect(told(123456, 5678)).toBe("123500 ± 5700");
  expect(told(-1.4, 12)).toBe("-1 ± 12");
  expect(told(3.2e9, 1.1e8, "1/m")).toBe("(3.20 ± 0.11) · 10⁹ 1/m");
  expect(told(3.2e-6, 1.1e-7, "m")).toBe("(3.20 ± 0.11) · 10⁻⁶ m");
  expect([told(5, 0), told(Number.NaN, 1), told(5, Number.POSITIVE_INFINITY)]).toEqual(["5 ± 0", "unknown", "5 ± ∞"]);
  fc.assert(
    fc.property(
      fc.double({ min: 1e-8, max: 1e8, noNaN: true }),
      fc.double({ min: 1e-6, max: 10, noNaN: true }),
      (value, part) => {
        const text = told(value, value * part);
        const [, a, b, , power] = /^\(?(-?[\d.]+) ± ([\d.]+)(\) · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?$/.exec(text)!;
        const scale =
          power === undefined
            ? 1
            : 10 ** Number([...power].map((c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join(""));
        expect(Math.abs(Number(b) * scale - value * part)).toBeLessThanOrEqual(0.051 * value * part);
        expect(Math.abs(Number(a) * scale - value)).toBeLessThanOrEqual(0.051 * value * part);
      },
    ),
  );
});

test("what makes no sense is refused with what to do, and Stop is heard", async () => {
  const one = () => 3;
  const refused = (options: object): Promise<unknown> => uncertaintyBudget(labels, one, options);
  await expect(uncertaintyBudget(3 as never, one)).rejects.toThrow("takes a volume");
  await expect(uncertaintyBudget(labels, 3 as never)).rejects.toThrow("the quantity is 3");
  await expect(uncertaintyBudget(labels, (() => "x") as never)).rejects.toThrow("the quantity gave x");
  await expect(refused({ sampling: -1 })).rejects.toThrow("sampling (relative) is -1");
  await expect(refused({ solver: { on: 0.1 } })).rejects.toThrow("did you mean `one`");
  await expect(refused({ solver: "0.1" })).rejects.toThrow("solver is 0.1; give a relative number");
  await expect(refused({ segmentation: segmentationOf("two", 1, 4) })).rejects.toThrow(
    "tells of two, but the quantity of one",
  );
  await expect(refused({ segmentation: {} })).rejects.toThrow("give what sensitivity(…) returns");
  await expect(refused({ sampling: segmentationOf("one", 1, 4) })).rejects.toThrow("representativeVolume");
  await expect(refused({ resolution: 9 })).rejects.toThrow("resolution (order) is 9");
  await expect(refused({ confidence: 95 })).rejects.toThrow("confidence is 95");
  await expect(refused({ resolutions: 1 })).rejects.toThrow("did you mean `resolution`");
  await expect(refused({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

test("numbers of voxels' edges and lines tell of no resolution, which would be that of the unit", async () => {
  const phases = memoryVolume(
    Uint8Array.from({ length: 4096 }, (_, k) => (k % 16 < 5 ? 0 : Math.floor(k / 256) < 7 ? 1 : 2)),
    [16, 16, 16],
    { role: "labels", spacing: [1e-6, 1e-6, 1e-6] },
  );
  const lines = async (volume: Volume) => triplePhaseBoundary(volume);
  const chords = async (volume: Volume) => chordLengths(volume, { phase: 1, cut: "count" });
  for (const quantity of [lines, chords])
    for (const row of rowsOf(await uncertaintyBudget(phases, quantity))) {
      // Along y there are no walls.
      if (!Number.isFinite(row.value)) continue;
      const counted = /^(edges|edge fraction|chords|cut chords),/.test(String(row.quantity));
      expect(Number.isNaN(row.resolution), String(row.quantity)).toBe(counted);
    }
});

test("expansion of particles keeps the names of these, whichever of them a state has", async () => {
  const [before, after] = [
    [1, 2, 3],
    [1, 3, 3],
  ].map((values) => memoryVolume(Uint8Array.from(values), [1, 1, 3], { role: "labels" })) as [Volume, Volume];
  const names = rowsOf(await uncertaintyBudget(after, (now) => volumeExpansion(before, now), { resolution: false }));
  expect(
    names.filter(({ quantity }) => String(quantity).startsWith("ratio")).map((row) => [row.quantity, row.value]),
  ).toEqual([
    ["ratio, 1", 1],
    ["ratio, 2", 0],
    ["ratio, 3", 2],
  ]);
});
