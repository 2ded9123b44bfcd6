/**
 * Every value of `../shared/bench/reference.json` whose function is there: what SciPy, scikit-image and SimpleITK give for
 * the 64³ reference volume. Voxel-exact for filters that choose among voxels, within 1e-5 of the largest value for the rest,
 * unless an entry says why the two cannot agree.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Voxels } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import {
  affineTransform,
  anisotropicDiffusion,
  chanVese,
  closing,
  components,
  dilation,
  distanceTransform,
  erosion,
  features,
  fillHoles,
  gaussian,
  gradientMagnitude,
  histogram,
  hMaxima,
  hysteresisThreshold,
  interfaceAreas,
  isodata,
  laplacianOfGaussian,
  li,
  localDeviation,
  localThreshold,
  maximum,
  mean,
  median,
  minimum,
  mode,
  multiOtsu,
  nonLocalMeans,
  opening,
  otsu,
  percentile,
  removeSmall,
  snowPartition,
  threshold,
  triangle,
  um,
  unsharpMask,
  type Volume,
  watershed,
  yen,
} from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { dataFolder, lacks } from "../support/require.js";

/** What the file says of an array. */
interface Described {
  readonly crc32?: string;
  readonly sum?: number;
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly percentiles: readonly number[];
  readonly probes?: readonly number[];
}

interface Agreement {
  /** Voxels at the borders that the other program treats in its own way: only probes inside are compared. */
  readonly margin?: number;
  /** Relative to the largest value. Default 1e-5. */
  readonly tolerance?: number;
  /** What the other program gives for one of ours. */
  readonly factor?: number;
}

const shape = [64, 64, 64] as const;
const brick = [24, 32, 40] as const;
const phases = referencePhases(64);
const g8 = memoryVolume(referenceGrey(phases, 8), shape, { brick });
const g16 = memoryVolume(referenceGrey(phases, 16), shape, { brick });
const only = (label: number): Volume =>
  memoryVolume(
    Uint8Array.from(phases, (value) => (value === label ? 1 : 0)),
    shape,
    { brick, role: "mask" },
  );
const am = only(2);
const pore = only(0);
/** Peaks of the distance in boxes of 9, more than 3 voxels deep; those that touch are one. */
async function markersOfAm(): Promise<Volume> {
  const distances = await distanceTransform(am);
  const highest = await (await maximum(distances, { radius: 4 })).read();
  const peaks = Uint8Array.from(await distances.read(), (value, k) => (value === highest[k] && value > 3 ? 1 : 0));
  return components(memoryVolume(peaks, shape, { brick, role: "mask" }), { connectivity: 26 });
}
/** SciPy's morphology sees nothing beyond the faces. */
const empty = { border: { constant: 0 } } as const;
const ball3 = { radius: 3, ...empty } as const;
const float = { dtype: "float32" } as const;
const cube = { shape: "box", radius: 1 } as const;
const medianOfCube = (): Promise<Volume> => median(g8, cube);
/** The conductance 3 of ITK, which takes exp(−|∇v|²/2K²). */
const itk = { edge: { relative: 3 * Math.SQRT2 }, timeStep: 0.0625, iterations: 5, ...float } as const;
/** The parameters of both calls of scikit-image, in our terms: see `nonLocalMeans`. */
const similar = { noise: 14, search: 3, ...float } as const;

