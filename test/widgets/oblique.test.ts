/** Planes along no axis, against closed forms and the planes along axes. */
import { expect, test } from "vitest";
import type { Shape, Triple } from "#src/core/shape.js";
import { checkObliquePlane, obliqueValues } from "#widgets/model/oblique.js";
import { memoryVolume } from "../support/memory-volume.js";

const SHAPE: Shape = [9, 11, 13];
const at = (k: number): Triple => [Math.floor(k / 143), Math.floor(k / 13) % 11, k % 13];
/** A volume that is linear in space: between voxels it is what linear interpolation says. */
const linear = (z: number, y: number, x: number): number => 3 * z - 2 * y + 0.5 * x + 40;
const slope = memoryVolume(
  Float32Array.from({ length: 1287 }, (_, k) => linear(...at(k))),
  SHAPE,
  { brick: [4, 3, 5] },
);

test("a plane along an axis is that plane, for any brick shape", async () => {
  const scan = memoryVolume(
    Uint16Array.from({ length: 1287 }, (_, k) => (k * 7919) % 5000),
    SHAPE,
    { brick: [2, 4, 3] },
  );
  for (const nearest of [true, false]) {
    const z = await obliqueValues(
      scan,
      { origin: [4, 0, 0], right: [0, 0, 1], down: [0, 1, 0], width: 13, height: 11 },
      nearest,
    );
    expect(z.values).toEqual((await scan.plane("z", 4)).values);
    const x = await obliqueValues(
      scan,
      { origin: [0, 0, 7], right: [0, 1, 0], down: [1, 0, 0], width: 11, height: 9 },
      nearest,
    );
    expect(x.values).toEqual((await scan.plane("x", 7)).values);
    expect(x.inside.every((one) => one === 1)).toBe(true);
  }
});

test("a tilted plane has the values between the voxels, and outside nothing", async () => {
  const right: Triple = [0.3, -0.2, 0.7];
  const down: Triple = [0.4, 0.6, -0.1];
  const origin: Triple = [1.2, 3.4, 0.1];
  const { values, inside } = await obliqueValues(slope, { origin, right, down, width: 30, height: 40 }, false);
  let within = 0;
  for (let row = 0; row < 40; row++)
    for (let column = 0; column < 30; column++) {
      const place = origin.map((n, k) => n + row * down[k]! + column * right[k]!) as unknown as Triple;
      const is = place.every((n, k) => n >= -0.5 && n <= SHAPE[k]! - 0.5);
      expect(inside[row * 30 + column]).toBe(is ? 1 : 0);
      // In the outer half of the outermost voxels it stays at their centres.
      const held = place.map((n, k) => Math.min(SHAPE[k]! - 1, Math.max(0, n))) as unknown as Triple;
      if (is) expect(values[row * 30 + column]).toBeCloseTo(linear(...held), 4);
      within += is ? 1 : 0;
    }
  expect(within).toBeGreaterThan(50);
  expect(within).toBeLessThan(1200);
});

test("labels are those of the nearest voxels, never between", async () => {
  const labels = memoryVolume(
    Uint8Array.from({ length: 1287 }, (_, k) => (at(k)[2] < 6 ? 10 : 200)),
    SHAPE,
    { brick: [4, 4, 4] },
  );
  const { values, inside } = await obliqueValues(
    labels,
    { origin: [1, 1, 0], right: [0.1, 0.1, 0.2], down: [0.1, 0, 0], width: 60, height: 20 },
    true,
  );
  expect(new Set(values.filter((_, k) => inside[k] === 1))).toEqual(new Set([10, 200]));
});

test("what is no plane is refused", () => {
  const good = { origin: [0, 0, 0], right: [0, 0, 1], down: [0, 1, 0], width: 4, height: 4 };
  expect(checkObliquePlane(good)).toEqual(good);
  for (const bad of [
    null,
    5,
    { ...good, width: 1e9 },
    { ...good, origin: [0, 0] },
    { ...good, down: [0, Number.NaN, 0] },
    { ...good, right: "xyz" },
  ])
    expect(() => checkObliquePlane(bad)).toThrow("oblique plane");
});
