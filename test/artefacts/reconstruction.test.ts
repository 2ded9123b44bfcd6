import fc from "fast-check";
import { expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { centreOfRotation } from "#src/artefacts/centre-of-rotation.js";
import { angleWeights, filteredBackProjection } from "#src/artefacts/filtered-back-projection.js";
import { flatField } from "#src/artefacts/flat-field.js";
import { forwardProjection } from "#src/artefacts/forward-projection.js";
import { fromSinograms } from "#src/artefacts/projections.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { ellipseLengths } from "#src/simulate/ellipses.js";
import { projections as simulate } from "#src/simulate/projections.js";
import { backProjection } from "../oracle/back-projection.js";
import { memoryVolume } from "../support/memory-volume.js";

const random = (count: number, seed = 1): Float32Array => {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
};
const rms = (a: ArrayLike<number>, b: ArrayLike<number>, use: (k: number) => boolean = () => true): number => {
  let [sum, n] = [0, 0];
  for (let k = 0; k < a.length; k++)
    if (use(k)) {
      sum += (a[k]! - b[k]!) ** 2;
      n++;
    }
  return Math.sqrt(sum / n);
};
const projectionsOf = (values: Float32Array, shape: Shape, angles: readonly number[], brick?: Shape): Volume =>
  memoryVolume(values, shape, { role: "projections", angles, ...(brick && { brick }) });

test("the line integrals of an ellipse sum to its area at every angle and follow its chords", () => {
  const ellipse = { x: 5, y: -7, a: 20, b: 9, turn: 30, attenuation: 1 };
  for (const angle of [0, 0.3, 1.2, 2.9]) {
    const lengths = ellipseLengths(ellipse, angle, 101, 50);
    expect(lengths.reduce((a, b) => a + b, 0)).toBeCloseTo(Math.PI * 20 * 9, 8);
  }
  // A disc seen through its middle: 2r.
  expect(ellipseLengths({ x: 0, y: 0, a: 40, b: 40, attenuation: 1 }, 0.7, 101, 50)[50]).toBeCloseTo(80, 1);
});

test("projections of a drawn slice are those known in closed form", async () => {
  const { truth, absorbances } = await simulate({ columns: 128, angles: 12, rows: 1, photons: 0 });
  const projected = await forwardProjection(truth, { angles: absorbances.angles! });
  expect(projected.role).toBe("projections");
  expect(projected.angles).toEqual(absorbances.angles);
  const [ours, exact] = [await projected.read(), await absorbances.read()];
  const [, largest] = absorbances.range;
  expect(rms(ours, exact) / largest).toBeLessThan(0.004);
});

test("a slice reconstructed from exact projections is the slice", async () => {
  for (const centre of [undefined, 70.25]) {
    const { truth, absorbances } = await simulate({ columns: 128, rows: 1, photons: 0, ...(centre && { centre }) });
    const slices = await filteredBackProjection(absorbances, { filter: "ram-lak", ...(centre && { centre }) });
    const [ours, exact] = [await slices.read(), await truth.read()];
    // Edges ring in any reconstruction: the inside of the disc is compared, away from all edges.
    const inside = (k: number): boolean => {
      const [y, x] = [Math.floor(k / 128), k % 128];
      for (let dy = -4; dy <= 4; dy++)
        for (let dx = -4; dx <= 4; dx++) if (exact[(y + dy) * 128 + x + dx] !== exact[k]) return false;
      return (y - 63.5) ** 2 + (x - 63.5) ** 2 < 45 ** 2;
    };
    expect(ours.filter((_, k) => inside(k)).length).toBeGreaterThan(1000);
    expect(rms(ours, exact, inside) / truth.range[1]).toBeLessThan(0.012);
    // The mean of a slice does not depend on edges: total absorbance is kept.
    const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum(ours) / sum(exact) - 1)).toBeLessThan(0.005);
  }
});

test("filtered back projection does what its definition says", async () => {
  const angles = Array.from({ length: 11 }, (_, k) => (180 * k) / 11);
  const sinogram = random(11 * 21);
  const volume = projectionsOf(sinogram, [11, 1, 21], angles);
  const ours = await (await filteredBackProjection(volume, { filter: "ram-lak", centre: 9.3, circle: false })).read();
  const oracle = backProjection(sinogram, 21, angles, 9.3);
  for (const [k, value] of oracle.entries()) expect(Math.abs(ours[k]! - value)).toBeLessThan(2e-6);
});

