/** Features of voxels against their definitions, the filters of the library, and scikit-image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Border } from "#src/core/border.js";
import type { Shape, Triple } from "#src/core/shape.js";
import {
  crop,
  differenceOfGaussians,
  features,
  gaussian,
  gradientMagnitude,
  laplacianOfGaussian,
  localDeviation,
  maximum,
  mean,
  minimum,
  structureTensor,
  um,
  type Volume,
} from "#src/index.js";
import { bends, slopes } from "../oracle/forest.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

interface Probed {
  mean: number[];
  largest: number[];
  step: number;
  probes: number[][];
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/forest.json"), "utf8")) as Record<
  "volume" | "sixteen bits" | "slice",
  Probed
>;
const phases = referencePhases(64);
const g8 = referenceGrey(phases, 8);

/**
 * Both blur in float32, and second differences keep what rounding left of values up to 1: at the faces, where they are
 * one-sided, up to 16 of these.
 * scikit-image divides by the largest value of the type; its Sobel operator gives twice the slope over the root of the axes.
 */
async function agree(made: Readonly<Record<string, Volume>>, expected: Probed, top: number, axes: number) {
  for (const [k, [name, volume]] of Object.entries(made).entries()) {
    const factor = (name.startsWith("gradient") ? 2 / Math.sqrt(axes) : 1) / top;
    const values = Array.from(await volume.read(), (value) => value * factor);
    const largest = expected.largest[k]!;
    const average = values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(average - expected.mean[k]!) / largest, name).toBeLessThan(1e-6);
    for (const [n, probe] of expected.probes.entries())
      expect(Math.abs(values[n * expected.step]! - probe[k]!), `${name}, probe ${n}`).toBeLessThan(16 * 2 ** -24);
  }
}

test("the default 15 features are those of scikit-image, up to the faces", async () => {
  const made = await features(memoryVolume(g8, [64, 64, 64], { brick: [24, 32, 40] }), { border: "nearest" });
  expect(Object.keys(made)).toEqual(
    [1, 2, 4].flatMap((s) => [
      `gaussian ${s}`,
      `gradient ${s}`,
      `hessian largest ${s}`,
      `hessian middle ${s}`,
      `hessian smallest ${s}`,
    ]),
  );
  await agree(made, golden.volume, 255, 3);
});

test("those of 16 bits at other σ, too", async () => {
  const volume = memoryVolume(referenceGrey(phases, 16), [64, 64, 64], { brick: [64, 24, 64] });
  await agree(await features(volume, { border: "nearest", sigmas: [0.5, 1, 2] }), golden["sixteen bits"], 65535, 3);
});

test("those of a slice have two eigenvalues, alone and slice by slice in the stack", async () => {
  const alone = memoryVolume(g8.slice(20 * 4096, 21 * 4096), [1, 64, 64], { brick: [1, 24, 40] });
  await agree(await features(alone, { border: "nearest" }), golden.slice, 255, 2);
  const stack = memoryVolume(g8, [64, 64, 64], { brick: [24, 24, 40] });
  const every = ["value", "gaussian", "gradient", "hessian", "laplacian", "structure", "difference"] as const;
  const options = { features: [...every, "mean", "deviation", "minimum", "maximum"], sigmas: [1.5] } as const;
  const region = { start: [20, 0, 0], stop: [21, 64, 64] } as const;
  const inStack = await features(stack, { ...options, slicewise: true, region });
  for (const [name, volume] of Object.entries(await features(alone, options)))
    expect(Buffer.compare(await bytesOf(volume), await bytesOf(inStack[name]!)), name).toBe(0);
});

const bytesOf = async (volume: Volume): Promise<Buffer> => Buffer.from((await volume.read()).buffer as ArrayBuffer);

const cases: readonly (readonly [Shape, Triple, Border, boolean])[] = [
  [[9, 7, 11], [1, 1, 1], "reflect", false],
  [[9, 7, 11], [1, 0.5, 0.25], "nearest", false],
  [[2, 3, 1], [1, 1, 1], "mirror", false],
  [[1, 2, 9], [1, 1, 1], "reflect", true],
  [[5, 6, 7], [1, 1, 1], "wrap", true],
];
for (const [shape, scale, border, slicewise] of cases)
  test(`gradient and Hessian of ${shape.join(" × ")}${slicewise ? ", slice by slice," : ""} with the border ${border} are what they are defined as`, async () => {
    const values = Float32Array.from(randomVoxels("uint8", shape[0] * shape[1] * shape[2], 5));
    const spacing = scale.map((s) => 1e-6 / s) as unknown as Triple;
    const volume = memoryVolume(values, shape, { brick: [3, 4, 5], spacing });
    const sigma: Triple = slicewise ? [0, 0.8, 0.8] : [0.8, 0.8, 0.8];
    const factors = scale.map((s, k) => (shape[k] === 1 || (slicewise && k === 0) ? 0 : s)) as unknown as Triple;
    const made = await features(volume, { sigmas: [0.8], border, slicewise });
    const gradient = slopes({ shape, values }, sigma, factors, border);
    for (const [k, value] of (await made["gradient 0.8"]!.read()).entries()) expect(value).toBeCloseTo(gradient[k]!, 3);
    if (factors.filter((s) => s !== 0).length < 2) return;
    const expected = bends({ shape, values }, sigma, factors, border);
    const names = Object.keys(made).filter((name) => name.startsWith("hessian"));
    for (const [rank, name] of names.entries())
      for (const [k, value] of (await made[name]!.read()).entries()) {
        expect(value, name).toBeCloseTo(expected[k]![rank]!, 3);
      }
  });

