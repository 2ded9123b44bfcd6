import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { disk, type SaveFileSystem } from "#src/compute/atomic.js";
import { resultTable } from "#src/core/arrow/table.js";
import { ComputeFailed, InvalidArgument, LimitExceeded, MissingData } from "#src/core/errors.js";
import { phaseTable } from "#src/core/phases.js";
import { provenance, trace } from "#src/core/provenance.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { writeTiff } from "#src/io/tiff-writer.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const file = testFolder();
const volume = memoryVolume(randomVoxels("uint16", 5 * 7 * 9, 3), [5, 7, 9], {
  brick: [2, 4, 4],
  spacing: [1.5e-6, 0.37e-6, 0.25e-6],
  origin: [1, 2, 3],
  direction: [0, 1, 0, 1, 0, 0, 0, 0, -1],
  provenance: trace("scan", { text: "line one\nline = two “µm”", seed: 3 }),
});
const table = resultTable(
  [
    { name: "phase", values: ["pore", "=1+1", "@sum", 'say "a, b"', "-dash", " edge"] },
    { name: "diameter", values: [1.25, -2, 1e-20, 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY], unit: "µm" },
    { name: "fraction", values: [0, 1, 2, 3, 4, 5], unit: "1" },
    { name: "count", values: [1, 2, 3, 4, 5, -6], whole: true },
  ],
  trace("measure", { limit: 3 }),
);

test("a TIFF that was saved gives everything back: voxels, role, phases, place, provenance", async () => {
  for (const dtype of ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32"] as const) {
    const values = randomVoxels(dtype, 5 * 7 * 9, 4);
    const one = memoryVolume(values, [5, 7, 9], { brick: [2, 4, 4], ...(dtype === "uint8" && { role: "mask" }) });
    await save(one, file("a.tif"));
    const back = await open(file("a.tif"));
    expect([back.dtype, back.shape, back.role]).toEqual([dtype, [5, 7, 9], one.role]);
    expect([...(await back.read())]).toEqual([...values]);
  }
  await save(volume, file("b.TIFF"));
  const back = await open(file("b.TIFF"));
  for (const fact of ["spacing", "origin", "direction"] as const) expect(back[fact]).toEqual(volume[fact]);
  expect(back.provenance.operation).toBe("open");
  expect(back.provenance.inputs[0]!.provenance).toEqual(volume.provenance);
  expect(String(provenance(back))).toMatch(/1\. scan.*\n2\. open\(saved = step 1/);
});

test("phases are kept in a TIFF, and a role that is given anew makes its own", async () => {
  const phases = phaseTable(3, ["Pore", "NMC (α)", "CBD"]);
  const labels = memoryVolume(
    Uint8Array.from({ length: 8 }, (_, k) => k % 2),
    [2, 2, 2],
    { role: "labels", phases },
  );
  await save(labels, file("l.tif"));
  expect((await open(file("l.tif"))).phases).toEqual(phases);
  const grey = await open(file("l.tif"), { role: "intensity" });
  expect([grey.role, grey.phases]).toEqual(["intensity", undefined]);
});

test("beyond what TIFF's offsets reach BigTIFF is written, and read back", async () => {
  const path = file("big.tif");
  await writeTiff(volume, path, {}, disk, 500);
  expect(readFileSync(path)[2]).toBe(43);
  const back = await open(path);
  expect([...(await back.read())]).toEqual([...(await volume.read())]);
  expect(back.spacing).toEqual(volume.spacing);
});

test("a description that was damaged in a TIFF is an error, not half a description", async () => {
  await save(volume, file("d.tif"));
  const bytes = readFileSync(file("d.tif"));
  const at = bytes.indexOf('"operation"');
  bytes[at + 1] = "O".charCodeAt(0);
  await expect(open(file("d2.tif", bytes))).rejects.toThrow(/voxbook description/);
});

test("a table is saved as CSV: units in the header, all digits, quoted text, no formulas", async () => {
  await save(table, file("t.csv"));
  expect(readFileSync(file("t.csv"), "utf8")).toBe(
    [
      "phase,diameter (µm),fraction,count",
      "pore,1.25,0,1",
      "'=1+1,-2,1,2",
      "'@sum,1e-20,2,3",
      '"say ""a, b""",0.30000000000000004,3,4',
      "'-dash,NaN,4,5",
      '" edge",Infinity,5,-6',
      "",
    ].join("\r\n"),
  );
  expect(JSON.parse(readFileSync(file("t.provenance.json"), "utf8"))).toEqual(table.provenance);
});

test("a table is saved as an Arrow file with units and provenance", async () => {
  await save(table, file("t.arrow"));
  const back = tableFromIPC(readFileSync(file("t.arrow")));
  expect(back.schema.fields[1]!.metadata.get("unit")).toBe("µm");
  expect(String(provenance(back))).toMatch(/measure\(limit: 3\)/);
  expect([...back.getChild("count")!]).toEqual([1, 2, 3, 4, 5, -6]);
});

test("other endings are refused with the list of those that are known", async () => {
  await expect(save(volume, file("a.png"))).rejects.toThrow(
    /ends in "\.png"; a volume is saved as \.arrow, \.tif, \.tiff, \.am, \.h5/,
  );
  await expect(save(table, file("a.tif"))).rejects.toThrow(/a table is saved as \.csv, \.arrow/);
  await expect(save(volume, file("noending"))).rejects.toBeInstanceOf(InvalidArgument);
  await expect(save(7 as never, file("a.arrow"))).rejects.toThrow(/takes a volume or a table, got 7/);
  await expect(save(volume, file("a.arrow"), { fsync: 1 } as never)).rejects.toThrow(/no option `fsync`/);
});

test("no folder is made, and a folder is not written over", async () => {
  const into = save(volume, file("new/a.arrow"));
  await expect(into).rejects.toBeInstanceOf(MissingData);
  await expect(into).rejects.toThrow(/there is no folder .*new/);
  mkdirSync(file("dir.arrow"));
  await expect(save(volume, file("dir.arrow"))).rejects.toThrow(/is a folder/);
});

test.skipIf(process.platform === "win32")("a link is written through, not replaced", async () => {
  await save(volume, file("real.arrow"));
  symlinkSync(file("real.arrow"), file("link.arrow"));
  const other = memoryVolume(Uint8Array.of(1, 2), [1, 1, 2]);
  await save(other, file("link.arrow"));
  expect((await open(file("real.arrow"))).shape).toEqual([1, 1, 2]);
});

/** A disk on which the operation number `n` fails with `code`. */
function failing(n: number, code: string): { files: SaveFileSystem; calls: () => number } {
  let calls = 0;
  const guard =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (++calls === n) throw Object.assign(new Error(`${code}: it fails here`), { code });
      return work(...args);
    };
  const files: SaveFileSystem = {
    ...disk,
    create: guard(disk.create),
    write: guard(disk.write),
    sync: guard(disk.sync),
    rename: guard(disk.rename),
  };
  return { files, calls: () => calls };
}

