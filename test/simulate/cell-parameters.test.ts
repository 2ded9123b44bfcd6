/** Measured structure in the parameters of a cell model, as PyBaMM itself reads them. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type ResultTable, resultTable } from "#src/core/arrow/table.js";
import { um } from "#src/core/length.js";
import { phaseTable } from "#src/core/phases.js";
import { provenance, trace } from "#src/core/provenance.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { type CellLayers, cellParameters } from "#src/simulate/cell-parameters.js";
import { tortuosity } from "#src/transport/tortuosity.js";
import { bpxBase } from "../support/cell-base.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { lacks, pybamm, root } from "../support/require.js";

const file = testFolder();
const budget = resultTable(
  [
    {
      name: "quantity",
      values: ["fraction, pore", "tortuosityFactor, z", "tortuosity, z", "area per volume", "thickness", "size"],
    },
    { name: "unit", values: ["1", "1", "1", "1/µm", "µm", "voxel"] },
    { name: "value", values: [0.4, 2.25, 1.5, 0.3, 71, 3] },
    { name: "±", values: [0.02, 0.09, 0.03, 0.03, 0.5, 1] },
  ],
  trace("test", {}),
);
const of = (quantity: string) => ({ table: budget, quantity });
const flat = (): Record<string, unknown> => ({
  "Positive electrode porosity": 0.335,
  "Positive electrode thickness [m]": 7.56e-5,
  "Positive electrode active material volume fraction": 0.4,
  "Positive particle radius [m]": 5.22e-6,
  "Positive electrode Bruggeman coefficient (electrolyte)": 1.5,
  "Positive electrode Bruggeman coefficient (electrode)": 1.5,
  "Positive electrode conductivity [S.m-1]": 0.18,
  "Separator porosity": 0.47,
  "Nominal cell capacity [A.h]": 5,
});
const rowsOf = (table: { toArray(): { toJSON(): object }[] }) =>
  table
    .toArray()
    .map((row) => row.toJSON() as { parameter: string; base: number; value: number; "±": number; ratio: number });
const MEASURED: CellLayers = {
  positive: {
    porosity: of("fraction, pore"),
    tortuosityFactor: of("tortuosityFactor, z"),
    thickness: of("thickness"),
    surfaceArea: of("area per volume"),
    activeFraction: 0.5,
    conductivity: 0.25,
  },
  separator: { porosity: 0.5, tortuosity: 1.2, thickness: um(16) },
};

test("BPX gets the transport efficiency ε/k, and balls with the measured surface and fraction", async () => {
  const base = bpxBase();
  const found = await cellParameters(base, MEASURED);
  expect([found.format, base]).toEqual(["BPX", bpxBase()]);
  const { "Positive electrode": electrode, Separator } = (found.parameters as ReturnType<typeof bpxBase>)
    .Parameterisation;
  expect(electrode.Porosity).toBe(0.4);
  expect(electrode["Transport efficiency"]).toBeCloseTo(0.4 / 2.25, 12);
  expect(electrode["Thickness [m]"]).toBeCloseTo(71e-6, 15);
  expect(electrode["Surface area per unit volume [m-1]"]).toBeCloseTo(3e5, 6);
  expect(electrode["Particle radius [m]"]).toBeCloseTo((3 * 0.5) / 3e5, 15);
  expect(electrode["Conductivity [S.m-1]"]).toBe(0.25);
  expect(Separator).toEqual({
    "Thickness [m]": 16e-6,
    Porosity: 0.5,
    "Transport efficiency": expect.closeTo(0.5 / 1.44, 12),
  });
  // All else stays.
  expect(electrode["OCP [V]"]).toBe(bpxBase().Parameterisation["Positive electrode"]["OCP [V]"]);
  const rows = rowsOf(found.table);
  const row = rows.find(({ parameter }) => parameter === "Transport efficiency")!;
  expect(row.base).toBe(0.1939);
  expect(row["±"]).toBeCloseTo((0.4 / 2.25) * Math.hypot(0.05, 0.04), 9);
  // A bare number has no ±, nor has what is made with it.
  expect(rows.find(({ parameter }) => parameter === "Particle radius [m]")!["±"]).toBeNaN();
  expect(rows.find(({ parameter }) => parameter === "Thickness [m]")!["±"]).toBeCloseTo(0.5e-6, 12);
  await found.save(file("cell.json"));
  expect(JSON.parse(readFileSync(file("cell.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(found)));
  expect(JSON.parse(readFileSync(file("cell.provenance.json"), "utf8")).operation).toBe("cellParameters");
  expect(String(provenance(found))).toContain("cellParameters(positive, porosity = step");
  // A file is a base, too.
  const again = await cellParameters(file("cell.json"), { separator: { porosity: 0.45, tortuosityFactor: 1.5 } });
  expect(rowsOf(again.table)[0]).toMatchObject({ parameter: "Porosity", base: 0.5, value: 0.45, ratio: 0.9 });
});

test("PyBaMM's own set gets the Bruggeman coefficient of the same efficiency, and the tortuosity factor as it is", async () => {
  const found = await cellParameters(flat(), { positive: MEASURED.positive! });
  expect(found.format).toBe("PyBaMM");
  const set = found.parameters as Record<string, number>;
  const b = set["Positive electrode Bruggeman coefficient (electrolyte)"]!;
  expect(0.4 ** b).toBeCloseTo(0.4 / 2.25, 12);
  expect(set["Positive electrode tortuosity factor (electrolyte)"]).toBe(2.25);
  expect(set["Positive electrode active material volume fraction"]).toBe(0.5);
  expect(set["Positive particle radius [m]"]).toBeCloseTo(5e-6, 15);
  expect(set["Positive electrode Bruggeman coefficient (electrode)"]).toBe(0);
  expect(set["Nominal cell capacity [A.h]"]).toBe(5);
  // The ± of the coefficient against differences: b = 1 − ln k / ln ε.
  const coefficient = (porosity: number, factor: number): number => 1 - Math.log(factor) / Math.log(porosity);
  const [byK, byE] = [
    (coefficient(0.4, 2.25 + 1e-6) - b) * 1e6 * 0.09,
    (coefficient(0.4 + 1e-6, 2.25) - b) * 1e6 * 0.02,
  ];
  const row = rowsOf(found.table).find(({ parameter }) => parameter.includes("Bruggeman coefficient (electrolyte)"))!;
  expect(row["±"]).toBeCloseTo(Math.hypot(byK, byE), 5);
});

test("two of radius, surface and fraction make the third; one alone keeps the fraction of the base", async () => {
  const electrode = async (positive: NonNullable<CellLayers["positive"]>) => {
    const { parameters } = await cellParameters(flat(), { positive });
    const of = (name: string): number => (parameters as Record<string, number>)[name]!;
    return [of("Positive particle radius [m]"), of("Positive electrode active material volume fraction")];
  };
  const near = (value: number) => expect.closeTo(value, 12);
  expect(await electrode({ particleRadius: um(6), surfaceArea: 2e5 })).toEqual([6e-6, near(0.4)]);
  expect(await electrode({ particleRadius: um(6), activeFraction: 0.6 })).toEqual([6e-6, 0.6]);
  expect(await electrode({ surfaceArea: 3e5 })).toEqual([near(1.2 / 3e5), 0.4]);
  expect(await electrode({ particleRadius: um(6) })).toEqual([6e-6, 0.4]);
  expect(await electrode({ activeFraction: 0.6 })).toEqual([5.22e-6, 0.6]);
  expect(await electrode({ particleRadius: um(6), activeFraction: 0.6, surfaceArea: 3.01e5 })).toEqual([6e-6, 0.6]);
  await expect(electrode({ particleRadius: um(6), activeFraction: 0.6, surfaceArea: 6e5 })).rejects.toThrow(
    "have a surface of 300000 1/m",
  );
});

test("tortuosity and its square are never taken for each other", async () => {
  const efficiency = async (positive: NonNullable<CellLayers["positive"]>): Promise<number> => {
    const { parameters } = await cellParameters(bpxBase(), { positive });
    return (parameters as ReturnType<typeof bpxBase>).Parameterisation["Positive electrode"]["Transport efficiency"];
  };
  expect(await efficiency({ tortuosityFactor: of("tortuosityFactor, z") })).toBeCloseTo(0.335 / 2.25, 12);
  expect(await efficiency({ tortuosity: of("tortuosity, z") })).toBeCloseTo(0.335 / 2.25, 12);
  await expect(efficiency({ tortuosityFactor: of("tortuosity, z") })).rejects.toThrow("is something else");
  await expect(efficiency({ tortuosity: of("tortuosityFactor, z") })).rejects.toThrow("is something else");
  await expect(efficiency({ tortuosity: 1.5, tortuosityFactor: 2.25 })).rejects.toThrow("k is τ²; give one of them");
  await expect(efficiency({ tortuosityFactor: 0.8 })).rejects.toThrow("tortuosityFactor (SI units) is 0.8");
});

test("numbers come out of any table by their names, in SI units", async () => {
  const labels = memoryVolume(
    Uint8Array.from({ length: 64 }, (_, k) => (k < 16 ? 0 : 1)),
    [4, 4, 4],
    {
      role: "labels",
      phases: phaseTable(2, ["pore", "NMC"]),
    },
  );
  const table = await phaseFractions(labels);
  const found = await cellParameters(flat(), { positive: { porosity: { table, quantity: "fraction, pore" } } });
  expect(found.parameters["Positive electrode porosity"]).toBe(0.25);
  expect(found.provenance.inputs.map(({ name }) => name)).toEqual(["positive, porosity"]);
  const text = (found as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
  expect(text["text/plain"]).toContain("Bruggeman coefficient of the positive electrode is still that of the base");
  const positive = (changes: object): Promise<unknown> => cellParameters(flat(), { positive: changes });
  await expect(positive({ porosity: { table, quantity: "fraction, pores" } })).rejects.toThrow(
    "did you mean `fraction, pore`",
  );
  await expect(positive({ porosity: of("thickness") })).rejects.toThrow('is in "µm"; a ratio is in one of');
  await expect(positive({ thickness: of("size") })).rejects.toMatchObject({ code: "MissingData" });
  await expect(positive({ thickness: 75 })).rejects.toThrow("give a length with its unit");
  await expect(positive({ porosity: um(3) })).rejects.toThrow("is a length, but is told as ratio");
  await expect(positive({ porosity: "0.4" })).rejects.toThrow("is 0.4; give a number, a length, or");
});

test("the table of tortuosity factors is read as it is: straight channels cost nothing, none that percolates is refused", async () => {
  const of = (value: (z: number, y: number, x: number) => number) =>
    memoryVolume(
      Uint8Array.from({ length: 512 }, (_, k) => value(k >> 6, (k >> 3) & 7, k & 7)),
      [8, 8, 8],
      { role: "labels", phases: phaseTable(2, ["pore", "NMC"]), spacing: [1e-6, 1e-6, 1e-6] },
    );
  const channels = await tortuosity(
    of((_, y) => (y < 2 ? 0 : 1)),
    { phase: "pore", axis: "z" },
  );
  const take = (table: ResultTable): CellLayers => ({
    separator: {
      porosity: { table, quantity: "volume fraction, z" },
      tortuosityFactor: { table, quantity: "tortuosityFactor, z" },
    },
  });
  const found = await cellParameters(bpxBase(), take(channels));
  const { Separator } = (found.parameters as ReturnType<typeof bpxBase>).Parameterisation;
  expect(Separator.Porosity).toBe(0.25);
  expect(Separator["Transport efficiency"]).toBeCloseTo(0.25, 4);
  const blind = await tortuosity(
    of((z, y) => (y < 2 && z < 7 ? 0 : 1)),
    { phase: "pore", axis: "z" },
  );
  await expect(cellParameters(bpxBase(), take(blind))).rejects.toThrow("tortuosityFactor (SI units) is Infinity");
});

test("what cannot be is refused, and a base that is none", async () => {
  const set = (layers: object, base: object | string = bpxBase()): Promise<unknown> => cellParameters(base, layers);
  await expect(set({})).rejects.toThrow("nothing is set");
  await expect(set({ postive: {} })).rejects.toThrow("did you mean `positive`");
  await expect(set({ positive: { porositiy: 0.3 } })).rejects.toThrow("did you mean `porosity`");
  await expect(set({ separator: { particleRadius: um(3) } })).rejects.toThrow("has no option `particleRadius`");
  await expect(set({ positive: { porosity: 0.6, activeFraction: 0.5 } })).rejects.toThrow("more than 1 together");
  await expect(set({ positive: { porosity: 0.6 } })).rejects.toThrow("one may still be that of the base");
  await expect(set({ positive: { porosity: 1.2 } })).rejects.toThrow("porosity (SI units) is 1.2");
  await expect(set({ positive: { porosity: Number.NaN } })).rejects.toThrow("porosity (SI units) is NaN");
  const blend = bpxBase() as unknown as { Parameterisation: Record<string, Record<string, unknown>> };
  blend.Parameterisation["Negative electrode"] = { Porosity: 0.25, Particle: { Graphite: {}, Silicon: {} } };
  await expect(set({ negative: { particleRadius: um(3), surfaceArea: 3e5 } }, blend)).rejects.toMatchObject({
    code: "UnsupportedFeature",
  });
  await expect(set({ positive: { porosity: 0.3 } }, { Header: {} })).rejects.toMatchObject({ code: "MalformedFile" });
  await expect(set({ positive: { porosity: 0.3 } }, { Parameterisation: 3 })).rejects.toMatchObject({
    code: "MalformedFile",
  });
  await expect(set({ positive: { porosity: 0.3 } }, { Parameterisation: { Separator: {} } })).rejects.toThrow(
    "(it has Separator)",
  );
  await expect(
    set({ positive: { tortuosityFactor: 3 } }, { Parameterisation: { "Positive electrode": {} } }),
  ).rejects.toThrow("has no porosity");
  await expect(
    set({ positive: { activeFraction: 0.3 } }, { Parameterisation: { "Positive electrode": {} } }),
  ).rejects.toThrow("give two of them");
  await expect(set({ positive: { porosity: 0.3 } }, [] as never)).rejects.toThrow("the base is");
  await expect(set({ positive: { porosity: 0.3 } }, file("none.json"))).rejects.toMatchObject({ code: "MissingData" });
  writeFileSync(file("broken.json"), "{");
  await expect(set({ positive: { porosity: 0.3 } }, file("broken.json"))).rejects.toMatchObject({
    code: "MalformedFile",
  });
  writeFileSync(file("list.json"), "[1]");
  await expect(set({ positive: { porosity: 0.3 } }, file("list.json"))).rejects.toThrow("it holds no object");
  const fine = await cellParameters(bpxBase(), { separator: { porosity: 0.4 } });
  await expect(fine.save(file("cell.csv"))).rejects.toThrow("are saved as .json");
});

/** What PyBaMM makes of a file. */
async function read(kind: "bpx" | "flat" | "base", path: string) {
  const script = join(root, "test/support/read-cell.py");
  const { stdout } = await promisify(execFile)(pybamm()!, [script, kind, path], { timeout: 150_000 });
  return JSON.parse(stdout || "null") as {
    parameters: Record<string, number>;
    Bruggeman: { voltage: number; efficiency: number };
    "tortuosity factor": { voltage: number; efficiency: number };
  };
}