test("smoother windows give smoother slices with the same mean", async () => {
  const { absorbances } = await simulate({ columns: 96, rows: 1, photons: 0 });
  const noisy = projectionsOf(
    Float32Array.from(await absorbances.read(), (value, k) => value + 0.05 * (((k * 7919) % 101) / 50 - 1)),
    absorbances.shape,
    absorbances.angles!,
  );
  const spread = async (filter: "ram-lak" | "shepp-logan" | "hann"): Promise<[number, number]> => {
    const values = Array.from(await (await filteredBackProjection(noisy, { filter })).read());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const middle = values.filter((_, k) => Math.hypot(Math.floor(k / 96) - 47.5, (k % 96) - 47.5) < 6);
    const inner = middle.reduce((a, b) => a + b, 0) / middle.length;
    return [mean, Math.sqrt(middle.reduce((sum, value) => sum + (value - inner) ** 2, 0) / middle.length)];
  };
  const [ramLak, sheppLogan, hann] = [await spread("ram-lak"), await spread("shepp-logan"), await spread("hann")];
  expect(ramLak[1]).toBeGreaterThan(sheppLogan[1]);
  expect(sheppLogan[1]).toBeGreaterThan(hann[1]);
  expect(Math.abs(hann[0] / ramLak[0] - 1)).toBeLessThan(0.01);
});

test("the slices do not depend on bricks and workers, and rows choose slices", async () => {
  const angles = Array.from({ length: 17 }, (_, k) => (180 * k) / 17);
  const values = random(17 * 7 * 23, 5);
  const whole = await filteredBackProjection(projectionsOf(values, [17, 7, 23], angles));
  const expected = await whole.read();
  expect(whole.shape).toEqual([7, 23, 23]);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 23 })),
      fc.integer({ min: 1, max: 4 }),
      async (brick, workers) => {
        const other = await filteredBackProjection(projectionsOf(values, [17, 7, 23], angles, brick), { workers });
        expect(await other.read()).toEqual(expected);
      },
    ),
    { numRuns: 6, seed: 3 },
  );
  const part = await filteredBackProjection(projectionsOf(values, [17, 7, 23], angles), { rows: [2, 5] });
  expect(await part.read()).toEqual(expected.slice(2 * 23 * 23, 5 * 23 * 23));
});

test("projections over a whole turn, in any order, weigh as those over half of it", async () => {
  const weights = angleWeights(Float64Array.from({ length: 36 }, (_, k) => (k * Math.PI) / 18));
  for (const weight of weights) expect(weight).toBeCloseTo(1 / 36, 6);
  const shuffled = angleWeights(Float64Array.from([0, 90, 45, 135, 180], (degree) => (degree * Math.PI) / 180));
  expect([...shuffled].map((weight) => Number(weight.toFixed(6)))).toEqual([0.125, 0.25, 0.25, 0.25, 0.125]);
  // A wedge of 60° is missing: its neighbours do not stand for it.
  const wedge = angleWeights(Float64Array.from({ length: 121 }, (_, k) => (k * Math.PI) / 180));
  expect(wedge[0]! / wedge[60]!).toBeCloseTo(1, 6);
});

test("from counts to slices: flat field, logarithm and centre give back the sample through noise", async () => {
  const scan = await simulate({ columns: 161, rows: 1, centre: 76.3, seed: 3 });
  const transmission = await flatField(scan);
  expect([transmission.dtype, transmission.role, transmission.angles]).toEqual([
    "float32",
    "projections",
    scan.projections.angles,
  ]);
  const absorbances = await absorbance(transmission);
  const exact = await scan.absorbances.read();
  // Noise of 20 000 photons in front and of ten flats: about 1 % at transmissions of 0.35.
  expect(rms(await absorbances.read(), exact)).toBeLessThan(0.015);
  const centre = await centreOfRotation(absorbances);
  expect(Math.abs(centre - 76.3)).toBeLessThan(0.25);
  const [ours, truth] = [await (await filteredBackProjection(absorbances, { centre })).read(), await scan.truth.read()];
  expect(rms(ours, truth) / scan.truth.range[1]).toBeLessThan(0.1);
});

