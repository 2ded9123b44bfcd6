import { expect, test } from "vitest";
import { displaySymbol } from "#src/core/display.js";
import type { Shape, Triple } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { phasePicture } from "#src/measure/phase-picture.js";
import { rayCast } from "#src/measure/ray-cast.js";
import { labelMask } from "#src/segment/label-mask.js";
import { samples } from "#src/simulate/samples.js";
import { memoryVolume } from "../support/memory-volume.js";

const shape: Shape = [11, 13, 9];
const count = 11 * 13 * 9;
/** A sparse body, so that rays pass through it. */
const labels = Uint8Array.from({ length: count }, (_, k) => {
  const random = Math.imul(k + 1, 2654435761) >>> 24;
  return random < 20 ? 1 : random < 40 ? 2 : 0;
});
const colours = new Map<number, Triple>([
  [1, [200, 0, 0]],
  [2, [0, 0, 200]],
]);
const at = (z: number, y: number, x: number): number => (z * 13 + y) * 9 + x;
const seen = (pixels: Uint8ClampedArray, k: number): number =>
  pixels[4 * k + 3] === 0 ? 0 : pixels[4 * k]! > 0 ? 1 : 2;

test("from the front each pixel shows the first voxel that is not clear", () => {
  const size = 64;
  const pixels = rayCast({ labels, shape, edges: [1, 1, 1] }, colours, size, { azimuth: 0, elevation: 0 });
  const reach = Math.hypot(5.5, 6.5, 4.5);
  let shown = 0;
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const [z, x] = [row, column].map((k, axis) =>
        Math.floor(((k + 0.5) * 2 * reach) / size - reach + shape[2 * axis]! / 2),
      ) as [number, number];
      let expected = 0;
      if (z >= 0 && z < 11 && x >= 0 && x < 9)
        for (let y = 0; y < 13 && expected === 0; y++) expected = labels[at(z, y, x)]!;
      expect(seen(pixels, row * size + column)).toBe(expected);
      if (expected > 0) shown++;
    }
  expect(shown).toBeGreaterThan(500);
});

test("from anywhere it shows what small steps along the ray meet first, with edges of unlike length", () => {
  const [size, edges] = [48, [2.5, 1, 1.5]] as const;
  const viewpoint = { azimuth: -130, elevation: 40 };
  const pixels = rayCast({ labels, shape, edges: edges as unknown as Triple }, colours, size, viewpoint);
  const [turn, rise] = [(-130 * Math.PI) / 180, (40 * Math.PI) / 180];
  const forward = [Math.sin(rise), Math.cos(rise) * Math.cos(turn), Math.cos(rise) * Math.sin(turn)];
  const right = [0, -Math.sin(turn), Math.cos(turn)];
  const down = [Math.cos(rise), -Math.sin(rise) * Math.cos(turn), -Math.sin(rise) * Math.sin(turn)];
  const half = shape.map((n, k) => (n * edges[k]!) / 2);
  const reach = Math.hypot(...half);
  let unlike = 0;
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const [v, u] = [row, column].map((k) => ((k + 0.5) * 2 * reach) / size - reach) as [number, number];
      let expected = 0;
      for (let t = -reach; t < reach && expected === 0; t += 0.01) {
        const voxel = half.map((h, k) => Math.floor((down[k]! * v + right[k]! * u + forward[k]! * t + h) / edges[k]!));
        if (voxel.every((place, k) => place >= 0 && place < shape[k]!))
          expected = labels[at(...(voxel as [number, number, number]))]!;
      }
      if (seen(pixels, row * size + column) !== expected) unlike++;
    }
  // A step may jump over the corner of a voxel.
  expect(unlike).toBeLessThan(0.01 * size * size);
});