const VOLUMES: Readonly<Record<string, readonly [call: () => Promise<Volume>, agreement?: Agreement]>> = {
  input_g8: [async () => g8],
  input_g16: [async () => g16],
  median_cube3: [medianOfCube],
  median_cube5: [() => median(g8, { shape: "box", radius: 2 })],
  median_cube3_g16: [() => median(g16, cube)],
  median_cube3_itk: [() => median(g8, { ...cube, border: "nearest" })],
  percentile25_cube3: [() => percentile(g8, 25, cube)],
  min_cube3: [() => minimum(g8)],
  max_cube3: [() => maximum(g8)],
  // At the borders scikit-image's rank filters cut the neighbourhood off.
  modal_cube3: [() => mode(g8), { margin: 1, tolerance: 0 }],
  rank_median_ball3: [() => median(g8, { radius: 3 }), { margin: 3, tolerance: 0 }],
  gaussian_s2_scipy_reflect: [() => gaussian(g8, { sigma: 2, ...float })],
  gaussian_s1_scipy_nearest: [() => gaussian(g8, { sigma: 1, border: "nearest", ...float })],
  // Not a sampled Gaussian: a recursive approximation, and the discrete analogue by Bessel functions (Lindeberg 1990).
  gaussian_s2_itk_recursive: [() => gaussian(g8, { sigma: 2, ...float }), { margin: 8, tolerance: 2e-3 }],
  gaussian_s2_itk_discrete: [() => gaussian(g8, { sigma: 2, ...float }), { margin: 8, tolerance: 1e-2 }],
  mean_cube3: [() => mean(g8, float)],
  std_cube3: [() => localDeviation(g8)],
  // The weights of SciPy's Sobel operator sum to 32 over a slope of one.
  sobel_magnitude: [() => gradientMagnitude(g8, { method: "sobel" }), { factor: 32 }],
  laplace: [() => laplacianOfGaussian(g8, { sigma: 0 })],
  gaussian_gradient_magnitude_s1: [() => gradientMagnitude(g8)],
  unsharp_r2_a1: [() => unsharpMask(g8, { sigma: 2, amount: 1, ...float })],
  // Its exponential is an approximation that is off by up to 4 % (Schraudolph 1999); its borders mirror without the edge voxel.
  nl_means_fast: [
    () => nonLocalMeans(g8, { patch: 2, strength: 11 * Math.sqrt(27 / 8), ...similar }),
    { margin: 5, tolerance: 5e-3 },
  ],
  gradient_anisotropic_5it: [() => anisotropicDiffusion(g8, itk)],
  curvature_anisotropic_5it: [() => anisotropicDiffusion(g8, { ...itk, method: "curvature" })],
  local_threshold_mean35: [() => localThreshold(g8, { method: "mean", radius: 17 })],
  niblack_25: [() => localThreshold(g8, { method: "niblack", radius: 12, border: "mirror" })],
  sauvola_25: [() => localThreshold(g8, { radius: 12, border: "mirror" })],
  // Corners on corners: 63 steps between the centres become 31.
  zoom_half_linear: [
    () =>
      affineTransform(
        g8,
        [0, 1, 2].map((row) => [0, 1, 2].map((column) => (row === column ? 63 / 31 : 0))),
        { shape: [32, 32, 32], border: "nearest", ...float },
      ),
  ],
  affine_rot005_linear: [
    () =>
      affineTransform(
        g8,
        [
          [1, 0, 0],
          [0, Math.cos(0.05), -Math.sin(0.05)],
          [0, Math.sin(0.05), Math.cos(0.05)],
        ],
        { offset: [1.4, 3, -2], ...float },
      ),
  ],
  erosion_cube3_am: [() => erosion(am, { ...cube, ...empty })],
  dilation_cube3_am: [() => dilation(am, { ...cube, ...empty })],
  erosion_ball3_am: [() => erosion(am, ball3)],
  dilation_ball3_am: [() => dilation(am, ball3)],
  opening_ball3_am: [() => opening(am, ball3)],
  // Between its two steps SciPy sees nothing beyond the faces either, so that the second one eats at them.
  closing_ball3_am: [async () => erosion(await dilation(am, ball3), ball3)],
  grey_opening_cube3: [() => opening(g8, cube)],
  grey_closing_cube3: [() => closing(g8, cube)],
  label6_pore_scipy: [() => components(pore)],
  edt_pore: [() => distanceTransform(pore)],
  edt_am: [() => distanceTransform(am)],
  edt_am_anisotropic_3_2_1: [() => distanceTransform(am.with({ spacing: [um(3), um(2), um(1)] }))],
  markers_am: [markersOfAm],
  watershed_am: [async () => watershed(await distanceTransform(am), await markersOfAm(), { from: "high", mask: am })],
  chan_vese_10it: [() => chanVese(g8, { start: 120, iterations: 10, border: "closed" })],
  hysteresis_100_160: [async () => hysteresisThreshold(await medianOfCube(), 100, 160)],
  fill_holes_am: [() => fillHoles(am)],
  remove_small_200_pore6: [() => removeSmall(pore, 200)],
  // Its 256 bins divide the range of the volume, 15 to 225, and not the whole numbers; it cuts where a bin ends, we in its middle.
  multiotsu3_itk_labels: [
    async () => {
      const bars = await histogram(g8, { bins: 256, range: g8.range });
      return threshold(
        g8,
        (await multiOtsu(bars, { classes: 3 })).map((cut) => cut + bars.step / 2),
      );
    },
  ],
};

