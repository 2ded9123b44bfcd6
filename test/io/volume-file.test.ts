import { copyFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { Schema, Table, tableFromIPC, tableToIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { buildVolume } from "#src/compute/build.js";
import type { Voxels } from "#src/core/dtype.js";
import { isVoxbookError, MalformedFile, MissingData, UnsupportedFeature } from "#src/core/errors.js";
import { um } from "#src/core/length.js";
import { phaseTable } from "#src/core/phases.js";
import { trace } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { median } from "#src/filters/median.js";
import { fromArrow, toArrow } from "#src/io/arrow.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const file = testFolder();

/** A volume whose shape is no multiple of its brick. */
const scan = (values?: Voxels, brick: Shape = [4, 4, 4]): Volume => {
  const voxels = values ?? randomVoxels("uint16", 5 * 7 * 9, 3);
  return memoryVolume(voxels, [5, 7, 9], {
    brick,
    spacing: [1e-6, 2e-6, 3e-6],
    provenance: trace("scan", { seed: 3 }),
  });
};

async function saved(volume: Volume = scan(), name = "v.arrow"): Promise<string> {
  const path = file(name);
  await save(volume, path);
  return path;
}

test("everything of a volume comes back: voxels, records, facts, provenance", async () => {
  const labels = memoryVolume(
    Uint8Array.from({ length: 60 }, (_, k) => k % 3),
    [3, 4, 5],
    {
      brick: [2, 3, 4],
      role: "labels",
      phases: phaseTable(3, ["pore", "NMC", "CBD"]),
      spacing: [1e-6, 2e-6, 3e-6],
      origin: [0.1, 0.2, 0.3],
      direction: [0, 1, 0, 1, 0, 0, 0, 0, -1],
      provenance: trace("segment", { naïve: "µm → ☃", levels: [1, Number.NaN] }),
    },
  );
  const found = await open(await saved(labels));
  expect([...(await found.read())]).toEqual([...(await labels.read())]);
  for (const fact of ["shape", "dtype", "role", "spacing", "origin", "direction", "phases", "provenance"] as const)
    expect(found[fact], fact).toEqual(labels[fact]);
  expect(found.grid.brick).toEqual([2, 3, 4]);
  expect(found.range).toEqual([0, 2]);
  for (let k = 0; k < found.grid.length; k++) expect(found.store.zone(k)).toEqual(labels.store.zone(k));
  expect(found.store.memoryBytes).toBe(0);
});

test("an unknown voxel size stays unknown, and may be given", async () => {
  const path = await saved(memoryVolume(new Uint8Array(8), [2, 2, 2]));
  expect((await open(path)).spacing).toBeUndefined();
  const given = await open(path, { spacing: um(2), role: "mask" });
  expect([given.spacing, given.role]).toEqual([[2e-6, 2e-6, 2e-6], "mask"]);
  expect(given.provenance.operation).toBe("with");
});

test("padding is zero in the file, whatever it was in memory", async () => {
  // The bricks of a memory volume in these tests are padded with 77.
  const table = tableFromIPC(
    readFileSync(await saved(memoryVolume(new Uint8Array(27).fill(5), [3, 3, 3], { brick: [2, 2, 2] }))),
  );
  const bricks = Array.from({ length: table.numRows }, (_, k) => [...table.getChild("voxels")!.get(k)]);
  expect(bricks[7]).toEqual([5, 0, 0, 0, 0, 0, 0, 0]);
  expect(new Set(bricks.flat())).toEqual(new Set([0, 5]));
});

test("NaN voxels keep their bits, and a brick of NaN alone its empty record", async () => {
  const values = new Float32Array(5 * 7 * 9).fill(Number.NaN);
  values.set([1.5, Number.NEGATIVE_INFINITY], 300);
  const found = await open(await saved(scan(values)));
  expect([...(await found.read())]).toEqual([...values]);
  expect(found.store.zone(0)).toEqual({
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    sum: 0,
    nan: 64,
  });
});

test("filters work on a file in place, in threads, and give what they give in memory", async () => {
  const values = randomVoxels("uint8", 40 * 33 * 21, 5);
  const memory = memoryVolume(values, [40, 33, 21], { brick: [16, 16, 16] });
  const path = file("work.arrow");
  await save(memory, path);
  const opened = await open(path);
  const [a, b] = [await median(memory, { radius: 1 }), await median(opened, { radius: 1 })];
  expect([...(await b.read())]).toEqual([...(await a.read())]);
});

test("a volume in a scratch file is saved like one in memory", async () => {
  const values = randomVoxels("int16", 30 * 20 * 10, 8);
  const init = {
    shape: [30, 20, 10],
    dtype: "int16",
    role: "intensity",
    provenance: trace("test", {}),
    brick: [8, 8, 8],
  } as const;
  const volume = await buildVolume(init, (writer) => writer.writePlanes(0, values), { memoryLimit: 100 });
  expect(volume.store.place(0).kind).toBe("file");
  expect([...(await (await open(await saved(volume))).read())]).toEqual([...values]);
  volume.store.release();
});

test("a brick that was damaged is named when it is read, and the others are still there", async () => {
  const volume = scan();
  const path = await saved(volume, "damaged.arrow");
  const opened = await open(path);
  const place = opened.store.place(5);
  const bytes = readFileSync(path);
  bytes[(place as { byteOffset: number }).byteOffset + 3]! ^= 1;
  writeFileSync(path, bytes);
  const again = await open(path);
  await expect(again.store.read(5)).rejects.toBeInstanceOf(MalformedFile);
  await expect(again.read()).rejects.toThrow(/damaged\.arrow: brick 5, which begins at voxel 0, 4, 8, is damaged/);
  expect([...(await again.store.read(0))]).toEqual([...(await volume.store.read(0))]);
});

test("a file that was changed, replaced or removed after it was opened is not read as if nothing had happened", async () => {
  const path = await saved(scan(), "changed.arrow");
  const replaced = await open(path);
  await save(memoryVolume(new Uint8Array(8), [2, 2, 2]), path);
  // What is open stays readable, but threads would open the new file.
  expect([...(await replaced.read())]).toEqual([...(await scan().read())]);
  expect(() => replaced.store.place(0)).toThrow(/replaced or removed.*open it again/);
  const changed = await open(path);
  utimesSync(path, 1, 1);
  await expect(changed.read()).rejects.toThrow(/was changed/);
  const removed = await open(path);
  rmSync(path);
  expect(() => removed.store.place(0)).toThrow(MissingData);
});

test("a released volume says so", async () => {
  const opened = await open(await saved());
  opened.store.release();
  opened.store.release();
  await expect(opened.read()).rejects.toThrow(/was released; open it again/);
});

test("a file that was cut off anywhere is an error of the library", async () => {
  const bytes = readFileSync(await saved());
  for (let length = 0; length < bytes.length; length += 97) {
    const error = await open(file("cut.arrow", bytes.subarray(0, length))).catch((error: unknown) => error);
    expect(isVoxbookError(error), `${length}: ${String(error)}`).toBe(true);
  }
});

/** The table of a volume with other metadata, rows or columns, as a file. */
function variant(table: Table, name: string, metadata: Record<string, string | undefined>, rows = table): string {
  const map = new Map(table.schema.metadata);
  for (const [key, value] of Object.entries(metadata))
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  const schema = new Schema(rows.schema.fields, map);
  const changed = new Table(
    schema,
    rows.batches.map(
      (batch) => new (batch.constructor as never as new (s: Schema, d: unknown) => never)(schema, batch.data),
    ),
  );
  return file(name, tableToIPC(changed, "file"));
}

test("metadata that contradict the rows are found out before anything is allocated", async () => {
  const table = await toArrow(scan());
  const bad: [Record<string, string | undefined>, RegExp][] = [
    [{ shape: "[1048576,1048576,1]" }, /bricks are missing/],
    [{ shape: "[1048576,1048576,1048576]" }, /more voxels than can be counted|bricks are missing/],
    [{ shape: "[5,7]" }, /its shape reads \[5,7\]/],
    [{ shape: "[5,7,-9]" }, /shape/],
    [{ brick: "[4,4,2]" }, /must hold arrow\.fixed_shape_tensor of 4 × 4 × 2/],
    [{ dtype: "uint8" }, /must hold/],
    [{ dtype: "complex" }, /dtype is complex/],
    [{ role: "picture" }, /role is picture/],
    [{ spacing: "[1,0,1]" }, /its spacing reads/],
    [{ phases: '[{"label":"x"}]' }, /its phases reads/],
    [{ provenance: "{}" }, /its provenance reads/],
    [{ provenance: "[".repeat(100_000) }, /its provenance reads/],
    [{ version: "2" }, /version 2/],
    [{ format: undefined }, /no volume/],
  ];
  for (const [metadata, message] of bad) {
    const began = performance.now();
    const error = await open(variant(table, "bad.arrow", metadata)).catch((error: unknown) => error);
    expect(isVoxbookError(error), JSON.stringify(metadata).slice(0, 80)).toBe(true);
    expect((error as Error).message).toMatch(message);
    expect(performance.now() - began).toBeLessThan(200);
  }
});

test("a volume that lacks a brick, or has one twice, is an error that says which", async () => {
  const table = await toArrow(scan());
  const without = new Table(
    table.schema,
    table.batches.filter((_, k) => k !== 3),
  );
  const missing = open(variant(table, "less.arrow", {}, without));
  await expect(missing).rejects.toThrow(/bricks are missing/);
  const twice = new Table(table.schema, [...table.batches, table.batches[3]!]);
  await expect(open(variant(table, "more.arrow", {}, twice))).rejects.toThrow(/brick 3 is there twice/);
  await expect(fromArrow(without)).rejects.toBeInstanceOf(MissingData);
  await expect(fromArrow(twice)).rejects.toBeInstanceOf(MalformedFile);
});

test("an Arrow file that is no volume is refused with what to do", async () => {
  const { resultTable } = await import("#src/core/arrow/table.js");
  const path = file("table.arrow");
  await save(resultTable([{ name: "a", values: [1, 2] }], trace("t", {})), path);
  await expect(open(path)).rejects.toBeInstanceOf(UnsupportedFeature);
  await expect(open(path)).rejects.toThrow(/no volume.*tableFromIPC/);
});

test("toArrow lies over the volume's own memory, and fromArrow gives the volume back", async () => {
  const init = {
    shape: [4, 4, 4],
    dtype: "float32",
    role: "field",
    provenance: trace("test", {}),
    brick: [2, 4, 4],
  } as const;
  const values = randomVoxels("float32", 64, 2);
  const volume = await buildVolume(init, (writer) => writer.writePlanes(0, values));
  const table = await toArrow(volume);
  const place = volume.store.place(1) as { buffer: SharedArrayBuffer };
  expect(table.batches[1]!.getChild("voxels")!.data[0]!.children[0]!.values.buffer).toBe(place.buffer);
  const back = await fromArrow(table);
  expect([...(await back.read())]).toEqual([...values]);
  expect([back.role, back.provenance]).toEqual([volume.role, volume.provenance]);
});

test("a table that went through a stream gives the volume back", async () => {
  const volume = scan();
  const back = await fromArrow(tableFromIPC(tableToIPC(await toArrow(volume), "stream")));
  expect([...(await back.read())]).toEqual([...(await volume.read())]);
  expect(back.provenance).toEqual(volume.provenance);
});

test("opening reads the footer and the heads of the bricks, not the voxels", async () => {
  const values = randomVoxels("uint8", 64 * 256 * 256, 1);
  const volume = memoryVolume(values, [64, 256, 256], { brick: [64, 128, 128] });
  const path = await saved(volume, "large.arrow");
  copyFileSync(path, file("copy.arrow"));
  const before = process.memoryUsage.rss();
  const opened = await open(file("copy.arrow"));
  expect(opened.range).toEqual(volume.range);
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 * 2 ** 20);
});
