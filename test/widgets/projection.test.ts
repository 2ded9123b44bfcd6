/** Cameras, transfer function, projection and picking on the CPU: against values that are known. */
import { describe, expect, test } from "vitest";
import { phaseTable, rgb } from "#src/core/phases.js";
import { type ByteVolume, follower, pick, projection, type Rays, sampleAt } from "#widgets/draw/projection.js";
import { clipBox, placeOf, space, voxelAt } from "#widgets/draw/space.js";
import { isoOf, type Transfer, transferTable } from "#widgets/draw/transfer.js";
import { along, axesOf, crossing, dot, projector, type Vector } from "#widgets/draw/turntable.js";

const VIEW = { azimuth: 0, elevation: 0, zoom: 1, pan: [0, 0] as [number, number] };
const close = (a: readonly number[], b: readonly number[]): void => {
  for (const [k, n] of a.entries()) expect(n).toBeCloseTo(b[k]!, 9);
};

describe("the camera", () => {
  test("has the slices' planes as its first views", () => {
    const z = axesOf({ azimuth: 0, elevation: 90 });
    close(z.right, [1, 0, 0]);
    close(z.up, [0, -1, 0]);
    close(z.forward, [0, 0, 1]);
    const y = axesOf({ azimuth: 0, elevation: 0 });
    close(y.right, [1, 0, 0]);
    close(y.up, [0, 0, -1]);
  });

  test.each([
    [10, 20],
    [200, -70],
    [333, 90],
  ])("at %d°, %d° keeps its axes at right angles and goes from screen to space and back", (azimuth, elevation) => {
    const { right, up, forward } = axesOf({ azimuth, elevation });
    for (const [a, b] of [
      [right, up],
      [up, forward],
      [forward, right],
    ] as const)
      expect(dot(a, b)).toBeCloseTo(0, 9);
    const camera = projector({ azimuth, elevation, zoom: 1.7, pan: [0.1, -0.2] }, [1, 0.8, 0.5], {
      width: 300,
      height: 200,
    });
    const { x, y } = camera.toScreen(along(camera.toSpace(40, 150), forward, 3));
    close([x, y], [40, 150]);
  });

  test("knows where a ray is in a box", () => {
    expect(crossing([-1, 0.5, 0.5], [1, 0, 0], { from: [0, 0, 0], to: [2, 1, 1] })).toEqual([1, 3]);
    expect(crossing([-1, 1.5, 0.5], [1, 0, 0], { from: [0, 0, 0], to: [2, 1, 1] })).toBeUndefined();
  });
});

describe("the transfer function", () => {
  const base: Transfer = {
    display: { mode: "composite", iso: null, opacity: 0.6, hidden: [0] },
    scale: [0, 255],
    window: [0, 255],
    thresholds: [100, 200],
    phases: phaseTable(3),
    labelled: false,
  };
  const density = (transfer: Transfer, byte: number): number => transferTable(transfer)[4 * byte + 3]!;

  test("gives each phase between the thresholds its colour, and hides those that are hidden", () => {
    const table = transferTable(base);
    expect([density(base, 100), density(base, 101), density(base, 200), density(base, 201)]).toEqual(
      [0, 0.6, 0.6, 0.6].map(Math.fround),
    );
    // The third phase is green without red.
    expect(table[4 * 255]).toBe(0);
    const [r, g, b] = rgb(phaseTable(3)[1]!.colour);
    expect(table[4 * 150 + 1]! / table[4 * 150]!).toBeCloseTo(g / r, 4);
    expect(table[4 * 150 + 2]! / table[4 * 150]!).toBeCloseTo(b / r, 4);
  });

  test("of an isosurface begins at the largest threshold and goes with it", () => {
    const iso = { ...base, display: { ...base.display, mode: "iso" as const } };
    expect(isoOf(iso)).toBe(200);
    expect([density(iso, 200), density(iso, 201)]).toEqual([0, 1]);
    const moved = { ...iso, thresholds: [100, 150] };
    expect([density(moved, 150), density(moved, 151)]).toEqual([0, 1]);
    expect(isoOf({ ...iso, display: { ...iso.display, iso: 30 } })).toBe(30);
  });

  test("of labels dims what is not selected", () => {
    const labels: Transfer = { ...base, labelled: true, selection: Uint8Array.of(0, 1, 0) };
    expect(density(labels, 1)).toBeCloseTo(0.6, 6);
    expect(density(labels, 2)).toBeLessThan(0.1);
    expect(density(labels, 0)).toBe(0);
  });
});

