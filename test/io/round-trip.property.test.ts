import fc from "fast-check";
import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import { trace } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import { fromArrow, toArrow } from "#src/io/arrow.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";
import { deflated, encoded, lzwEncoded, tiffBytes } from "../support/tiff.js";

const file = testFolder();
const triple = (most: number): fc.Arbitrary<Shape> => {
  const one = fc.integer({ min: 1, max: most });
  return fc.tuple(one, one, one);
};
const metres = fc.double({ min: 1e-9, max: 1e-3, noNaN: true });

test("saving and opening gives every volume back, as a volume file, as TIFF and through Arrow", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(DTYPES) as DType[])),
      triple(11),
      triple(5),
      fc.option(fc.tuple(metres, metres, metres), { nil: undefined }),
      fc.string(),
      fc.integer(),
      async (dtype, shape, brick, spacing, text, seed) => {
        const values = randomVoxels(dtype, shape[0] * shape[1] * shape[2], seed);
        const volume = memoryVolume(values, shape, {
          brick,
          spacing,
          provenance: trace("made", { text, seed }),
          ...(dtype === "uint8" && { role: "labels" as const, phases: phaseTable(2, [text, "solid"]) }),
        });
        await save(volume, file("p.arrow"));
        await save(volume, file("p.tif"));
        const ways = [await open(file("p.arrow")), await open(file("p.tif")), await fromArrow(await toArrow(volume))];
        for (const [k, back] of ways.entries()) {
          expect([...(await back.read())]).toEqual([...values]);
          for (const fact of ["shape", "dtype", "spacing", "role", "phases"] as const)
            expect(back[fact]).toEqual(volume[fact]);
          const origin = k === 1 ? back.provenance.inputs[0]!.provenance : back.provenance;
          expect(origin).toEqual(volume.provenance);
          expect(back.range).toEqual(volume.range);
          back.store.release();
        }
      },
    ),
    { numRuns: 60, seed: 20240607 },
  );
});

test("TIFF strips, tiles and packings of every size give the same pixels", async () => {
  const size = fc.integer({ min: 1, max: 20 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("uint8", "int16", "uint32", "float32"),
      size,
      size,
      size,
      fc.option(fc.tuple(size, size), { nil: undefined }),
      fc.constantFrom(1, 5, 8),
      fc.boolean(),
      fc.boolean(),
      fc.integer(),
      async (dtype, width, height, rows, tile, compression, bigEndian, big, seed) => {
        const values = randomVoxels(dtype as DType, width * height, seed);
        const pack = { 1: (bytes: Uint8Array) => bytes, 5: lzwEncoded, 8: deflated }[compression]!;
        const [across, down] = tile ?? [width, Math.min(rows, height)];
        const chunks: Uint8Array[] = [];
        for (let y = 0; y < height; y += down)
          for (let x = 0; x < width; x += across) {
            const tall = tile === undefined ? Math.min(down, height - y) : down;
            const box = Array.from({ length: tall * across }, (_, k) => {
              const [v, u] = [y + Math.floor(k / across), x + (k % across)];
              return v < height && u < width ? values[v * width + u]! : 0;
            });
            chunks.push(pack(encoded(box, dtype, bigEndian)));
          }
        const page = {
          width,
          height,
          bits: 8 * DTYPES[dtype as DType].bytes,
          format: dtype === "float32" ? 3 : dtype.startsWith("int") ? 2 : 1,
          compression,
          chunks,
          ...(tile === undefined ? { rowsPerStrip: down } : { tile }),
        };
        const volume = await open(file("s.tif", tiffBytes([page], { big, bigEndian })));
        expect([...(await volume.read())]).toEqual([...values]);
      },
    ),
    { numRuns: 60, seed: 7 },
  );
});
