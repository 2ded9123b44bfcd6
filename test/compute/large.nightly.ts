/** A volume larger than the memory limit: filtered, thresholded and counted from scratch files, and right everywhere. */
import { afterAll, expect, test } from "vitest";
import { buildVolume } from "#src/compute/build.js";
import { machine } from "#src/compute/memory.js";
import { trace } from "#src/core/provenance.js";
import { median, phaseFractions, release, threshold, type Volume } from "#src/index.js";

const EDGE = 1024;
const LIMIT = 400 * 2 ** 20;
const volumes: Volume[] = [];
afterAll(() => volumes.forEach(release));

/** Balls on a lattice over noise: any value from its coordinates alone. */
function value(z: number, y: number, x: number): number {
  let h = Math.imul(z, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(x, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  const [a, b, c] = [(z & 63) - 32, (y & 63) - 32, (x & 63) - 32];
  return (a * a + b * b + c * c < 600 ? 180 : 60) + ((h ^ (h >>> 13)) & 31);
}

test("1024³ voxels pass through 400 MiB", { timeout: 1_800_000 }, async () => {
  const shape = [EDGE, EDGE, EDGE] as const;
  const options = { memoryLimit: LIMIT };
  const scan = await buildVolume(
    { shape, dtype: "uint8", role: "intensity", provenance: trace("test", {}) },
    async (writer) => {
      const plane = new Uint8Array(EDGE * EDGE);
      for (let z = 0; z < EDGE; z++) {
        for (let y = 0, k = 0; y < EDGE; y++) for (let x = 0; x < EDGE; x++, k++) plane[k] = value(z, y, x);
        await writer.writePlanes(z, plane);
      }
    },
    options,
  );
  volumes.push(scan);
  expect(scan.store.memoryBytes).toBe(0);
  let most = 0;
  const clean = await median(scan, {
    ...options,
    onProgress: () => {
      most = Math.max(most, machine.used);
    },
  });
  volumes.push(clean);
  expect(clean.store.memoryBytes).toBe(0);
  expect(most).toBeLessThanOrEqual(LIMIT);
  const phases = await threshold(clean, 140, options);
  volumes.push(phases);

  // Against the definition, where bricks meet and at the borders.
  for (const at of [
    [0, 0, 0],
    [63, 127, 127],
    [64, 128, 128],
    [511, 640, 300],
    [1023, 1023, 1023],
    [1023, 0, 512],
  ] as const) {
    const around = [
      [0, 0, 0],
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
      [0, 0, -1],
    ].map((step) => {
      const [z, y, x] = at.map((n, k) => Math.min(EDGE - 1, Math.max(0, n + step[k]!))) as [number, number, number];
      return value(z, y, x);
    });
    expect(await clean.at(at[0], at[1], at[2]), String(at)).toBe(around.sort((a, b) => a - b)[3]);
  }

  // Every lattice cell is the same but for noise, which does not reach the threshold.
  let inside = 0;
  for (let z = -32; z < 32; z++)
    for (let y = -32; y < 32; y++) for (let x = -32; x < 32; x++) if (z * z + y * y + x * x < 600) inside++;
  const table = await phaseFractions(phases, options);
  const [, bright] = [...table.getChild("fraction")!].map(Number);
  expect(bright).toBeCloseTo(inside / 64 ** 3, 2);
  const counted = [...table.getChild("voxels")!].map(Number);
  expect(counted[0]! + counted[1]!).toBe(EDGE ** 3);
});