test.skipIf(lacks("pybamm"))(
  "PyBaMM reads the BPX file, has the same structure from it, and solves its model",
  async () => {
    const cell = await cellParameters(bpxBase(), MEASURED);
    await cell.save(file("measured.json"));
    const { parameters, Bruggeman } = await read("bpx", file("measured.json"));
    expect(parameters["Positive electrode porosity"]).toBe(0.4);
    expect(parameters["Positive electrode thickness [m]"]).toBeCloseTo(71e-6, 12);
    expect(parameters["Positive electrode active material volume fraction"]).toBeCloseTo(0.5, 9);
    expect(parameters["Positive particle radius [m]"]).toBeCloseTo(5e-6, 12);
    expect(0.4 ** parameters["Positive electrode Bruggeman coefficient (electrolyte)"]!).toBeCloseTo(0.4 / 2.25, 9);
    expect(0.5 ** parameters["Separator Bruggeman coefficient (electrolyte)"]!).toBeCloseTo(0.5 / 1.44, 9);
    expect(parameters["Positive electrode conductivity [S.m-1]"]).toBe(0.25);
    expect(Bruggeman.efficiency).toBeCloseTo(0.4 / 2.25, 9);
    expect(Bruggeman.voltage).toBeGreaterThan(3.5);
    expect(Bruggeman.voltage).toBeLessThan(4.2);
  },
  180_000,
);

test.skipIf(lacks("pybamm"))(
  "PyBaMM reads its own set with the same structure; exponent and tortuosity factor give the same voltage",
  async () => {
    await read("base", file("chen.json"));
    const cell = await cellParameters(file("chen.json"), MEASURED);
    await cell.save(file("flat.json"));
    const found = await read("flat", file("flat.json"));
    expect(found.parameters["Positive electrode active material volume fraction"]).toBe(0.5);
    expect(found.Bruggeman.efficiency).toBeCloseTo(0.4 / 2.25, 9);
    expect(found["tortuosity factor"].efficiency).toBeCloseTo(0.4 / 2.25, 9);
    expect(found["tortuosity factor"].voltage).toBeCloseTo(found.Bruggeman.voltage, 4);
  },
  180_000,
);
