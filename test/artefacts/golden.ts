/** Expected values that test/golden/make/artefacts.py made, and the inputs they were made from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

export interface GoldenImage {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly largest: number;
  readonly probes: readonly number[];
}

export const golden = JSON.parse(readFileSync(join(root, "test/golden/artefacts.json"), "utf8")) as {
  readonly radon: GoldenImage;
  readonly iradon: Readonly<Record<"ram-lak" | "shepp-logan" | "hann", GoldenImage>>;
  readonly striped: GoldenImage;
  readonly sorting: GoldenImage;
  readonly dead: GoldenImage;
  readonly large: GoldenImage;
  readonly all: GoldenImage;
  readonly wavelet: GoldenImage;
  readonly paganin: GoldenImage;
  readonly rings: Readonly<Record<"1" | "3", GoldenImage>>;
  readonly cupping: Readonly<Record<"low-pass" | "classes", GoldenImage>>;
  readonly zernike: GoldenImage;
  readonly streaks: GoldenImage;
  readonly tooth: {
    readonly theta: readonly [number, number];
    readonly transmission: GoldenImage;
    readonly absorbance: GoldenImage;
    readonly centre: readonly [number, number];
  };
  readonly neutron: { readonly centre: number };
};

export const g8 = referenceGrey(referencePhases(64), 8);

/** Compares an image with the golden one, relative to its largest value. */
export function expectImage(values: ArrayLike<number>, expected: GoldenImage, tolerance: number): void {
  expect(values.length).toBe(expected.shape.reduce((a, b) => a * b, 1));
  const mean = Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  expect(Math.abs(mean - expected.mean) / expected.largest).toBeLessThan(tolerance);
  const step = values.length < 10_000 ? 97 : 997;
  let worst = 0;
  for (const [k, probe] of expected.probes.entries()) worst = Math.max(worst, Math.abs(values[13 + step * k]! - probe));
  expect(worst / expected.largest).toBeLessThan(tolerance);
}

export const projectionsOf = (values: Float32Array, shape: Shape, angles: readonly number[]): Volume =>
  memoryVolume(values, shape, { role: "projections", angles, brick: [32, 8, 64] });
