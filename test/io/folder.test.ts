import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InvalidArgument, MalformedFile, MissingData, UnsupportedFeature } from "#src/core/errors.js";
import { open } from "#src/io/open.js";
import { testFolder } from "../support/folder.js";
import { deflated, type PageBytes, tiffBytes } from "../support/tiff.js";

const file = testFolder();
let count = 0;

const slice = (value: number, more: Partial<PageBytes> = {}): Uint8Array =>
  tiffBytes([{ width: 4, height: 3, chunks: [new Uint8Array(12).fill(value)], ...more }]);

/** Makes a folder with these files. */
function folder(files: Record<string, Uint8Array | string>): string {
  const path = file(`folder${count++}`);
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  return path;
}

const firsts = async (path: string | string[]): Promise<number[]> => {
  const volume = await open(path);
  const values = await volume.read();
  return Array.from({ length: volume.shape[0] }, (_, z) => values[z * 12]!);
};

test("a folder of slices is read in the order of people: im2 before im10", async () => {
  const files = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => [`im${n}.tif`, slice(n)]));
  expect(await firsts(folder(files))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("other files and hidden ones are passed over; slices are known by content, not by name", async () => {
  const files = { "a1.tif": slice(1), "a2.slice": slice(2), "notes.txt": "dear diary", ".hidden.tif": "x", Thumbs: "" };
  expect(await firsts(folder(files))).toEqual([1, 2]);
});

test("a slice that is empty or no image is an error that names it, not a hole", async () => {
  const opened = open(folder({ "im1.tif": slice(1), "im2.tif": "", "im3.tif": slice(3) }));
  await expect(opened).rejects.toBeInstanceOf(MalformedFile);
  await expect(opened).rejects.toThrow(/im2\.tif/);
});

test("a hole in a numbered series is an error; an even distance is none", async () => {
  const opened = open(folder({ "im1.tif": slice(1), "im2.tif": slice(2), "im4.tif": slice(4) }));
  await expect(opened).rejects.toBeInstanceOf(MissingData);
  await expect(opened).rejects.toThrow(/between im2\.tif and im4\.tif/);
  expect(await firsts(folder({ "im10.tif": slice(1), "im20.tif": slice(2), "im30.tif": slice(3) }))).toEqual([1, 2, 3]);
});

test("slices must be alike: the error names the file that is not", async () => {
  const odd = slice(2, { width: 6, height: 2 });
  await expect(open(folder({ "im1.tif": slice(1), "im2.tif": odd }))).rejects.toThrow(/im2\.tif, page 1 has 2 × 6/);
  const wide = tiffBytes([{ width: 4, height: 3, bits: 16, chunks: [new Uint8Array(24)] }]);
  await expect(open(folder({ "im1.tif": slice(1), "im2.tif": wide }))).rejects.toThrow(/16-bit unsigned/);
});

test("a folder without images is an error that says so", async () => {
  for (const files of [{}, { "notes.txt": "dear diary" }] as Record<string, string>[]) {
    const opened = open(folder(files));
    await expect(opened).rejects.toBeInstanceOf(MissingData);
    await expect(opened).rejects.toThrow(/no TIFF images/);
  }
});

test("a stack in a folder of slices is an error, but a list of stacks is put behind each other", async () => {
  const two = tiffBytes([3, 4].map((n) => ({ width: 4, height: 3, chunks: [new Uint8Array(12).fill(n)] })));
  const path = folder({ "im1.tif": slice(1), "im2.tif": two });
  await expect(open(path)).rejects.toBeInstanceOf(InvalidArgument);
  expect(await firsts([join(path, "im2.tif"), join(path, "im1.tif")])).toEqual([3, 4, 1]);
});

test("a list keeps its order, mixes compressed and plain files, and holds nothing but TIFF", async () => {
  const packed = slice(2, { compression: 8, chunks: [deflated(new Uint8Array(12).fill(2))] });
  const path = folder({ "a.tif": slice(1), "b.tif": packed, "c.txt": "no image at all" });
  expect(await firsts([join(path, "b.tif"), join(path, "a.tif")])).toEqual([2, 1]);
  await expect(open([join(path, "a.tif"), join(path, "c.txt")])).rejects.toBeInstanceOf(UnsupportedFeature);
  await expect(open([])).rejects.toBeInstanceOf(InvalidArgument);
  await expect(open([join(path, "a.tif"), join(path, "gone.tif")])).rejects.toBeInstanceOf(MissingData);
});

test("the provenance names the folder, without where it lies, and the checksum of its files", async () => {
  const path = folder({ "im1.tif": slice(1), "im2.tif": slice(2) });
  const { provenance } = await open(path);
  const digest = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
  const list = ["im1.tif", "im2.tif"].map((name) => `${name}\0${digest(readFileSync(join(path, name)))}\n`);
  expect(provenance.sha256).toBe(digest(list.join("")));
  expect(provenance.parameters.path).toMatch(/^folder\d+$/);
  expect(JSON.stringify(provenance)).not.toContain("/tmp");
});

test("the provenance of one file has that file's own checksum", async () => {
  const path = file("one.tif", slice(1));
  const { provenance } = await open(path);
  expect(provenance.operation).toBe("open");
  expect(provenance.parameters).toEqual({ path: "one.tif", format: "TIFF" });
  expect(provenance.sha256).toBe(createHash("sha256").update(slice(1)).digest("hex"));
});

test.skipIf(process.platform === "win32")("a link to a file opens that file", async () => {
  const path = file("target.tif", slice(7));
  symlinkSync(path, file("link.tif"));
  expect(await firsts(file("link.tif"))).toEqual([7]);
});
