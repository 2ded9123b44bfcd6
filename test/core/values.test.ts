import { inflateSync } from "node:zlib";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { resultTable } from "#src/core/arrow/table.js";
import { displaySymbol, formatBytes } from "#src/core/display.js";
import { dtypeOf, voxelArray } from "#src/core/dtype.js";
import {
  ComputeFailed,
  flatten,
  InvalidArgument,
  isVoxbookError,
  LimitExceeded,
  MalformedFile,
  MissingData,
  revive,
} from "#src/core/errors.js";
import { formatLength, mm, nm, um } from "#src/core/length.js";
import { checkNumber, checkOptions, inVoxels } from "#src/core/options.js";
import { percentileWindow, shrunk } from "#src/core/picture.js";
import { encodePng } from "#src/core/png.js";
import { provenance, trace } from "#src/core/provenance.js";

describe("lengths", () => {
  it("carry their unit", () => {
    expect(um(0.37).metres).toBeCloseTo(0.37e-6, 15);
    expect([nm(5).metres, mm(2).metres]).toEqual([5e-9, 0.002]);
    expect(() => um(Number.NaN)).toThrow("um(NaN): a length is a finite number");
  });

  it.each([
    [0.37e-6, "370 nm"],
    [12.5e-6, "12.5 µm"],
    [0.0025, "2.5 mm"],
    [0, "0 µm"],
    [-3e-6, "-3 µm"],
  ])("%d m reads %s", (metres, text) => expect(formatLength(metres)).toBe(text));

  it("become voxels by the voxel size of each axis", () => {
    const spacing = [2e-6, 1e-6, 1e-6] as const;
    expect(inVoxels("radius", um(3), { spacing }).map((n) => Number(n.toFixed(9)))).toEqual([1.5, 3, 3]);
    expect(inVoxels("radius", 2, { spacing: undefined })).toEqual([2, 2, 2]);
    expect(() => inVoxels("radius", um(3), { spacing: undefined })).toThrow(MissingData);
  });
});

describe("options", () => {
  it("an unknown name throws and suggests the nearest", () => {
    expect(() => checkOptions("median", { raduis: 2 }, ["radius", "signal"])).toThrow(
      "median has no option `raduis`; did you mean `radius`?",
    );
    expect(() => checkOptions("median", { zzzzzzzz: 2 }, ["radius"])).toThrow(
      "median has no option `zzzzzzzz` (it has radius)",
    );
    expect(() => checkOptions("median", 3 as never, ["radius"])).toThrow(
      "options are an object such as { radius: … }, got 3",
    );
  });

  it("numbers say what is allowed", () => {
    expect(() => checkNumber("radius", -1, 0, 64)).toThrow("radius is -1; allowed is a number from 0 to 64");
    expect(() => checkNumber("classes", 2.5, 2, 5, true)).toThrow("allowed is a whole number from 2 to 5");
    expect(() => checkNumber("radius", Number.NaN, 0, 64)).toThrow("radius is NaN");
  });
});

describe("errors", () => {
  it("keep class, code and facts across a thread", () => {
    const malformed = revive(structuredClone(flatten(new MalformedFile("bad", { offset: 12 })))) as MalformedFile;
    expect(malformed).toBeInstanceOf(MalformedFile);
    expect([malformed.message, malformed.offset]).toEqual(["bad", 12]);
    const limit = revive(structuredClone(flatten(new LimitExceeded("much", 5, 3)))) as LimitExceeded;
    expect([limit.code, limit.asked, limit.allowed]).toEqual(["LimitExceeded", 5, 3]);
    expect(revive(flatten(new RangeError("x")))).toBeInstanceOf(ComputeFailed);
  });

  it("are told from others by their code", () => {
    expect(isVoxbookError(new InvalidArgument("x"))).toBe(true);
    expect(isVoxbookError(new InvalidArgument("x"), "MissingData")).toBe(false);
    expect(isVoxbookError(Object.assign(new Error("x"), { code: "ENOENT" }))).toBe(false);
  });
});