/** Number of components, and voxels of the five largest. */
async function countedComponents(mask: Volume): Promise<Record<string, { count: number; largest: number[] }>> {
  const out: Record<string, { count: number; largest: number[] }> = {};
  for (const connectivity of [6, 18, 26] as const) {
    const labels = await components(mask, { connectivity });
    const { counts } = await histogram(labels, { bins: labels.range[1], range: [0.5, labels.range[1] + 0.5] });
    const largest = Array.from(counts).sort((a, b) => b - a);
    out[connectivity] = { count: counts.length, largest: largest.slice(0, 5) };
  }
  return out;
}

type Numbers = number | readonly number[] | Readonly<Record<string, number>>;

const NUMBERS: Readonly<Record<string, () => Promise<Numbers>>> = {
  voxel_faces: async () => {
    const labels = memoryVolume(phases, shape, { brick, role: "labels" });
    const rows = (await interfaceAreas(labels)).toArray();
    return Object.fromEntries(rows.map((row) => [`${row.label}${row["other label"]}`, row.faces]));
  },
  ssa_taufactor_face_counting: async () => {
    const names = ["pore", "binder", "am"];
    const labels = memoryVolume(phases, shape, { brick, role: "labels", phases: phaseTable(3, names) });
    const rows = (await interfaceAreas(labels)).toArray();
    const sum = (name: string): number =>
      rows.reduce((total, row) => total + (row.phase === name || row["other phase"] === name ? row.faces : 0), 0);
    return Object.fromEntries(names.map((name) => [name, sum(name) / phases.length]));
  },
  phase_counts: async () => [0, 1, 2].map((phase) => phases.reduce((sum, label) => sum + (label === phase ? 1 : 0), 0)),
  histogram_g8: async () => Array.from((await histogram(g8, { bins: 256, range: [0, 256] })).counts),
  otsu_g8: () => otsu(g8),
  otsu_g16: () => otsu(g16),
  otsu_median: async () => otsu(await medianOfCube()),
  li_g8: () => li(g8),
  yen_g8: () => yen(g8),
  isodata_g8: () => isodata(g8),
  triangle_g8: () => triangle(g8),
  h_maxima_1_dt_am: async () =>
    (await components(await hMaxima(await distanceTransform(am), 1), { connectivity: 26 })).range[1],
  multiotsu3_g8: () => multiOtsu(g8, { classes: 3 }),
  multiotsu3_median: async () => multiOtsu(await medianOfCube(), { classes: 3 }),
  multiotsu3_median_accuracy: async () => {
    const smooth = await medianOfCube();
    const labels = await (await threshold(smooth, await multiOtsu(smooth, { classes: 3 }))).read();
    return phases.reduce((sum, phase, k) => sum + (labels[k] === phase ? 1 : 0), 0) / phases.length;
  },
};

const isInner = (k: number, margin: number): boolean =>
  [k >> 12, (k >> 6) & 63, k & 63].every((at) => at >= margin && at < 64 - margin);

