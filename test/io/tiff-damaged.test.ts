import { expect, test } from "vitest";
import { isVoxbookError, LimitExceeded, MalformedFile, MissingData, UnsupportedFeature } from "#src/core/errors.js";
import { open } from "#src/io/open.js";
import { testFolder } from "../support/folder.js";
import { deflated, encoded, lzwEncoded, tiffBytes } from "../support/tiff.js";

const file = testFolder();
const noise = (n: number): Uint8Array =>
  Uint8Array.from({ length: n }, (_, k) => (Math.imul(k, 2654435761) >>> 24) & 255);
const stack = (compression: number, encode: (bytes: Uint8Array) => Uint8Array): Uint8Array =>
  tiffBytes(
    [0, 1, 2].map((k) => ({
      width: 16,
      height: 12,
      compression,
      rowsPerStrip: 5,
      chunks: [0, 5, 10].map((row) => encode(noise(200 * (k + 1)).slice(-16 * Math.min(5, 12 - row)))),
    })),
  );

test("a missing file is an error that names it and says what to do", async () => {
  const opened = open(file("nowhere.tif"));
  await expect(opened).rejects.toBeInstanceOf(MissingData);
  await expect(opened).rejects.toThrow(/no .*nowhere\.tif: give the path/);
});

test("an empty file is an error that says so", async () => {
  const opened = open(file("empty.tif", ""));
  await expect(opened).rejects.toBeInstanceOf(MalformedFile);
  await expect(opened).rejects.toThrow(/empty\.tif is empty \(0 bytes\)/);
});

test("an unknown format is refused with the list of known ones", async () => {
  const opened = open(file("note.tif", "This is a letter, not a scan."));
  await expect(opened).rejects.toBeInstanceOf(UnsupportedFeature);
  await expect(opened).rejects.toThrow(/TIFF and BigTIFF.*NRRD.*MetaImage.*\.arrow/);
});

test("an address is refused: open reads files", async () => {
  await expect(open("https://example.org/scan.tif")).rejects.toThrow(/download/);
});

for (const [name, bytes] of [
  ["uncompressed", stack(1, (chunk) => chunk)],
  ["deflated", stack(8, deflated)],
  ["LZW", stack(5, lzwEncoded)],
] as const)
  test(`a ${name} TIFF that was cut off anywhere gives an error of the library, and soon`, async () => {
    const whole = await open(file(`${name}.tif`, bytes));
    expect(whole.shape).toEqual([3, 12, 16]);
    let cuts = 0;
    for (let length = 0; length < bytes.length - 1; length += 97, cuts++) {
      const began = performance.now();
      const error = await open(file(`${name}-cut.tif`, bytes.slice(0, length))).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(isVoxbookError(error), `cut at ${length}: ${String(error)}`).toBe(true);
      expect(performance.now() - began).toBeLessThan(2000);
    }
    expect(cuts).toBeGreaterThan(5);
  });

test("directories that form a circle are found out, whether it is long or short", async () => {
  const page = { width: 4, height: 3, chunks: [new Uint8Array(12)] };
  for (const pages of [[page], [page, page, page]]) {
    const opened = open(file("circle.tif", tiffBytes(pages, { last: "first" })));
    await expect(opened).rejects.toBeInstanceOf(MalformedFile);
    await expect(opened).rejects.toThrow(/form a circle/);
  }
});

test("directories that overlap, so that a small file holds many, are found out", async () => {
  // Each directory says that it has very many entries; the next one begins two bytes later.
  const bytes = new Uint8Array(2 ** 20);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  for (let at = 8; at < bytes.length - 1; at += 2) view.setUint16(at, 20_000, true);
  const began = performance.now();
  await expect(open(file("overlap.tif", bytes))).rejects.toBeInstanceOf(MalformedFile);
  expect(performance.now() - began).toBeLessThan(1000);
});

/** Time in ms and growth of memory in bytes until the error comes. */
async function refusal(name: string, bytes: Uint8Array): Promise<{ error: unknown; ms: number; grown: number }> {
  const path = file(name, bytes);
  const before = process.memoryUsage.rss();
  const began = performance.now();
  const error = await open(path).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { error, ms: performance.now() - began, grown: process.memoryUsage.rss() - before };
}

