import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { labelMask } from "#src/segment/label-mask.js";
import { otsu } from "#src/segment/otsu.js";
import { threshold } from "#src/segment/threshold.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const WHOLE = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);
const shape = [5, 6, 31] as const;

for (const dtype of WHOLE)
  test(`a mask of ${dtype} is 1 where one of the labels is`, async () => {
    const values = randomVoxels(dtype, 5 * 6 * 31, 3);
    const labels = memoryVolume(values, shape, { role: "labels", brick: [2, 5, 14] });
    const { min, max } = DTYPES[dtype];
    for (const which of [[values[7]!], [min, max, 0, values[1]!], [0, 1, 2, 4, 5], values.slice(0, 300)]) {
      const wanted = Array.from(which);
      const mask = await labelMask(labels, wanted, { workers: 2 });
      expect([mask.dtype, mask.role, mask.phases]).toEqual(["uint8", "mask", undefined]);
      expect(Array.from(await mask.read())).toEqual(Array.from(values, (value) => Number(wanted.includes(value))));
    }
    const region = { start: [1, 2, 3], stop: [4, 6, 30] } as const;
    const inside = randomVoxels("uint8", values.length, 9).map((value) => value & 1);
    const within = memoryVolume(inside, shape, { role: "mask" });
    const whole = await labelMask(labels, values[7]!);
    expect(await (await labelMask(labels, values[7]!, { region })).read()).toEqual(await whole.read(region));
    const plain = await whole.read();
    expect(Array.from(await (await labelMask(labels, values[7]!, { mask: within })).read())).toEqual(
      Array.from(plain, (value, k) => value * inside[k]!),
    );
  });

test("a mask of a phase by its name restricts what other functions count, in one line", async () => {
  const volume = memoryVolume(Uint8Array.of(1, 2, 9, 100, 120, 190), [1, 2, 3]);
  const phases = await threshold(volume, [10], { names: ["pore", "solid"] });
  expect(await otsu(volume, { mask: await labelMask(phases, "solid") })).toBe(120);
  expect(await otsu(volume, { mask: await labelMask(phases, "pore") })).toBe(2);
  expect(Array.from(await (await labelMask(phases, ["pore", 1])).read())).toEqual([1, 1, 1, 1, 1, 1]);
  const { provenance } = await labelMask(phases, ["solid", 0, 1]);
  expect(provenance).toMatchObject({
    operation: "labelMask",
    parameters: { values: [0, 1] },
    inputs: [{ name: "labels" }],
  });
});

test("labels and names that the volume cannot have are refused with those that it has", async () => {
  const phases = await threshold(memoryVolume(new Uint8Array(8), [2, 2, 2]), [10], { names: ["pore", "solid"] });
  await expect(labelMask(phases, "sold")).rejects.toThrow('phase is "sold"; did you mean `solid`?; the phases are');
  await expect(labelMask(memoryVolume(new Uint8Array(8), [2, 2, 2]), "pore")).rejects.toThrow(
    "these labels have no phase table",
  );
  for (const wrong of [1.5, 256, -1, Number.NaN, null, {}])
    await expect(labelMask(phases, wrong as never)).rejects.toThrow("allowed are whole numbers from 0 to 255");
  await expect(labelMask(phases, [])).rejects.toThrow("give a label or the name of a phase, got none");
  await expect(labelMask(phases, 1, { masc: 1 } as object)).rejects.toThrow("did you mean `mask`");
  await expect(labelMask("phases" as never, 1)).rejects.toThrow("labelMask takes a volume");
  const floats = memoryVolume(new Float32Array(8), [2, 2, 2]);
  await expect(labelMask(floats, 1)).rejects.toMatchObject({ code: "UnsupportedFeature" });
});
