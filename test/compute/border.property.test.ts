/** What operations see beyond the faces of a volume, and beyond those of its bricks. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussian, medianBox } from "#src/compute/operations.js";
import { run } from "#src/compute/run.js";
import type { Border } from "#src/core/border.js";
import { trace } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import { gaussian as gaussianOracle } from "../oracle/gaussian.js";
import { median as medianOracle } from "../oracle/median.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const RUNS = { numRuns: 25, seed: 20240607 };
const facts = { provenance: trace("test", {}) };
const anyBorder = fc.constantFrom<Border[]>("reflect", "mirror", "nearest", "wrap", { constant: 0 }, { constant: 200 });
const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const anyShape = fc.tuple(whole(6), whole(9), whole(22));
const anyBrick = fc.tuple(whole(4), whole(5), whole(12));
const anyRadius = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 3 }))) as fc.Arbitrary<
  [number, number, number]
>;
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

test("a median sees the border that was asked for, also where the neighbourhood is wider than the volume", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyShape,
      anyBrick,
      anyRadius,
      anyBorder,
      whole(1e6),
      async (shape, brick, radius, border, seed) => {
        const values = randomVoxels("uint8", count(shape), seed);
        const volume = memoryVolume(values, shape, { brick });
        const result = await run(medianBox, volume, { radius }, { border, workers: 2 }, facts);
        expect(Array.from(await result.read())).toEqual(medianOracle({ shape, values }, "box", radius, border));
      },
    ),
    RUNS,
  );
});

test("a Gaussian of any border equals the weighted mean in double precision", async () => {
  const shape = [5, 7, 19] as const;
  const values = randomVoxels("uint8", count(shape), 3);
  for (const border of ["reflect", "mirror", "nearest", "wrap", { constant: 77 }] as const) {
    const options = { border, workers: 2 };
    const volume = memoryVolume(values, shape, { brick: [2, 3, 8] });
    const result = await run(gaussian, volume, { sigma: [1, 2, 0.7], dtype: "float32" }, options, facts);
    const expected = gaussianOracle({ shape, values }, [1, 2, 0.7], border);
    const voxels = await result.read();
    expect(Math.max(...expected.map((value, k) => Math.abs(value - voxels[k]!)))).toBeLessThan(255e-6);
  }
});

test("inside a region the border plays no part: the true neighbours are seen, on the far side, too, where it wraps", async () => {
  const shape = [6, 8, 30] as const;
  const values = randomVoxels("int16", count(shape), 9);
  const volume = memoryVolume(values, shape, { brick: [2, 3, 7] });
  const region = { start: [0, 5, 1], stop: [2, 8, 29] } as const;
  for (const border of ["reflect", "mirror", "nearest", "wrap", { constant: -5 }] as const) {
    const parameters = { radius: [2, 1, 2] } as const;
    const whole = await run(medianBox, volume, parameters, { border }, facts);
    const part = await run(medianBox, volume, parameters, { border, region }, facts);
    expect(await part.read()).toEqual(await whole.read(region));
  }
});

test("an unknown border, and a constant that is no value of the voxels, are refused with what is allowed", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  const attempt = (border: unknown): Promise<unknown> =>
    run(medianBox, volume, { radius: [1, 1, 1] }, { border: border as Border }, facts);
  await expect(attempt("refelct")).rejects.toThrow(/^border is "refelct"; allowed are .*; did you mean `reflect`\?$/);
  await expect(attempt(0)).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(attempt({ constant: 256 })).rejects.toThrow(
    "border: the constant (among voxels of uint8) is 256; allowed is a whole number from 0 to 255",
  );
  await expect(attempt({ constant: Number.NaN })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(attempt({ constant: 1, wrap: true })).rejects.toMatchObject({ code: "InvalidArgument" });
});