test("a pixel that never answers is filled from its neighbours, and counted", async () => {
  const frame = (values: number[], role: "intensity" | "projections" = "intensity"): Volume =>
    memoryVolume(Uint16Array.from(values), [1, 1, 5], { role });
  const scan = {
    projections: frame([60, 110, 0, 30, 10], "projections"),
    flats: frame([110, 210, 10, 110, 210]),
    darks: frame([10, 10, 10, 10, 10]),
  };
  const transmission = await flatField(scan);
  const values = [...(await transmission.read())];
  for (const [k, expected] of [0.5, 0.5, 0.35, 0.2, 0].entries()) expect(values[k]).toBeCloseTo(expected, 6);
  expect(transmission.provenance.parameters).toEqual({ deadPixels: 1 });
  const logarithm = await (await absorbance(transmission, { least: 0.01 })).read();
  expect(logarithm[0]).toBeCloseTo(Math.LN2, 6);
  expect(logarithm[4]).toBeCloseTo(-Math.log(0.01), 5);
  await expect(flatField({ ...scan, flats: scan.darks })).rejects.toThrow("no pixel of the flats is above the darks");
  await expect(flatField({ ...scan, flats: undefined })).rejects.toMatchObject({ code: "MissingData" });
  await expect(flatField({ ...scan, darks: memoryVolume(new Uint16Array(4), [1, 1, 4]) })).rejects.toThrow(
    "darks: 1 × 4 pixels, but the projections have 1 × 5",
  );
});

test("the centre is found wherever it is, also over a whole turn, and a search too narrow is told", async () => {
  for (const centre of [70, 79.75, 86.5]) {
    const { absorbances } = await simulate({ columns: 160, rows: 1, photons: 0, centre, angles: 90 });
    expect(Math.abs((await centreOfRotation(absorbances)) - centre)).toBeLessThan(0.25);
  }
  const turn = Array.from({ length: 240 }, (_, k) => 1.5 * k);
  const { absorbances } = await simulate({ columns: 160, rows: 1, photons: 0, centre: 83.2, angles: turn });
  expect(Math.abs((await centreOfRotation(absorbances)) - 83.2)).toBeLessThan(0.25);
  await expect(centreOfRotation(absorbances, { search: [70, 78] })).rejects.toMatchObject({ code: "ComputeFailed" });
});

test("a stack of sinograms is turned into projections", async () => {
  const values = Uint16Array.from({ length: 3 * 4 * 5 }, (_, k) => k);
  const stack = memoryVolume(values, [3, 4, 5], { brick: [2, 3, 4] });
  const turned = await fromSinograms(stack, { angles: 360 });
  expect([turned.shape, turned.dtype, turned.role, turned.angles]).toEqual([
    [4, 3, 5],
    "uint16",
    "projections",
    [0, 90, 180, 270],
  ]);
  for (let y = 0; y < 3; y++) expect((await turned.plane("y", y)).values).toEqual((await stack.plane("z", y)).values);
  await expect(fromSinograms(stack, { angles: [1, 2] })).rejects.toThrow("got 2 of them for sinograms of 4 rows");
});

test("what is no projection, or has no angles, is refused with the remedy", async () => {
  const plain = memoryVolume(new Float32Array(60), [3, 4, 5]);
  const untold = plain.with({ role: "projections" });
  await expect(filteredBackProjection(plain)).rejects.toThrow('with({ role: "projections"');
  await expect(filteredBackProjection(untold)).rejects.toMatchObject({ code: "MissingData" });
  expect(() => untold.with({ angles: [0, 1] })).toThrow("got 2 of them for 3 projections");
  const told = untold.with({ angles: [0, 60, 120] });
  await expect(filteredBackProjection(told, { centre: 7 })).rejects.toThrow("centre (columns) is 7");
  await expect(filteredBackProjection(told, { filter: "ramp" as never })).rejects.toThrow("ram-lak, shepp-logan, hann");
  await expect(filteredBackProjection(told, { rows: [2, 2] })).rejects.toThrow("rows is [2,2]");
  await expect(centreOfRotation(told)).rejects.toThrow("5 columns are too few");
  await expect(forwardProjection(plain, { angles: [Number.NaN] })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(filteredBackProjection(told, { memoryLimit: 100 })).rejects.toMatchObject({ code: "LimitExceeded" });
  await expect(filteredBackProjection(told, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
});
