/** Names of the numbers that a quantity gives. */
import { expect, test } from "vitest";
import { resultTable } from "#src/core/arrow/table.js";
import { trace } from "#src/core/provenance.js";
import { quantitiesOf } from "#src/measure/quantities.js";

const provenance = trace("test", {});
const named = (found: unknown): unknown[] =>
  quantitiesOf("caller", "quantity", found).map(({ name, value, unit }) => [name, value, unit]);

test("numbers, measured numbers and objects of both have the names that were given", () => {
  expect(named(3)).toEqual([["quantity", 3, ""]]);
  expect(named({ value: 3, unit: "µm" })).toEqual([["quantity", 3, "µm"]]);
  expect(named({ depth: { value: 3, unit: "µm" }, count: 2 })).toEqual([
    ["depth", 3, "µm"],
    ["count", 2, ""],
  ]);
  expect(named({ value: 3, unit: 4 })).toEqual([
    ["value", 3, ""],
    ["unit", 4, ""],
  ]);
  for (const wrong of [undefined, null, "x", {}, { a: "b" }, [], { a: { value: "3", unit: "" } }])
    expect(() => named(wrong)).toThrow("caller: the quantity gave");
});

test("of a table what stands before the numbers names the row, what comes after them is a remark", () => {
  const table = resultTable(
    [
      { name: "axis", values: ["z", "y"] },
      { name: "factor", values: [2, Number.POSITIVE_INFINITY], unit: "1" },
      { name: "steps", values: [9, 0], whole: true },
      { name: "reason", values: ["", "nothing percolates"] },
    ],
    provenance,
  );
  expect(named(table)).toEqual([
    ["factor, z", 2, "1"],
    ["factor, y", Number.POSITIVE_INFINITY, "1"],
  ]);
  const labelled = resultTable(
    [
      { name: "label", values: [3, 7], whole: true },
      { name: "size", values: [1.5, 2.5], unit: "µm" },
      { name: "flags", values: ["", "cut"] },
    ],
    provenance,
  );
  expect(named(labelled)).toEqual([
    ["size, 3", 1.5, "µm"],
    ["size, 7", 2.5, "µm"],
  ]);
  const bare = resultTable([{ name: "size", values: [1, 2] }], provenance);
  expect(named(bare)).toEqual([
    ["size, row 1", 1, ""],
    ["size, row 2", 2, ""],
  ]);
});
