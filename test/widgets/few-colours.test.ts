/** The picture that a notebook keeps: small, and as near to the view as that allows. */
import { expect, test } from "vitest";
import { fewColours, smaller } from "#widgets/draw/few-colours.js";
import type { Picture } from "#widgets/draw/pictures.js";
import { pictureBundle } from "#widgets/model/picture.js";

const pictureOf = (width: number, height: number, colour: (k: number) => readonly number[]) => ({
  width,
  height,
  pixels: Uint8ClampedArray.from({ length: 4 * width * height }, (_, k) =>
    k % 4 === 3 ? 255 : colour(k >> 2)[k % 4]!,
  ),
});
/** Numbers from a seed. */
const noise = (k: number): number => (Math.imul(k + 1, 2654435761) ^ (Math.imul(k + 7, 40503) >>> 3)) >>> 24;

test("up to 256 colours stay as they are", () => {
  const picture = pictureOf(64, 16, (k) => [k & 255, 255 - (k & 255), 7]);
  const { indices, palette } = fewColours(picture);
  expect(palette.length).toBe(3 * 256);
  for (let k = 0; k < indices.length; k++)
    expect([...palette.subarray(3 * indices[k]!, 3 * indices[k]! + 3)]).toEqual([k & 255, 255 - (k & 255), 7]);
});

test("more colours become those that are near", () => {
  const picture = pictureOf(64, 64, (k) => [noise(k), noise(k) >> 1, 255 - noise(k + 3)]);
  const { indices, palette } = fewColours(picture);
  expect(palette.length / 3).toBeLessThanOrEqual(256);
  for (let k = 0; k < 64 * 64; k++)
    for (let channel = 0; channel < 3; channel++)
      expect(Math.abs(palette[3 * indices[k]! + channel]! - picture.pixels[4 * k + channel]!)).toBeLessThan(64);
});

test("a smaller picture has the mean of the larger one", () => {
  const picture = pictureOf(90, 60, (k) => [noise(k), 100, k % 90]);
  const half = smaller(picture, 0.5);
  expect([half.width, half.height]).toEqual([45, 30]);
  const mean = ({ pixels }: Pick<Picture, "pixels">, channel: number): number => {
    let sum = 0;
    for (let k = channel; k < pixels.length; k += 4) sum += pixels[k]!;
    return (4 * sum) / pixels.length;
  };
  for (const channel of [0, 1, 2]) expect(Math.abs(mean(half, channel) - mean(picture, channel))).toBeLessThan(1);
});

test("even the picture of noise adds less than 200 KB to a notebook, and keeps its place on the page", () => {
  const bundle = pictureBundle(
    pictureOf(640, 640, (k) => [noise(k), noise(k), 128 + (noise(k) >> 1)]),
    "noise",
    [],
  );
  expect(JSON.stringify(bundle).length).toBeLessThan(200_000);
  expect(bundle["text/html"]).toContain('width="640" height="640"');
});