/** A ball in the middle of a volume of 33 voxels. */
const ball = (): ByteVolume => {
  const values = new Uint8Array(33 ** 3);
  for (let k = 0; k < values.length; k++)
    values[k] = Math.hypot((k % 33) - 16, (Math.floor(k / 33) % 33) - 16, Math.floor(k / 1089) - 16) < 10 ? 200 : 20;
  return { values, shape: [33, 33, 33], voxel: [1 / 33, 1 / 33, 1 / 33], labelled: false };
};
const solid = (above: number): Float32Array => {
  const table = new Float32Array(1024);
  for (let k = 0; k < 256; k++) table.set([1, 1, 1, k > above ? 1 : 0], 4 * k);
  return table;
};
const rays: Rays = { table: solid(100), mode: "composite", lit: false, clip: { from: [0, 0, 0], to: [1, 1, 1] } };

describe("a projection", () => {
  test("takes values between voxels linearly", () => {
    const volume: ByteVolume = {
      values: Uint8Array.of(0, 100, 200, 40),
      shape: [1, 2, 2],
      voxel: [1, 1, 1],
      labelled: false,
    };
    expect(sampleAt(volume, [1, 0.5, 0.5])).toBe(50);
    expect(sampleAt(volume, [1, 1, 0.5])).toBe(85);
    expect(sampleAt({ ...volume, labelled: true }, [1.4, 0.4, 0.5])).toBe(100);
  });

  test("shows a ball as a disc of its size, and a half of it where it is clipped", () => {
    const size = { width: 120, height: 120 };
    const bright = (clip: Rays["clip"]): number => {
      const { pixels } = projection(ball(), { ...rays, clip }, VIEW, [1, 1, 1], size);
      let count = 0;
      for (let k = 0; k < pixels.length; k += 4) if (pixels[k]! > 200) count++;
      return count;
    };
    const { scale } = projector(VIEW, [1, 1, 1], size);
    const disc = Math.PI * ((9.8 / 33) * scale) ** 2;
    const all = bright(rays.clip);
    expect(all / disc).toBeCloseTo(1, 0.9);
    expect(bright({ from: [0, 0, 0], to: [0.5, 1, 1] }) / all).toBeCloseTo(0.5, 1);
  });

  test("of the maximum is the largest value along each ray", () => {
    const table = new Float32Array(1024);
    for (let k = 0; k < 256; k++) table.set([k / 255, 0, 0, 1], 4 * k);
    const met = follower(ball(), { ...rays, table, mode: "mip" })([0.5, 3, 0.5], [0, -1, 0])!;
    expect(met.colour[0]).toBeCloseTo(200 / 255, 2);
    const mean = follower(ball(), { ...rays, table, mode: "average" })([0.5, 3, 0.5], [0, -1, 0])!;
    expect(mean.colour[0]).toBeCloseTo((19.5 * 200 + 13.5 * 20) / 33 / 255, 1);
  });

  test("is pointed at where the ray meets the ball; beside it there is nothing", () => {
    const camera = projector(VIEW, [1, 1, 1], { width: 200, height: 200 });
    const place = pick(ball(), rays, camera, 100, 100)!;
    // The reader looks along −y: the far side in y is in front.
    close([place[0], place[2]], [0.5, 0.5]);
    expect(place[1]).toBeCloseTo(0.5 + 10 / 33, 1);
    expect(pick(ball(), rays, camera, 3, 3)).toBeUndefined();
    const cut = { ...rays, clip: { from: [0, 0, 0] as Vector, to: [1, 0.5, 1] as Vector } };
    expect(pick(ball(), cut, camera, 100, 100)![1]).toBeCloseTo(0.5, 1);
  });
});

test("voxels have their place in space and are found there again; clip planes are in voxels of the first volume", () => {
  const first = { name: "", shape: [10, 20, 40] as const, spacing: [2e-6, 1e-6, 1e-6] as const };
  const unit = space([first]);
  expect(unit.unit).toBeCloseTo(40e-6, 12);
  for (const voxel of [
    [0, 0, 0],
    [9, 19, 39],
    [3, 7, 11],
  ] as const)
    expect(voxelAt(unit, first, placeOf(unit, first, voxel))).toEqual(voxel);
  expect(voxelAt(unit, first, [9, -1, 0.1])).toEqual([2, 0, 39]);
  const larger = { ...first, shape: [20, 20, 40] as const };
  const box = clipBox(unit, first, larger, { start: [2, 0, 0], stop: [10, 5, 40] });
  close(box.from, [0, 0, 0.1]);
  close(box.to, [1, 0.125, 1]);
});
