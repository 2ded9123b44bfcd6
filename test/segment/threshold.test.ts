import fc from "fast-check";
import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { OUTSIDE } from "#src/core/phases.js";
import { threshold } from "#src/segment/threshold.js";
import { threshold as oracle } from "../oracle/threshold.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

test("phase k holds the values above threshold k − 1 and not above threshold k, named from dark to bright", async () => {
  const volume = memoryVolume(Uint8Array.of(0, 100, 101, 200, 201, 255), [1, 2, 3], { spacing: [1e-6, 1e-6, 1e-6] });
  const labels = await threshold(volume, [100, 200], { names: ["pore", "binder", "active material"] });
  expect(Array.from(await labels.read())).toEqual([0, 0, 1, 1, 2, 2]);
  expect([labels.role, labels.dtype, labels.spacing]).toEqual(["labels", "uint8", volume.spacing]);
  expect(labels.phases!.map(({ label, name }) => [label, name])).toEqual([
    [0, "pore"],
    [1, "binder"],
    [2, "active material"],
  ]);
  expect((await threshold(volume, 100)).phases!.map(({ name }) => name)).toEqual(["phase 0", "phase 1"]);
});

test("labels of any type, brick, region and mask are those of comparing each voxel", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(DTYPES) as DType[])),
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 30 })),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.uniqueArray(fc.oneof(fc.integer({ min: -300, max: 70000 }), fc.double({ min: -1e5, max: 1e5, noNaN: true })), {
        minLength: 1,
        maxLength: 6,
      }),
      async (dtype, brick, seed, limits) => {
        const thresholds = limits.toSorted((a, b) => a - b);
        const values = randomVoxels(dtype, 5 * 6 * 31, seed);
        if (dtype === "float32") values[4] = Number.NaN;
        const volume = memoryVolume(values, [5, 6, 31], { brick });
        const inside = randomVoxels("uint8", values.length, seed + 1).map((value) => value & 1);
        const mask = memoryVolume(inside, [5, 6, 31], { role: "mask" });
        const expected = oracle(values, thresholds);
        expect(Array.from(await (await threshold(volume, thresholds)).read())).toEqual(expected);
        const masked = await threshold(volume, thresholds, { mask, workers: 2 });
        expect(Array.from(await masked.read())).toEqual(
          expected.map((label, k) => (inside[k] === 0 ? OUTSIDE : label)),
        );
        const region = { start: [1, 2, 3], stop: [4, 6, 30] } as const;
        const part = await threshold(volume, thresholds, { region });
        expect(await part.read()).toEqual(await (await threshold(volume, thresholds)).read(region));
      },
    ),
    { numRuns: 25, seed: 3 },
  );
});

test("thresholds and names that do not fit are refused", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  for (const wrong of [[], [3, 3], [4, 3], [Number.NaN], [1, Number.POSITIVE_INFINITY], "5"])
    await expect(threshold(volume, wrong as never)).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(threshold(volume, [4, 3])).rejects.toThrow("thresholds are [4, 3]; give one finite number, or several");
  const many = Array.from({ length: 255 }, (_, k) => k);
  await expect(threshold(volume, many)).rejects.toThrow("255 thresholds; at most 254");
  expect((await threshold(volume, many.slice(1))).phases!.length).toBe(255);
  await expect(threshold(volume, [1, 2], { names: ["pore", "solid"] })).rejects.toThrow(
    "2 thresholds make 3 phases: give 3 names",
  );
  await expect(threshold(volume, 1, { name: ["a"] } as object)).rejects.toThrow("did you mean `names`");
  await expect(threshold({} as never, 1)).rejects.toThrow("threshold takes a volume");
});

test("provenance names thresholds, names, region and inputs", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  const region = { start: [0, 0, 0], stop: [1, 2, 2] } as const;
  const { provenance } = await threshold(volume, 7, { names: ["pore", "solid"], region });
  expect(provenance).toMatchObject({
    operation: "threshold",
    parameters: { thresholds: [7], names: ["pore", "solid"], region },
    inputs: [{ name: "volume" }],
  });
});