test("the others are the filters of the library, converted to float32", async () => {
  const shape = [20, 30, 24] as const;
  const spacing = [1e-6, 0.5e-6, 0.5e-6] as const;
  const scan = memoryVolume(randomVoxels("uint16", 20 * 30 * 24, 3), shape, { brick: [8, 16, 24], spacing });
  const names = ["value", "gaussian", "laplacian", "structure", "difference", "mean", "deviation"] as const;
  const all = { features: [...names, "minimum", "maximum"], sigmas: [um(1)], border: "mirror" } as const;
  const region = { start: [3, 0, 5], stop: [20, 17, 24] } as const;
  const made = await features(scan, { ...all, region });
  const rest = { border: "mirror", region } as const;
  const sigma = [1, 2, 2] as const;
  const float = { dtype: "float32" } as const;
  const filters: Record<string, Promise<Volume>> = {
    value: crop(scan, region),
    "gaussian 1 × 2 × 2": gaussian(scan, { sigma, ...float, ...rest }),
    "laplacian 1 × 2 × 2": laplacianOfGaussian(scan, { sigma, ...rest }),
    "structure largest 1 × 2 × 2": structureTensor(scan, { sigma, rho: sigma, ...rest }),
    "structure middle 1 × 2 × 2": structureTensor(scan, { sigma, rho: sigma, which: "middle", ...rest }),
    "structure smallest 1 × 2 × 2": structureTensor(scan, { sigma, rho: sigma, which: "smallest", ...rest }),
    "difference 1 × 2 × 2": differenceOfGaussians(scan, { low: sigma, ...rest }),
    "mean 1 × 2 × 2": mean(scan, { radius: sigma, ...float, ...rest }),
    "deviation 1 × 2 × 2": localDeviation(scan, { radius: sigma, ...rest }),
    "minimum 1 × 2 × 2": minimum(scan, { radius: sigma, ...rest }),
    "maximum 1 × 2 × 2": maximum(scan, { radius: sigma, ...rest }),
  };
  expect(Object.keys(made)).toEqual(Object.keys(filters));
  for (const [name, filter] of Object.entries(filters)) {
    expect(made[name]!.dtype).toBe("float32");
    expect(Array.from(await made[name]!.read()), name).toEqual(Array.from(await (await filter).read()));
  }
});

test("a blurred volume has the gradient that the filters one after the other give it", async () => {
  const scan = memoryVolume(randomVoxels("uint8", 13 * 14 * 15, 8), [13, 14, 15]);
  const made = await features(scan, { features: ["gradient"], sigmas: [1.3] });
  const chain = await gradientMagnitude(await gaussian(scan, { sigma: 1.3, dtype: "float32" }), { method: "sobel" });
  expect(await made["gradient 1.3"]!.read()).toEqual(await chain.read());
});

test("two features of the same name are refused", async () => {
  const volume = memoryVolume(new Float32Array(64), [4, 4, 4]);
  await expect(features(volume, { features: ["gaussian"], sigmas: [1, 1.00001] })).rejects.toThrow(
    'called "gaussian 1"',
  );
});

test("several channels have their names before those of the features", async () => {
  const [a, b] = [1, 2].map((seed) => memoryVolume(randomVoxels("uint8", 512, seed), [8, 8, 8]));
  const made = await features({ absorption: a!, phase: b! }, { features: ["gaussian"], sigmas: [1, 2] });
  expect(Object.keys(made)).toEqual([
    "absorption: gaussian 1",
    "absorption: gaussian 2",
    "phase: gaussian 1",
    "phase: gaussian 2",
  ]);
  expect(await made["phase: gaussian 2"]!.read()).toEqual(
    await (await gaussian(b!, { sigma: 2, dtype: "float32" })).read(),
  );
});

const small = memoryVolume(new Uint8Array(27), [3, 3, 3]);
const bad: Record<string, readonly [() => Promise<unknown>, RegExp]> = {
  "a name that is none": [
    () => features(small, { features: ["gausian" as never] }),
    /gausian.*did you mean `gaussian`/,
  ],
  "no features": [() => features(small, { features: [] }), /features is \[\]/],
  "a feature twice": [() => features(small, { features: ["mean", "mean"] }), /twice/],
  "a σ that is too large": [() => features(small, { sigmas: [65] }), /a sigma \(voxels\) is 65/],
  "no σ": [() => features(small, { sigmas: [] }), /sigmas/],
  "a length without a voxel size": [() => features(small, { sigmas: [um(1)] }), /voxel size/],
  "no volume": [() => features({} as never), /takes a volume, or several/],
  "channels on other grids": [
    () => features({ a: small, b: memoryVolume(new Uint8Array(8), [2, 2, 2]) }),
    /b has the shape 2 × 2 × 2, a 3 × 3 × 3/,
  ],
  "an option that is none": [() => features(small, { sigma: [1] } as never), /did you mean `sigmas`/],
  "a region outside": [() => features(small, { region: { start: [0, 0, 0], stop: [4, 1, 1] } }), /region/],
};
for (const [what, [call, message]] of Object.entries(bad))
  test(`${what} is refused`, async () => {
    await expect(call()).rejects.toThrow(message);
  });
