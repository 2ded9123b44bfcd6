/** The table of a volume's labels on the kernel's side: columns, the selection in both directions, undo, groups, hostile messages. */
import { tableFromArrays } from "apache-arrow";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MimeBundle } from "#kernel/comm.js";
import { resultTable } from "#src/core/arrow/table.js";
import { displaySymbol } from "#src/core/display.js";
import { trace } from "#src/core/provenance.js";
import type { Volume } from "#src/core/volume.js";
import { particles } from "#src/measure/particles.js";
import { decodeLabels, encodeLabels } from "#widgets/draw/label-set.js";
import { slices, tableOf, together } from "#widgets/model/index.js";
import type { TableView } from "#widgets/model/table/table-view.js";
import { MAX_PART_BYTES } from "#widgets/protocol.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const SHAPE = [6, 8, 10] as const;
/** Eight boxes of labels 1 to 8, and nothing between z 4 and 6. */
const boxes = (): Volume =>
  memoryVolume(
    Uint16Array.from({ length: 480 }, (_, k) => {
      const [z, y, x] = [Math.floor(k / 80), Math.floor(k / 10) % 8, k % 10];
      return z > 3 ? 0 : 1 + Math.floor(x / 5) + 2 * Math.floor(y / 4) + 4 * Math.floor(z / 2);
    }),
    [...SHAPE],
    { role: "labels" },
  );
const scanOf = (): Volume =>
  memoryVolume(
    Uint8Array.from({ length: 480 }, (_, k) => k % 251),
    [...SHAPE],
  );

async function opened(): Promise<{ labels: Volume; scan: Volume; table: TableView; model: Opened }> {
  const [labels, scan] = [boxes(), scanOf()];
  const table = await tableOf(await particles(labels), { labels, scan });
  return { labels, scan, table, model: page.model("TableModel") };
}

/** What a page sends at the end of a gesture. */
function select(model: Opened, labels: readonly number[], of: string | null): void {
  model.say(custom({ kind: "selected", of }), labels.length === 0 ? [] : [encodeLabels(labels)]);
  model.say(custom({ kind: "settled" }));
}
const kindOf = (kind: string) => (one: Opened["sent"][number]) =>
  (one.data.content as { kind?: string } | undefined)?.kind === kind;
/** What a page was told last to be selected. */
function told(model: Opened): number[] | undefined {
  const message = model.sent.filter(kindOf("selected")).at(-1);
  return message && [...decodeLabels(message.buffers[0] ?? new Uint8Array(0))];
}
const bundleOf = (view: object): Promise<MimeBundle> =>
  (view as Record<symbol, () => Promise<MimeBundle>>)[displaySymbol as unknown as symbol]!();