/** Value at a part of the way through sorted values, between two of them where it falls there. */
function quantile(sorted: Float64Array, percentage: number): number {
  const place = ((sorted.length - 1) * percentage) / 100;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

function expectDescribed(voxels: Voxels, expected: Described, probes: readonly number[], agreement: Agreement): void {
  const { margin = 0, tolerance = 1e-5, factor = 1 } = agreement;
  const largest = Math.max(Math.abs(expected.min), Math.abs(expected.max));
  const close = (value: number, wanted: number): void =>
    expect(Math.abs(factor * value - wanted) / largest).toBeLessThanOrEqual(tolerance);
  const inner = [...probes.entries()].filter(([, at]) => isInner(at, margin));
  expect(inner.length).toBeGreaterThan(8);
  // Of another shape there are none.
  if (expected.probes !== undefined) for (const [k, at] of inner) close(voxels[at]!, expected.probes[k]!);
  if (margin > 0) return;
  const integer = !(voxels instanceof Float32Array);
  if (integer && expected.crc32 !== undefined) {
    const bytes = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
    expect(crc32(bytes).toString(16).padStart(8, "0")).toBe(expected.crc32);
  }
  const sorted = Float64Array.from(voxels as Float32Array).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  close(mean, expected.mean);
  close(Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length), expected.std);
  close(sorted[0]!, expected.min);
  close(sorted.at(-1)!, expected.max);
  for (const [k, percentage] of [1, 5, 25, 50, 75, 95, 99].entries())
    close(quantile(sorted, percentage), expected.percentiles[k]!);
}

describe.skipIf(lacks("data"))("the reference values of other programs", () => {
  const path = join(dataFolder() ?? "", "../bench/reference.json");
  const { values, probes } = lacks("data")
    ? { values: {}, probes: [] }
    : (JSON.parse(readFileSync(path, "utf8")) as {
        values: Record<string, { value: never }>;
        probes: number[];
      });

  test.each(Object.entries(VOLUMES))("%s is reproduced", async (name, [call, agreement = {}]) => {
    expectDescribed(await (await call()).read(), values[name]!.value, probes, agreement);
  });

  test.each([
    ["pore", pore],
    ["binder", only(1)],
    ["am", am],
  ])("components_%s is reproduced", async (name, mask) => {
    expect(values[`components_${name}`]!.value).toMatchObject(await countedComponents(mask));
  });

  test("features_mean_15 is reproduced", async () => {
    const wanted = values.features_mean_15!.value as readonly number[];
    const made = Object.entries(await features(g8, { border: "nearest" }));
    expect(made.length).toBe(wanted.length);
    for (const [k, [name, volume]] of made.entries()) {
      // scikit-image divides grey values by 255, and its Sobel operator gives 2/√3 of the slope.
      const factor = (name.startsWith("gradient") ? 2 / Math.sqrt(3) : 1) / 255;
      const mean = ((await volume.read()) as Float32Array).reduce((sum, value) => sum + value, 0) / 64 ** 3;
      expect(Math.abs(factor * mean - wanted[k]!), name).toBeLessThan(1e-7);
    }
  });

  test("snow_regions is reproduced", async () => {
    const regions = await snowPartition(pore);
    const counts = new Array<number>(regions.range[1]).fill(0);
    for (const label of await regions.read()) if (label > 0) counts[label - 1]!++;
    const volumes = counts.sort((a, b) => b - a).slice(0, 10);
    expect({ regions: regions.range[1], volumes }).toEqual(values.snow_regions!.value);
  });

  test.each(Object.entries(NUMBERS))("%s is reproduced", async (name, call) => {
    const found = await call();
    // Another library's logarithm may round the last digit to the other side.
    if (name === "li_g8") expect(found).toBeCloseTo(values[name]!.value as number, 11);
    else expect(found).toEqual(values[name]!.value);
  });
});
