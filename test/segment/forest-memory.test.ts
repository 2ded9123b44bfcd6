/** The memory of a thread that computes features or goes down trees is what is claimed for it before. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { volumeKernels, Wasm } from "#src/compute/kernels.js";
import { FEATURES, type FeatureParameters, featureHalo } from "#src/compute/operations/features.js";
import { type ForestParameters, forestLabels, forestShares } from "#src/compute/operations/forest.js";
import { stridesOf, taskSize } from "#src/compute/stage.js";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import type { Triple } from "#src/core/shape.js";
import { trainForest } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";
import { root } from "../support/require.js";

/** The engine's own, of which the types for tests do not know. */
const { Module } = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => never } }).WebAssembly;
const module = new Module(readFileSync(join(root, "dist/src/compute/kernels.wasm")));
const stack = (features: FeatureParameters["features"], sigmas: readonly number[]): FeatureParameters => ({
  features,
  sigmas: sigmas.map((s) => [s, s, s]),
  scale: [1, 1, 1],
});
const usual = ["gaussian", "gradient", "hessian"] as const;
const cases: readonly (readonly [brick: Triple, stack: FeatureParameters, channels: readonly DType[]])[] = [
  [[64, 64, 64], stack(usual, [1, 2, 4]), ["uint8"]],
  [[64, 64, 64], stack(usual, [1, 2, 4]), ["uint16", "float32"]],
  [[32, 48, 20], stack(FEATURES, [1, 2]), ["uint8"]],
  [[32, 32, 32], stack(["structure"], [3]), ["uint32"]],
  [[40, 40, 40], stack(["minimum", "deviation", "laplacian"], [4]), ["uint8", "uint8", "uint8"]],
];
for (const [brick, features, channels] of cases)
  for (const operation of [forestLabels, forestShares])
    test(`${operation.name} of ${channels.join(", ")} by ${features.features.join(", ")} in bricks of ${brick.join(" × ")}`, async () => {
      const shape = [20, 20, 20] as const;
      const grey = Object.fromEntries(
        channels.map((dtype, k) => {
          const voxels = voxelArray(dtype, 8000);
          voxels.set(randomVoxels("uint8", 8000, k + 1));
          return [`c${k}`, memoryVolume(voxels, shape)];
        }),
      );
      const painted = memoryVolume(
        Uint8Array.from({ length: 8000 }, (_, k) => k % 5),
        shape,
        { role: "labels" },
      );
      const options = { features: features.features, sigmas: features.sigmas.map(([s]) => s), trees: 20 };
      const { trees, phases } = (await trainForest(grey, painted, options)).toJSON();
      const parameters: ForestParameters = {
        stack: features,
        channels,
        shape: [1000, 1000, 1000],
        trees,
        labels: phases.map(({ label }) => label),
        of: 0,
      };
      const halo = featureHalo(features);
      const slab = brick.map((n, k) => n + 2 * halo[k]!) as unknown as Triple;
      const wasm = new Wasm(module);
      const before = wasm.bytes;
      const box = (dtype: DType, size: Triple) => {
        const { bytes, ...strides } = stridesOf(dtype, size);
        return { ...strides, start: wasm.allocate(bytes), size, dtype };
      };
      const [first, ...besides] = channels.map((dtype) => box(dtype, slab));
      const resultType = operation.result("uint8", parameters);
      const result = box(resultType, brick);
      const resultStart: Triple = [100, 100, 100];
      const slabStart = resultStart.map((n, k) => n - halo[k]!) as unknown as Triple;
      const task = {
        wasm,
        dtype: channels[0]!,
        resultType,
        slab: first!,
        besides,
        halo,
        slabStart,
        resultStart,
        result,
      };
      volumeKernels[operation.name]!(task, parameters as never);
      const claimed = operation.workBytes(taskSize(brick, slab, channels[0]!), channels[0]!, parameters);
      expect(DTYPES[resultType].bytes).toBe(operation === forestLabels ? 1 : 4);
      expect(wasm.bytes - before).toBeLessThan(claimed);
      // Not far more than is needed, or large bricks would be refused for nothing; filters claim whole passes.
      expect(claimed).toBeLessThan(5 * (wasm.bytes - before) + 2 ** 20);
    });