describe("the selection", () => {
  test("of the page is read in a cell, as labels, as rows with all columns and units, and as a volume", async () => {
    const { table, model, labels } = await opened();
    expect(table.selected.length).toBe(0);
    select(model, [2, 3, 7], model.state.labelsId as string);
    expect([...table.selected]).toEqual([2, 3, 7]);
    const rows = table.selectedRows;
    expect(rows.numRows).toBe(3);
    expect([...rows.getChild("label")!.toArray()]).toEqual([2, 3, 7]);
    const all = await particles(labels);
    expect(rows.schema.fields.map(({ name }) => name)).toEqual(all.schema.fields.map(({ name }) => name));
    expect(rows.schema.fields[1]!.metadata).toEqual(all.schema.fields[1]!.metadata);
    expect(rows.getChild("volume")!.get(0)).toBe(all.getChild("volume")!.get(1));
    expect(rows.provenance.operation).toBe("selectedRows");
    const before = await labels.read();
    const after = await (await table.labelsOf()).read();
    expect([...after]).toEqual([...before].map((label) => ([2, 3, 7].includes(label) ? label : 0)));
  });

  test("is the same in all views of the volume: of a cell it is told to each model, and a reloaded page asks for it", async () => {
    const { table, model, scan, labels } = await opened();
    await slices(scan, { labels });
    const planes = page.model("SlicesModel");
    expect(planes.state.labelsId).toBe(model.state.labelsId);
    table.select([8, 4, 4]);
    expect([...table.selected]).toEqual([4, 8]);
    expect([told(model), told(planes)]).toEqual([
      [4, 8],
      [4, 8],
    ]);
    planes.sent.length = 0;
    planes.say(custom({ kind: "selection" }));
    expect(told(planes)).toEqual([4, 8]);
    table.select([]);
    expect(told(planes)).toEqual([]);
    planes.sent.length = 0;
    planes.say(custom({ kind: "selection" }));
    expect(planes.sent).toEqual([]);
    expect(() => table.select([4, 99])).toThrow("label 99");
  });

  test("of other labels of the same scan is none of this table, and does not light its slices", async () => {
    const { table, model, scan, labels } = await opened();
    const others = memoryVolume(
      Uint8Array.from({ length: 480 }, (_, k) => k % 3),
      [...SHAPE],
      { role: "labels" },
    );
    const [own, other] = [await slices(scan, { labels }), await slices(scan, { labels: others })];
    const [mine, theirs] = page.opened.filter(({ state }) => state._model_name === "SlicesModel");
    expect(mine!.state.labelsId).toBe(model.state.labelsId);
    expect(theirs!.state.labelsId).not.toBe(model.state.labelsId);
    const [ownBefore, otherBefore] = [(await bundleOf(own))["image/png"], (await bundleOf(other))["image/png"]];
    select(theirs!, [1, 2], theirs!.state.labelsId as string);
    expect(table.selected.length).toBe(0);
    expect((await bundleOf(own))["image/png"]).toBe(ownBefore);
    expect((await bundleOf(other))["image/png"]).not.toBe(otherBefore);
    // Who names no labelling lights all.
    select(theirs!, [1, 2], null);
    expect([...table.selected]).toEqual([1, 2]);
    expect((await bundleOf(own))["image/png"]).not.toBe(ownBefore);
  });

  test("is taken back and done again, and an action of it plays on another view", async () => {
    const { table, model } = await opened();
    const id = model.state.labelsId as string;
    select(model, [1, 2], id);
    select(model, [5], id);
    select(model, [5], id);
    select(model, [], id);
    expect(table.actions.length).toBe(3);
    expect(JSON.stringify(table.actions).length).toBeLessThan(1000);
    model.say(custom({ kind: "undo" }));
    await expect.poll(() => [...table.selected]).toEqual([5]);
    expect(told(model)).toEqual([5]);
    await table.undo();
    expect([...table.selected]).toEqual([1, 2]);
    await table.redo();
    expect([...table.selected]).toEqual([5]);
    const { actions } = table;
    const again = await opened();
    await again.table.replay(actions);
    expect([...again.table.selected]).toEqual([5]);
    await expect(
      again.table.replay([{ kind: "selection", from: null, to: { of: null, labels: "CQ==" } }]),
    ).rejects.toThrow("kind 9");
    await expect(again.table.replay([{ kind: "selection", from: null, to: "all" as never }])).rejects.toThrow(
      "a selection is",
    );
  });

  test("of 100 000 rows takes one message of at most 16 KB, and a state of under 1 KB", async () => {
    const labels = memoryVolume(
      Uint32Array.from({ length: 100_000 }, (_, k) => k + 1),
      [10, 100, 100],
      { role: "labels" },
    );
    const rows = 100_000;
    const table = await tableOf(
      resultTable(
        [
          { name: "label", values: Int32Array.from({ length: rows }, (_, k) => k + 1) },
          { name: "size", values: Float64Array.from({ length: rows }, (_, k) => (k * 7919) % 997), unit: "µm" },
        ],
        trace("test", {}),
      ),
      { labels },
    );
    const model = page.model("TableModel");
    expect(JSON.stringify(model.state).length).toBeLessThanOrEqual(1024);
    const chosen = Int32Array.from({ length: 50_000 }, (_, k) => 2 * k + 1);
    const bytes = encodeLabels(chosen);
    expect(bytes.length).toBeLessThanOrEqual(16 * 1024);
    model.say(custom({ kind: "selected", of: model.state.labelsId as string }), [bytes]);
    expect(table.selected).toEqual(chosen);
    expect(JSON.stringify(table.actions).length).toBeLessThan(20_000);
    // The cell that shows it again selects the same.
    const text = /selected: ("[^"]+")/.exec(table.code)![1]!;
    const again = await tableOf(table.selectedRows, { labels, selected: JSON.parse(text) as string });
    expect(again.selected).toEqual(chosen);
  });

  test("takes nothing from a page that is no set of labels, and says why", async () => {
    const { table, model } = await opened();
    const id = model.state.labelsId as string;
    select(model, [3], id);
    model.say(custom({ kind: "selected", of: id }), [Uint8Array.of(9)]);
    model.say(custom({ kind: "selected", of: { toString: 1 } as never }), [encodeLabels([1])]);
    model.say(custom({ kind: "selected", of: "x".repeat(1000) }), [encodeLabels([1])]);
    expect([...table.selected]).toEqual([3]);
    const errors = model.sent.filter(kindOf("error")).map(({ data }) => (data.content as { message: string }).message);
    expect(errors.length).toBe(3);
    expect(errors[0]).toContain("kind 9");
    // Labels that no row has are kept for other views, and are not among the rows.
    select(model, [3, 400], id);
    expect([...table.selected]).toEqual([3]);
    expect(table.selectedRows.numRows).toBe(1);
  });
});