test("whichever operation fails while saving, the old file is whole and nothing else is left", async () => {
  const things = [
    ["old.arrow", volume],
    ["old.tif", volume],
    ["old.csv", table],
  ] as const;
  for (const [name, thing] of things) {
    const folder = file(`fail-${name}`);
    mkdirSync(folder);
    const path = join(folder, name);
    await save(thing, path);
    const old = readFileSync(path);
    const names = readdirSync(folder).sort();
    const probe = failing(-1, "");
    await save(thing, path, {}, probe.files);
    expect(probe.calls()).toBeGreaterThan(3);
    // A table is two files; the second one fails on its own.
    const last = name.endsWith("csv") ? 4 : probe.calls();
    for (let n = 1; n <= last; n++) {
      const changed =
        thing === table ? table : memoryVolume(new Uint8Array(300).fill(9), [3, 10, 10], { brick: [2, 4, 4] });
      const failed = failing(Math.min(n, last), "ENOSPC");
      const error = await save(changed, path, {}, failed.files).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (error === undefined) {
        // The smaller volume needs fewer operations: it was saved, which ends this loop.
        expect(n).toBeGreaterThan(failed.calls());
        break;
      }
      expect(error).toBeInstanceOf(LimitExceeded);
      expect((error as Error).message).toMatch(/the disk is full.*as it was/);
      expect(readFileSync(path).equals(old), `${name}, operation ${n}`).toBe(true);
      expect(readdirSync(folder).sort()).toEqual(names);
    }
  }
});

test("a disk that fails in another way is told in other words", async () => {
  const path = file("io.arrow");
  await expect(save(volume, path, {}, failing(2, "EIO").files)).rejects.toBeInstanceOf(ComputeFailed);
  await expect(save(volume, path, {}, failing(1, "EROFS").files)).rejects.toThrow(/may not write/);
  expect(readdirSync(dirname(path)).filter((name) => name.includes("partial"))).toEqual([]);
});

test("a disk that takes a few bytes at a time gets the whole file", async () => {
  const slow: SaveFileSystem = { ...disk, write: (handle, bytes, at) => disk.write(handle, bytes.subarray(0, 7), at) };
  await save(volume, file("slow.arrow"), {}, slow);
  await save(volume, file("fast.arrow"));
  expect(readFileSync(file("slow.arrow")).equals(readFileSync(file("fast.arrow")))).toBe(true);
});

test("stopping while saving leaves the old file, and throws the signal's own reason", async () => {
  for (const name of ["s.arrow", "s.tif"]) {
    await save(volume, file(name));
    const old = readFileSync(file(name));
    const reason = new Error("enough");
    const controller = new AbortController();
    const saving = save(volume, file(name), { signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(saving).rejects.toBe(reason);
    expect(readFileSync(file(name)).equals(old)).toBe(true);
  }
});

test("a volume can be saved over the very file it lies in", async () => {
  await save(volume, file("self.arrow"));
  const opened = await open(file("self.arrow"));
  await save(opened.with({ role: "field" }), file("self.arrow"));
  const again = await open(file("self.arrow"));
  expect(again.role).toBe("field");
  expect([...(await again.read())]).toEqual([...(await volume.read())]);
  expect(again.provenance.operation).toBe("with");
});