test("a surface that faces the lamp is brighter than one that is turned away", () => {
  const ball = Uint8Array.from({ length: 41 ** 3 }, (_, k) =>
    Math.hypot(Math.floor(k / 1681) - 20, (Math.floor(k / 41) % 41) - 20, (k % 41) - 20) < 16 ? 1 : 0,
  );
  const pixels = rayCast({ labels: ball, shape: [41, 41, 41], edges: [1, 1, 1] }, colours, 81, {
    azimuth: 20,
    elevation: 30,
  });
  const red = (row: number, column: number): number => pixels[4 * (row * 81 + column)]!;
  expect(red(30, 35)).toBeGreaterThan(red(52, 47) + 40);
  expect(pixels[3]).toBe(0);
});

test("the picture tells the fractions of all voxels, also of those it skips", async () => {
  const scan = await samples.electrode({ shape: [20, 33, 47], diameter: 12 });
  const truth = scan.truth!;
  const picture = await phasePicture(truth, { detail: 16, size: 40 });
  const fractions = [...(await phaseFractions(truth)).getChild("fraction")!] as number[];
  expect(picture.phases.map(({ fraction }) => fraction)).toEqual(fractions);
  expect(picture.pictures.map(({ name }) => name)).toEqual(["all phases", "pore", "binder", "active material"]);
  const bundle = picture[displaySymbol]();
  expect(bundle["text/plain"]).toMatch(/^pore \d+\.\d %, binder \d+\.\d %, active material \d+\.\d %$/);
  expect(String(bundle["text/html"]).match(/<img /g)).toHaveLength(5);
  for (const { png } of picture.pictures) expect([...png.subarray(16, 24)]).toEqual([0, 0, 0, 40, 0, 0, 0, 40]);

  const region = { start: [0, 0, 0], stop: [10, 20, 30] } as const;
  const part = await phasePicture(truth, { region, phases: ["binder", 2], size: 32 });
  expect(part.pictures.map(({ name }) => name)).toEqual(["all phases", "binder", "active material"]);
  expect(part.phases.map(({ fraction }) => fraction)).toEqual([
    ...(await phaseFractions(truth, { region })).getChild("fraction")!,
  ]);
});

test("a mask has two phases, and names of phases are no HTML", async () => {
  const scan = await samples.electrode({ shape: [8, 16, 16], diameter: 8 });
  const inside = await phasePicture(await labelMask(scan.truth!, 2), { size: 32, phases: ["inside"] });
  expect(inside.pictures.map(({ name }) => name)).toEqual(["all phases", "inside"]);
  const ones = Uint8Array.from({ length: 64 }, (_, k) => (k % 5 === 0 ? 1 : 0));
  const [one, other] = [ones, ones.map((value) => 255 * value)].map((values) =>
    memoryVolume(values, [4, 4, 4], { role: "mask" }),
  ) as [Volume, Volume];
  expect((await phasePicture(one, { size: 32 })).pictures).toEqual((await phasePicture(other, { size: 32 })).pictures);
  const hostile = scan.truth!.with({ phaseNames: ["<img onerror=alert(1)>", "b", "c"] });
  expect(String((await phasePicture(hostile, { size: 32 }))[displaySymbol]()["text/html"])).not.toContain(
    "<img onerror",
  );
});

test("what cannot be drawn is refused, and a picture can be stopped", async () => {
  const mask = memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "labels" });
  await expect(phasePicture(mask, { size: 8 })).rejects.toThrow(
    "size (pixels) is 8; allowed is a whole number from 32 to 1024",
  );
  await expect(phasePicture(mask, { elevation: 100 })).rejects.toThrow("elevation (degrees) is 100");
  await expect(phasePicture(mask, { phases: "iron" as never })).rejects.toThrow("give a list of names or labels");
  await expect(phasePicture(mask, { phases: ["iron"] })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(phasePicture(mask, { pixels: 8 } as object)).rejects.toThrow("has no option `pixels`");
  const outside = memoryVolume(new Uint8Array(64).fill(255), [4, 4, 4], { role: "labels" });
  await expect(phasePicture(outside)).rejects.toThrow("no voxel belongs to a phase");
  await expect(phasePicture(mask, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});
