/** Some columns of a table of results. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fromColumns, fromVoxels, InvalidArgument, particles, save, selectColumns, um } from "voxbook";
import { displaySymbol } from "#src/core/display.js";

const folder = mkdtempSync(join(tmpdir(), "voxbook-tables-"));
afterAll(() => rmSync(folder, { recursive: true }));

const labels = async () => {
  const values = new Uint8Array(4 * 4 * 4);
  values.set([1, 1, 0, 2]);
  return await fromVoxels(values, [4, 4, 4], { role: "labels", spacing: um(2) });
};
const unitOf = (table: ReturnType<typeof fromColumns>, name: string) =>
  table.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
const shown = (table: object): string =>
  (table as { [displaySymbol](): Record<string, string> })[displaySymbol]()["text/plain"]!;

test("some columns of a table keep their order, units and provenance, shown and saved", async () => {
  const whole = await particles(
    (await labels()).with({
      phases: [
        { label: 0, name: "a" },
        { label: 1, name: "b" },
        { label: 2, name: "c" },
      ],
    }),
  );
  const some = selectColumns(whole, ["volume", "label"], { rows: 2 });
  expect(some.schema.fields.map(({ name }) => name)).toEqual(["volume", "label"]);
  expect([some.numRows, unitOf(some, "volume"), some.provenance]).toEqual([2, "µm³", whole.provenance]);
  expect([...some.getChild("label")!]).toEqual([...whole.getChild("label")!].slice(0, 2));
  expect(shown(some)).toMatch(/^volume \(µm³\) {2}label\n/);
  await save(some, join(folder, "some.csv"));
  expect(readFileSync(join(folder, "some.csv"), "utf8")).toContain("volume");
  expect(selectColumns(whole, ["label"]).numRows).toBe(whole.numRows);
  expect(selectColumns(whole, ["label"], { rows: 1000 }).numRows).toBe(whole.numRows);
});

test("the largest come first, those without a number last", () => {
  const table = fromColumns({ name: ["a", "b", "c", "d"], size: [1, Number.NaN, 3, 3] });
  expect([...selectColumns(table, ["name"], { largest: "size" }).getChild("name")!]).toEqual(["c", "d", "a", "b"]);
  expect([...selectColumns(table, ["name"], { largest: "size", rows: 1 }).getChild("name")!]).toEqual(["c"]);
  expect(() => selectColumns(table, ["size"], { largest: "name" })).toThrow("no numbers to sort by");
  expect(() => selectColumns(table, ["size"], { largest: "sise" })).toThrow("did you mean `size`");
  expect(selectColumns(table, ["name"], { rows: 0 }).numRows).toBe(0);
});

test("columns that are not there or named twice are told", async () => {
  const table = fromColumns({ volume: [1, 2], label: ["a", "b"] });
  expect(() => selectColumns(table, ["volum"])).toThrow(
    /no column "volum": did you mean `volume`|did you mean `volume`/,
  );
  expect(() => selectColumns(table, ["volume", "volume"])).toThrow("twice");
  expect(() => selectColumns(table, [])).toThrow(InvalidArgument);
  expect(() => selectColumns(table, ["label"], { rows: -1 })).toThrow(InvalidArgument);
  expect(() => selectColumns({} as never, ["label"])).toThrow(InvalidArgument);
  expect(() => selectColumns(table, ["label"], { row: 1 } as never)).toThrow(InvalidArgument);
});
