/**
 * Damaged files by the thousand: each one either opens or is refused by an error of the library, soon. The mutants are the
 * same in every run: 4,000 for each reader, 100,000 in the release tier; `VOXBOOK_MUTANTS` changes their number.
 */
import { readFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { isVoxbookError } from "#src/core/errors.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";
import { deflated, encoded, lzwEncoded, tiffBytes } from "../support/tiff.js";

const file = testFolder();
const MUTANTS = Number(process.env.VOXBOOK_MUTANTS ?? (process.env.VOXBOOK_TIER === "release" ? 100_000 : 4000));
const SLOWEST_MS = 2000;
/** Numbers that break arithmetic. */
const EXTREMES = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 0x7fff, 0xffff, 255, 8, 43];

/** A damaged copy: bits flipped, numbers replaced, pieces moved or cut off. */
function mutant(bytes: Uint8Array, next: () => number): Uint8Array {
  let out = Uint8Array.from(bytes);
  const below = (n: number): number => Math.floor(next() * n);
  // Heads and tails say what the rest means: they are hit more often.
  const place = (): number => {
    const where = next();
    const near = Math.min(out.length, 600);
    return where < 0.4 ? below(near) : where < 0.6 ? out.length - 1 - below(near) : below(out.length);
  };
  for (let k = below(4); k >= 0; k--) {
    const at = place();
    const view = new DataView(out.buffer);
    const kind = below(6);
    if (kind <= 1) out[at]! ^= 1 << below(8);
    else if (kind === 2 && at + 4 <= out.length) view.setUint32(at, EXTREMES[below(EXTREMES.length)]!, next() < 0.7);
    else if (kind === 3 && at + 8 <= out.length)
      view.setBigUint64(at, BigInt(EXTREMES[below(EXTREMES.length)]!), next() < 0.7);
    else if (kind === 4) out.copyWithin(at, place(), place());
    else if (next() < 0.3) out = out.slice(0, Math.max(1, at));
    else out[at] = below(256);
  }
  return out;
}

async function sources(): Promise<Record<string, Uint8Array>> {
  const values = [...randomVoxels("uint16", 12 * 10, 5)];
  const page = { width: 12, height: 10, bits: 16, rowsPerStrip: 4 };
  const strips = (pack: (bytes: Uint8Array) => Uint8Array): Uint8Array[] =>
    [0, 4, 8].map((row) => pack(encoded(values.slice(12 * row, 12 * (row + 4)), "uint16")));
  const description = "ImageJ=1.53t\nimages=2\nslices=2\nunit=micron\nspacing=0.5\n";
  const stack = (compression: number, pack: (bytes: Uint8Array) => Uint8Array, big: boolean): Uint8Array =>
    tiffBytes(
      [
        { ...page, compression, chunks: strips(pack), description, resolution: [4, 4] },
        { ...page, compression, chunks: strips(pack) },
      ],
      { big },
    );
  const data = encoded(values, "uint16");
  const nrrd = (encoding: string, body: Uint8Array): Uint8Array =>
    Buffer.concat([
      Buffer.from(
        `NRRD0004\ntype: uint16\ndimension: 3\nsizes: 12 5 2\nendian: little\nencoding: ${encoding}\nspace: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,2)\n\n`,
      ),
      body,
    ]);
  const mha = (more: string, body: Uint8Array): Uint8Array =>
    Buffer.concat([
      Buffer.from(
        `ObjectType = Image\nNDims = 3\nDimSize = 12 5 2\nElementType = MET_USHORT\nElementSpacing = 1 2 3\n${more}ElementDataFile = LOCAL\n`,
      ),
      body,
    ]);
  const volume = memoryVolume(randomVoxels("uint8", 5 * 6 * 7, 2), [5, 6, 7], { brick: [3, 4, 4] });
  await save(volume, file("source.arrow"));
  await save(volume, file("source.tif"));
  return {
    tiff: stack(1, (bytes) => bytes, false),
    bigtiff: stack(1, (bytes) => bytes, true),
    saved: readFileSync(file("source.tif")),
    deflate: stack(8, deflated, false),
    lzw: stack(5, lzwEncoded, false),
    arrow: readFileSync(file("source.arrow")),
    nrrd: nrrd("raw", data),
    "gzipped nrrd": nrrd("gzip", gzipSync(data)),
    mha: mha("", data),
    "compressed mha": mha("BinaryData = True\nCompressedData = True\n", deflateSync(data)),
  };
}

for (const [index, name] of [
  "tiff",
  "bigtiff",
  "saved",
  "deflate",
  "lzw",
  "arrow",
  "nrrd",
  "gzipped nrrd",
  "mha",
  "compressed mha",
].entries())
  test(`damaged files (${name}) open or are refused, and soon`, { timeout: 1_800_000 }, async () => {
    const bytes = (await sources())[name]!;
    const next = random(1000 + index);
    // Those that need a thread for their decoder take longer.
    const count = ["deflate", "lzw", "gzipped nrrd"].includes(name) ? Math.ceil(MUTANTS / 10) : MUTANTS;
    const outcomes = { opened: 0, refused: 0 };
    const before = process.memoryUsage.rss();
    for (let k = 0; k < count; k++) {
      const damaged = mutant(bytes, next);
      const path = file(`mutant-${index}`, damaged);
      const began = performance.now();
      try {
        const volume = await open(path);
        await volume.read();
        volume.store.release();
        outcomes.opened++;
      } catch (error) {
        if (!isVoxbookError(error))
          throw new Error(`mutant ${k} of ${name}: ${(error as Error).stack}`, { cause: error });
        outcomes.refused++;
      }
      const took = performance.now() - began;
      if (took > SLOWEST_MS) throw new Error(`mutant ${k} of ${name} took ${took.toFixed(0)} ms`);
    }
    expect(outcomes.refused).toBeGreaterThan(count / 100);
    expect(outcomes.opened).toBeGreaterThan(count / 100);
    expect(process.memoryUsage.rss() - before).toBeLessThan(512 * 2 ** 20);
    console.log(`${name}: ${count} mutants, ${outcomes.opened} opened, ${outcomes.refused} refused`);
  });