describe("groups", () => {
  test("keep what is selected under a name, are selected again, forgotten, and taken back", async () => {
    const { table, model, labels } = await opened();
    const id = model.state.labelsId as string;
    select(model, [1, 8], id);
    model.say(custom({ kind: "keep", id: -1, name: "broken <b>" }));
    await expect.poll(() => Object.keys(table.groups)).toEqual(["broken <b>"]);
    expect([...table.groups["broken <b>"]!]).toEqual([1, 8]);
    expect(model.sent.filter(kindOf("groups")).at(-1)!.data.content).toMatchObject({
      groups: [{ name: "broken <b>", count: 2 }],
    });
    select(model, [], id);
    model.say(custom({ kind: "recall", id: -1, name: "broken <b>" }));
    await expect.poll(() => [...table.selected]).toEqual([1, 8]);
    const volume = await table.labelsOf("broken <b>");
    expect(new Set(await volume.read())).toEqual(new Set([0, 1, 8]));
    expect(volume.dtype).toBe(labels.dtype);
    model.say(custom({ kind: "forget", id: -1, name: "broken <b>" }));
    await expect.poll(() => Object.keys(table.groups)).toEqual([]);
    await table.undo();
    expect(Object.keys(table.groups)).toEqual(["broken <b>"]);
    table.keep("large", [3, 2]);
    expect([...table.groups.large!]).toEqual([2, 3]);
    await expect(table.labelsOf("larg")).rejects.toThrow("did you mean `large`");
  });

  test("without a name, without labels or too many are refused, and the page is told", async () => {
    const { table, model } = await opened();
    expect(() => table.keep("")).toThrow("1 to 40 characters");
    expect(() => table.keep("nothing")).toThrow("no labels to keep");
    for (const name of ["", "x".repeat(41), 7, null]) model.say(custom({ kind: "keep", id: 3, name }));
    model.say(custom({ kind: "keep", id: 3, name: "nothing" }));
    model.say(custom({ kind: "recall", id: 3, name: "__proto__" }));
    await expect.poll(() => model.sent.filter(kindOf("error")).length).toBe(6);
    for (let k = 0; k < 32; k++) table.keep(`group ${k}`, [1]);
    expect(() => table.keep("one more", [1])).toThrow("32 groups");
    table.keep("group 3", [2]);
    expect([...table.groups["group 3"]!]).toEqual([2]);
  });
});