describe("dtypes", () => {
  it("name the array and back", () => {
    for (const name of ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32"] as const)
      expect(dtypeOf(voxelArray(name, 3))).toBe(name);
    expect(() => dtypeOf(new Float64Array(1) as never)).toThrow("Float64Array");
  });
});

describe("pictures", () => {
  it("a PNG holds the pixels it was given", () => {
    const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => (i * 37) % 256);
    const png = encodePng(pixels, 5, 3, 3);
    const idat = Buffer.from(png).indexOf("IDAT");
    const rows = inflateSync(png.subarray(idat + 4, idat + 4 + Buffer.from(png).readUInt32BE(idat - 4)));
    const back = new Uint8Array(45);
    for (let y = 0; y < 3; y++)
      for (let i = 0; i < 15; i++) back[y * 15 + i] = rows[y * 16 + 1 + i]! + (i < 3 ? 0 : back[y * 15 + i - 3]!);
    expect(Array.from(back)).toEqual(Array.from(pixels));
  });

  it("the window leaves out the tails and NaN", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => i);
    values[3] = Number.NaN;
    values[999] = 1e9;
    expect(percentileWindow(values, 0.01)).toEqual([10, 990]);
    expect(percentileWindow(new Uint8Array(4).fill(9))).toEqual([9, 10]);
  });

  it("shrinks by whole steps", () => {
    const small = shrunk(
      Uint8Array.from({ length: 12 }, (_, i) => i),
      3,
      4,
      2,
    );
    expect([small.height, small.width, ...small.values]).toEqual([2, 2, 0, 2, 8, 10]);
  });
});

describe("a table of results", () => {
  const from = trace("phaseFractions", { thresholds: [1.5], huge: Number.POSITIVE_INFINITY }, {}, "ab");
  const table = resultTable(
    [
      { name: "phase", values: ["pore <b>", "NMC"] },
      { name: "label", values: [0, 1], whole: true },
      { name: "volume", values: [0.123456789, 2], unit: "µm³" },
    ],
    from,
  );

  it("keeps names, units and provenance through Arrow's file format", () => {
    const back = tableFromIPC(tableToIPC(table, "file"));
    expect(back.schema.fields.map((field) => [field.name, field.metadata.get("unit")])).toEqual([
      ["phase", undefined],
      ["label", undefined],
      ["volume", "µm³"],
    ]);
    expect(back.getChild("label")?.toArray()).toEqual(Int32Array.of(0, 1));
    expect(back.getChild("phase")?.get(0)).toBe("pore <b>");
    expect(String(provenance(back))).toBe(
      '1. phaseFractions(thresholds: [1.5], huge: "Infinity")  sha256 ab  voxbook 0.1.0',
    );
  });

  it("shows itself as text and as safe HTML", () => {
    const bundle = (table as unknown as Record<symbol, () => Record<string, string>>)[displaySymbol]!();
    expect(bundle["text/plain"]).toBe("phase     label  volume (µm³)\npore <b>  0      0.123457\nNMC       1      2");
    expect(bundle["text/html"]).toContain("pore &#60;b&#62;");
    expect(bundle["text/html"]).not.toContain("<b>");
  });

  it("refuses columns of different lengths", () => {
    const columns = [
      { name: "a", values: [1] },
      { name: "b", values: [1, 2] },
    ];
    expect(() => resultTable(columns, from)).toThrow("column b has 2 values, the first column 1");
  });
});

it("bytes read with the unit that suits them", () => {
  expect([0, 1023, 1024, 1.5 * 2 ** 20, 2 ** 40].map(formatBytes)).toEqual([
    "0 bytes",
    "1023 bytes",
    "1 KiB",
    "1.5 MiB",
    "1 TiB",
  ]);
});