test("a header that promises 2⁴⁰ voxels is refused within 200 ms, without memory for them", async () => {
  const side = 2 ** 20;
  const one = { width: side, height: side, chunks: [new Uint8Array(64)] };
  // As one strip, as many strips, in tiles, compressed, as one directory for many planes: each promises 2⁴⁰ voxels or more.
  const promises = {
    "one strip": tiffBytes([one]),
    "one compressed strip": tiffBytes([{ ...one, compression: 8 }]),
    "one row a strip": tiffBytes([{ ...one, rowsPerStrip: 1 }]),
    tiles: tiffBytes([{ ...one, tile: [1024, 1024], compression: 5 }]),
    "a strip length beyond the file": tiffBytes([{ ...one, tags: { 279: [2 ** 32 - 1] } }]),
    "BigTIFF with a strip of 2⁴⁰ bytes": tiffBytes([{ ...one, tags: { 279: [2 ** 40] } }], { big: true }),
    "many planes behind one directory": tiffBytes([
      {
        width: 1024,
        height: 1024,
        chunks: [new Uint8Array(2 ** 20)],
        description: `ImageJ=1.53t\nimages=${2 ** 20}\n`,
      },
    ]),
  };
  await open(file("warm.tif", tiffBytes([{ width: 4, height: 3, chunks: [new Uint8Array(12)] }])));
  for (const [name, bytes] of Object.entries(promises)) {
    const { error, ms, grown } = await refusal("promise.tif", bytes);
    expect(error, name).toBeInstanceOf(MalformedFile);
    expect(ms, name).toBeLessThan(200);
    expect(grown, name).toBeLessThan(64 * 2 ** 20);
  }
});

test("a volume over the memory limit goes to a scratch file; over disk and memory it is refused with the numbers", async () => {
  const plane = { width: 64, height: 64, chunks: [noise(4096)] };
  const path = file("many.tif", tiffBytes(new Array(200).fill(plane)));
  const volume = await open(path, { memoryLimit: 400_000 });
  expect(volume.store.memoryBytes).toBe(0);
  expect((await volume.plane("z", 199)).values).toEqual(noise(4096));
  volume.store.release();
  // One page alone is too much for the work of decoding it.
  const error = await open(path, { memoryLimit: 1000 }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LimitExceeded);
  expect((error as LimitExceeded).asked).toBeGreaterThan(1000);
});

test("compressed data that turns out larger than its page is an error, not memory", async () => {
  for (const [compression, encode] of [
    [8, deflated],
    [5, lzwEncoded],
  ] as const) {
    const bomb = encode(new Uint8Array(200_000));
    const { error, grown } = await refusal(
      "bomb.tif",
      tiffBytes([{ width: 100, height: 100, compression, chunks: [bomb] }]),
    );
    expect(error).toBeInstanceOf(MalformedFile);
    expect(grown).toBeLessThan(256 * 2 ** 20);
  }
});

test("damaged compressed data is an error that names page and strip", async () => {
  const chunk = deflated(noise(12));
  chunk[4]! ^= 255;
  chunk[6]! ^= 255;
  await expect(
    open(file("flip.tif", tiffBytes([{ width: 4, height: 3, compression: 8, chunks: [chunk] }]))),
  ).rejects.toThrow(/flip\.tif, page 1, strip 0/);
  const short = tiffBytes([{ width: 4, height: 3, compression: 8, chunks: [deflated(noise(11))] }]);
  await expect(open(file("short.tif", short))).rejects.toThrow(/only 11 of 12 bytes/);
});

test("samples that disagree about their bits are refused", async () => {
  const page = { width: 2, height: 2, samples: 3, photometric: 2, chunks: [encoded(new Array(12).fill(0), "uint8")] };
  await expect(open(file("bits.tif", tiffBytes([{ ...page, tags: { 258: [8, 16, 8] } }])))).rejects.toThrow(
    /bits per sample 8, 16, 8/,
  );
});

test("a TIFF without a page, and one of nothing but thumbnails, are errors", async () => {
  const head = Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0);
  await expect(open(file("none.tif", head))).rejects.toThrow(/without a single page/);
  const small = { width: 2, height: 2, chunks: [new Uint8Array(4)], subfile: 1 };
  await expect(open(file("small.tif", tiffBytes([small])))).rejects.toThrow(/no page but thumbnails/);
});

test("stopping ends the reading with the caller's own reason", async () => {
  const plane = { width: 64, height: 64, compression: 8, chunks: [deflated(noise(4096))] };
  const path = file("stop.tif", tiffBytes(new Array(300).fill(plane)));
  const reason = new Error("enough");
  const controller = new AbortController();
  const opened = open(path, { signal: controller.signal, onProgress: () => controller.abort(reason) });
  await expect(opened).rejects.toBe(reason);
  await expect(open(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("unknown options are named, with the one that was meant", async () => {
  await expect(open(file("x.tif"), { spacin: 1 } as never)).rejects.toThrow(
    /no option `spacin`; did you mean `spacing`/,
  );
  await expect(open(file("x.tif"), { role: "phases" } as never)).rejects.toThrow(/role is "phases"; allowed are/);
  await expect(open(file("x.tif"), { spacing: 0.37 } as never)).rejects.toThrow(/spacing: give one positive length/);
});