describe("columns", () => {
  test("go to the page as numbers or texts, in parts of at most 1 MiB", async () => {
    const labels = boxes();
    const rows = 200_000;
    const texts = Array.from({ length: rows }, (_, k) =>
      k % 3 === 0 ? `phase <${k % 7}>` : `${"ä".repeat(300)}${k % 11}`,
    );
    const table = resultTable(
      [
        { name: "label", values: Int32Array.from({ length: rows }, (_, k) => k + 1) },
        {
          name: "area",
          values: Array.from({ length: rows }, (_, k) => (k % 100 === 0 ? Number.NaN : k / 3)),
          unit: "µm²",
        },
        { name: "<img src=x onerror=alert(1)>", values: texts },
      ],
      trace("test", {}),
    );
    await tableOf(table, { labels });
    const model = page.model("TableModel");
    model.say(custom({ kind: "facts", id: 0 }));
    expect(model.sent.at(-1)!.data.content).toMatchObject({
      label: 0,
      columns: [
        { name: "label", unit: "", kind: "number" },
        { name: "area", unit: "µm²", kind: "number" },
        { name: "<img src=x onerror=alert(1)>", kind: "text" },
      ],
    });
    for (const column of [0, 1, 2]) model.say(custom({ kind: "column", id: column, column }));
    const parts = model.sent.filter(kindOf("column"));
    for (const { buffers } of parts)
      expect(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(MAX_PART_BYTES);
    const of = (column: number) => parts.filter(({ data }) => (data.content as { column: number }).column === column);
    const area = new Float64Array(rows);
    for (const { data, buffers } of of(1))
      area.set(new Float64Array(buffers[0]!.buffer), (data.content as { row: number }).row);
    expect(area).toEqual(table.getChild("area")!.toArray());
    expect(of(0)[0]!.data.content).toMatchObject({ type: "int32", row: 0 });
    const read: string[] = [];
    for (const { buffers } of of(2)) {
      const [codes, ends] = [new Int32Array(buffers[0]!.buffer), new Int32Array(buffers[1]!.buffer)];
      for (const code of codes)
        read.push(new TextDecoder().decode(buffers[2]!.subarray(code === 0 ? 0 : ends[code - 1]!, ends[code]!)));
    }
    expect(read).toEqual(texts.map((text) => text.slice(0, 200)));
  });

  test("that are not there are refused", async () => {
    const { model } = await opened();
    for (const column of [-1, 9999, 1.5, "__proto__", null]) model.say(custom({ kind: "column", id: 5, column }));
    expect(model.sent.filter(kindOf("error")).length).toBe(5);
    expect(model.sent.filter(kindOf("column"))).toEqual([]);
  });

  test("of other kinds and with gaps are shown as numbers or texts, too", async () => {
    const table = tableFromArrays({
      label: [1, 2, 3],
      count: [1n, 2n, 3n],
      flag: [true, false, true],
      name: ["a", "b", "a"],
    });
    await tableOf(table as never, { labels: boxes() });
    const model = page.model("TableModel");
    model.say(custom({ kind: "facts", id: 0 }));
    const { columns } = model.sent.at(-1)!.data.content as { columns: { kind: string }[] };
    expect(columns.map(({ kind }) => kind)).toEqual(["number", "number", "number", "text"]);
    model.say(custom({ kind: "column", id: 0, column: 2 }));
    expect([...new Float64Array(model.sent.at(-1)!.buffers[0]!.buffer)]).toEqual([1, 0, 1]);
  });
});

describe("a table", () => {
  test("is shown as the page last set it, and takes nothing else from it", async () => {
    const { table, model } = await opened();
    const { display } = table.widget.state;
    for (const bad of [
      { ...display, x: -1 },
      { ...display, x: 1e9 },
      { ...display, logX: 1 },
      { ...display, sort: -3 },
      null,
      7,
    ])
      model.say(update({ display: bad as never }));
    model.say(update({ title: "x", rows: 3, labelsId: "y" }));
    expect(table.widget.state.display).toEqual(display);
    model.say(update({ display: { ...display, y: 2, logY: true, sort: 1, descending: true } }));
    expect(table.code).toContain('log: ["y"]');
    expect(table.code).toContain('sort: "voxels", descending: true');
  });

  test("leaves a picture with what is selected and the first of its rows, in which names of columns are text", async () => {
    const labels = boxes();
    const evil = "<script>alert(1)</script>";
    const rows = resultTable(
      [
        { name: "label", values: Array.from({ length: 12 }, (_, k) => k + 1), whole: true },
        { name: evil, values: Array.from({ length: 12 }, (_, k) => k * k), unit: "<i>" },
      ],
      trace("test", {}),
    );
    const table = await tableOf(rows, { labels, x: evil, y: "label" });
    const before = await bundleOf(table);
    expect(String(before["text/html"])).not.toContain("<script>");
    expect(String(before["text/html"])).not.toContain("<i>");
    expect(String(before["text/html"])).toContain("&#60;script");
    select(page.model("TableModel"), [2, 5], page.model("TableModel").state.labelsId as string);
    const after = await bundleOf(table);
    expect(after["image/png"]).not.toBe(before["image/png"]);
    const text = String(after["text/plain"]);
    expect(text).toContain("2 of 12 selected");
    // Of 1 and 16, over all rows of 0 … 121.
    expect(text).toContain("8.5 <i> / 30.5 <i>");
    expect(text.split("\n").slice(2)).toEqual(["2  1", "5  16"]);
    expect(String((await bundleOf(together(await slices(labels), table)))["text/html"])).toContain("<table>");
  });

  test.each([
    ["without labels", {}, "give the volume"],
    ["with a column that is not there", { x: "sphericty" }, "did you mean `sphericity`"],
    ["with labels that stand in two rows", { label: "z from" }, "stands in row"],
    ["with an axis that is none", { log: ["z"] }, "log is"],
    ["with an option that is none", { labls: 1 }, "did you mean `labels`"],
    ["with labels that no row has", { selected: [77] }, "label 77"],
  ])("is refused %s", async (name, options, message) => {
    const labels = boxes();
    const given = name === "without labels" ? options : { labels, ...options };
    await expect(tableOf(await particles(labels), given as never)).rejects.toThrow(message);
  });

  test("is refused of what is no table, and beside a scan of another shape", async () => {
    const labels = boxes();
    await expect(tableOf({} as never, { labels })).rejects.toThrow("an Arrow table");
    const scan = memoryVolume(new Uint8Array(8), [2, 2, 2]);
    await expect(tableOf(await particles(labels), { labels, scan })).rejects.toThrow("2 × 2 × 2");
  });
});
