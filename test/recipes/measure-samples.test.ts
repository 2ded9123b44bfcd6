/** Many samples in one table, and what groups of them say. */
import { expect, test } from "vitest";
import { memory } from "#src/compute/memory.js";
import { phaseTable } from "#src/core/phases.js";
import type { Volume } from "#src/core/volume.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { measureSamples, type Sample } from "#src/recipes/measure-samples.js";
import { threshold } from "#src/segment/threshold.js";
import { memoryVolume } from "../support/memory-volume.js";

const phases = phaseTable(2, ["pore", "NMC"]);
/** A volume of which so many of a thousand voxels are pores. */
const porous = (pores: number): Volume =>
  memoryVolume(
    Uint8Array.from({ length: 1000 }, (_, k) => (k < pores ? 0 : 1)),
    [10, 10, 10],
    { role: "labels", phases },
  );
const rowsOf = (table: { toArray(): { toJSON(): object }[] }): Record<string, number | string>[] =>
  table.toArray().map((row) => row.toJSON() as Record<string, number | string>);
const A = [440, 450, 460, 455, 445];
const B = [470, 500, 440, 520];
const batches: Sample[] = [
  ...A.map((pores, k) => ({ name: `A${k}`, group: "A", labels: porous(pores) })),
  ...B.map((pores, k) => ({ name: `B${k}`, group: "B", labels: () => porous(pores) })),
];
const porosity = async (labels: Volume): Promise<number> =>
  (await phaseFractions(labels)).getChild("fraction")!.get(0) as number;

test("one row a sample and quantity, statistics of groups, and Welch's test between them", async () => {
  const found = await measureSamples(batches, { porosity }, { limits: { porosity: [0.445, 0.5] } });
  const rows = rowsOf(found);
  expect(rows.map((row) => [row.sample, row.value, row.check])).toEqual([
    ["A0", 0.44, "low"],
    ["A1", 0.45, "ok"],
    ["A2", 0.46, "ok"],
    ["A3", 0.455, "ok"],
    ["A4", 0.445, "ok"],
    ["B0", 0.47, "ok"],
    ["B1", 0.5, "ok"],
    ["B2", 0.44, "low"],
    ["B3", 0.52, "high"],
  ]);
  const [a, b] = rowsOf(found.groups);
  // By hand: deviations √(Σ(x − x̄)²/(n − 1)); Student's factors of 4 and 3 degrees of freedom.
  expect(a).toMatchObject({ group: "A", quantity: "porosity", samples: 5, outside: 1, least: 0.44, most: 0.46 });
  expect(a!.mean).toBeCloseTo(0.45, 12);
  expect(a!.deviation).toBeCloseTo(0.00790569415, 9);
  expect(a!["mean high"]).toBeCloseTo(0.45 + (2.7764451052 * 0.00790569415) / Math.sqrt(5), 8);
  expect(b!.mean).toBeCloseTo(0.4825, 12);
  expect(b!["mean low"]).toBeCloseTo(0.4268071897, 8);
  const [pair] = rowsOf(found.comparisons);
  expect(pair).toMatchObject({ quantity: "porosity", group: "A", "other group": "B" });
  expect(pair!.difference).toBeCloseTo(0.0325, 12);
  // scipy.stats.ttest_ind(B, A, equal_var=False)
  expect(pair!.t).toBeCloseTo(1.8203641092, 9);
  expect(pair!.freedom).toBeCloseTo(3.2458402663, 9);
  expect(pair!.p).toBeCloseTo(0.1592521713, 9);
  expect([pair!["difference low"], pair!["difference high"]].map(Number)).toEqual([
    expect.closeTo(-0.0219594139, 8),
    expect.closeTo(0.0869594139, 8),
  ]);
  expect(pair!.p).toBeCloseTo(pair!["p of all"] as number, 12);
  expect(found.failed).toBe(0);
});

test("a sample that fails is told and takes no other with it; what functions made is given back", async () => {
  const before = memory().numRows;
  const scan = memoryVolume(
    Uint8Array.from({ length: 1000 }, (_, k) => k % 100),
    [10, 10, 10],
  );
  const samples: Sample[] = [
    { name: "gone", labels: () => Promise.reject(new Error("no such file")) },
    { name: "good", labels: () => threshold(scan, 45, { names: ["pore", "NMC"] }) },
    { name: "empty", labels: porous(0) },
    { name: "odd", labels: (() => 7) as never },
  ];
  const inverse = async (labels: Volume): Promise<number> => {
    const value = await porosity(labels);
    if (value === 0) throw new Error("no pores");
    return 1 / value;
  };
  const found = await measureSamples(samples, [porosity, inverse], { limits: { inverse: [0, 10] } });
  const rows = rowsOf(found);
  const of = (sample: string, quantity: string) =>
    rows.find((row) => row.sample === sample && row.quantity === quantity)!;
  expect(of("gone", "porosity")).toMatchObject({ value: Number.NaN, error: "labels: no such file", check: "" });
  expect(of("good", "porosity")).toMatchObject({ value: 0.46, error: "", group: "all" });
  expect(of("empty", "porosity").value).toBe(0);
  expect(of("empty", "inverse")).toMatchObject({ value: Number.NaN, error: "inverse: no pores", check: "unknown" });
  expect(of("odd", "porosity").error).toContain("takes a volume");
  expect(found.failed).toBe(3);
  expect(rowsOf(found.groups)[0]).toMatchObject({ samples: 2 });
  expect(found.comparisons.numRows).toBe(0);
  // What earlier tests have left may be gone by now.
  expect(memory().numRows).toBeLessThanOrEqual(before);
  await expect(measureSamples([samples[0]!], porosity)).rejects.toThrow(
    "all 1 samples failed; the first one: no such file",
  );
});

test("what makes no sense is refused with what to do, and Stop is heard", async () => {
  const refused = (samples: unknown, options: object = {}): Promise<unknown> =>
    measureSamples(samples as Sample[], porosity, options);
  await expect(refused([])).rejects.toThrow("give a list of samples");
  await expect(refused(porous(3))).rejects.toThrow("give a list of samples");
  await expect(refused([{ name: "A", labels: 3 }])).rejects.toThrow("takes a volume");
  await expect(refused([{ name: "A", lables: 3 }])).rejects.toThrow("did you mean `labels`");
  await expect(refused([{ name: "", labels: porous(3) }])).rejects.toThrow('the name of sample 0 is ""');
  await expect(refused([{ name: "A", group: 3, labels: porous(3) }])).rejects.toThrow("the group of sample 0 is 3");
  await expect(refused([batches[0], batches[0]])).rejects.toThrow('two samples have the name "A0"');
  await expect(refused(batches, { limits: { porosty: [0, 1] } })).rejects.toThrow("did you mean `porosity`");
  await expect(refused(batches, { limits: { porosity: [1, 0] } })).rejects.toThrow("give the least and the largest");
  await expect(refused(batches, { limits: 3 })).rejects.toThrow("limits are 3");
  await expect(refused(batches, { confidence: 2 })).rejects.toThrow("confidence is 2");
  await expect(refused(batches, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  const units = [
    { name: "A", labels: porous(3) },
    { name: "B", labels: porous(4) },
  ];
  await expect(
    measureSamples(units, (_, __, { name }) => ({ value: 1, unit: name === "A" ? "µm" : "voxel" })),
  ).rejects.toThrow("is in voxel here and in µm there");
});
