/** Tables of one's own numbers. */
import { expect, test } from "vitest";
import { fromColumns, lines } from "#src/index.js";

test("numbers and texts stand in columns with units, and are shown, drawn and traced as those of any result", () => {
  const thickness = { values: [1, 2.5, Number.NaN], unit: "µm" };
  const columns = { sample: ["A", "B", "C"], thickness, factor: Float64Array.of(4, 5, 6) };
  const before = fromColumns({ none: [1] });
  const table = fromColumns(columns, { inputs: { before } });
  expect(table.provenance.inputs.map(({ name }) => name)).toEqual(["before"]);
  expect([...table.getChild("sample")!]).toEqual(columns.sample);
  expect([...table.getChild("thickness")!]).toEqual(thickness.values);
  expect([...table.getChild("factor")!]).toEqual([4, 5, 6]);
  expect(table.schema.fields.map((field) => field.metadata.get("unit"))).toEqual([undefined, "µm", undefined]);
  expect(table.provenance.operation).toBe("fromColumns");
  expect(table.provenance.parameters).toMatchObject({ columns: { sample: ["A", "B", "C"] } });
  // The row without a number is left out of the picture.
  expect(String(lines({ all: table }, { x: "thickness", y: "factor" }))).toContain("all (2 points)");
  expect(fromColumns({ none: [] }).numRows).toBe(0);
});

test("columns that make no table are refused with a reason", () => {
  const refused = (columns: object, words: RegExp, options = {}): void => {
    expect(() => fromColumns(columns as Record<string, number[]>, options)).toThrow(words);
  };
  refused({}, /columns by their names/);
  refused({ a: 5 }, /no list of numbers or of texts/);
  refused({ a: [{}] }, /no list of numbers or of texts/);
  refused({ a: [1, "2"] }, /begins with a number and has "2"/);
  refused({ a: ["x", null] }, /begins with a string and has null/);
  refused({ a: [1, undefined] }, /has undefined/);
  refused({ a: [1], b: [1, 2] }, /2 values/);
  refused({ a: { values: [1], unit: "" } }, /unit of a is ""/);
  refused({ a: { values: ["1"], unit: "s" } }, /no list of numbers$/);
  refused({ a: null }, /no list of numbers or of texts/);
  refused({ a: [1] }, /unit/, { unit: {} });
});
