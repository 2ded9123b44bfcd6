/**
 * Families of segmentation as one would use them, and samples whose truth is known: what `segmentation.mjs` prints a table of.
 *
 * Each method is set on a scan with all phases, as a user sets it on the first scan of a series, and then takes any scan of the
 * same sample: also one without binder, in which all binder that it finds is false.
 */
import {
  chanVese,
  fromVoxels,
  gaussianMixture,
  gradientMagnitude,
  labelMask,
  markovRandomField,
  multiOtsu,
  noiseLevel,
  nonLocalMeans,
  otsu,
  predictForest,
  relabel,
  removeRim,
  threshold,
  trainForest,
  watershed,
} from "../../dist/src/index.js";

/** @typedef {import("../../dist/src/index.js").Volume} Volume */
/** @typedef {(scan: Volume) => Promise<Volume>} Segmentation */

/**
 * What all methods that take filtered grey values have in common, found once.
 * @param {Volume} scan @param {string[]} names
 */
export async function prepare(scan, names) {
  const noise = await noiseLevel(scan);
  /** @param {Volume} one */
  const clean = (one) => nonLocalMeans(one, { noise });
  const filtered = await clean(scan);
  const thresholds = await multiOtsu(filtered, { classes: names.length });
  return { scan, names, clean, filtered, thresholds };
}

/** @typedef {Awaited<ReturnType<typeof prepare>>} Prepared */

/** Strokes over two slices, as one scribbles: of each sixteenth row the voxels that are not beside another phase. */
export async function scribblesOn(/** @type {Volume} */ truth) {
  const [depth, height, width] = truth.shape;
  const labels = await truth.read();
  const order = new Map(truth.phases?.map(({ label }, k) => [label, k]));
  const out = new Uint8Array(labels.length).fill(255);
  for (const z of [Math.round(depth / 3), Math.round((2 * depth) / 3)])
    for (let y = 8; y < height - 1; y += 16)
      for (let x = 1; x < width - 1; x++) {
        const at = (z * height + y) * width + x;
        const around = [at - 1, at + 1, at - width, at + width];
        if (around.every((k) => labels[k] === labels[at])) out[at] = order.get(labels[at]) ?? 255;
      }
  return fromVoxels(out, truth.shape, { phaseNames: truth.phases?.map(({ name }) => name) });
}

/** Means and deviations that a Markov field has found, for other scans of the same sample. */
const statisticsOf = ({ provenance }) => ({
  means: provenance.parameters.means,
  deviations: provenance.parameters.deviations,
});

/** @type {Record<string, (prepared: Prepared) => Promise<Segmentation>>} */
export const METHODS = {
  "threshold of the scan": async ({ scan, names }) => {
    const thresholds = await multiOtsu(scan, { classes: names.length });
    return (one) => threshold(one, thresholds, { names });
  },
  "threshold of the filtered scan": async ({ clean, thresholds, names }) => {
    return async (one) => threshold(await clean(one), thresholds, { names });
  },
  "Gaussian mixture of the filtered scan": async ({ clean, filtered, names }) => {
    const { thresholds } = await gaussianMixture(filtered, { classes: names.length });
    return async (one) => threshold(await clean(one), thresholds, { names });
  },
  "watershed, threshold regions as markers": async ({ clean, filtered, thresholds, names }) => {
    const steep = await otsu(await gradientMagnitude(filtered));
    return async (one) => markedWatershed(await clean(one), thresholds, names, steep);
  },
  "Markov field, ICM": async (prepared) => markovField(prepared, { method: "icm" }),
  "Markov field, graph cuts": async (prepared) =>
    markovField(prepared, { method: "expansion", smoothness: 0.7, boundPasses: 0 }),
  "active contours (Chan–Vese)": async ({ clean, thresholds, names }) => {
    return async (one) => chanVese(await clean(one), { start: thresholds, names, iterations: 20 });
  },
  "random forest": async ({ scan }) => {
    const forest = await trainForest(scan, await scribblesOn(scan.truth));
    return (one) => predictForest(one, forest);
  },
  "Markov field, ICM, rims removed with radius 1": async (prepared) =>
    withoutRims(prepared, await METHODS["Markov field, ICM"](prepared), 1),
  "Markov field, ICM, rims removed with radius 1.5": async (prepared) =>
    withoutRims(prepared, await METHODS["Markov field, ICM"](prepared), 1.5),
  "random forest, rims removed with radius 1": async (prepared) =>
    withoutRims(prepared, await METHODS["random forest"](prepared), 1),
};

/**
 * Without what looks like the phase in the middle, but is an edge.
 * @param {Prepared} prepared @param {Segmentation} segment @param {number} radius @returns {Segmentation}
 */
function withoutRims({ names, clean }, segment, radius) {
  if (names.length < 3) return segment;
  return async (one) => {
    const labels = await segment(one);
    const phase = labels.phases[1].name;
    return removeRim(labels, await clean(one), { phase, radius });
  };
}

/** @param {Prepared} prepared @param {object} how @returns {Promise<Segmentation>} */
async function markovField({ scan, clean, filtered, thresholds, names }, how) {
  // Statistics of a noisy scan are sure only where its labels are: those of the filtered one.
  const first = await markovRandomField(scan, { start: await threshold(filtered, thresholds, { names }), ...how });
  const known = statisticsOf(first);
  return async (one) =>
    markovRandomField(one, { start: await threshold(await clean(one), thresholds, { names }), ...known, ...how });
}

/**
 * Threshold regions on flat ground as markers of a watershed on the gradient: labels grow up to the edges.
 * @param {Volume} grey @param {number[]} thresholds @param {string[]} names
 * @param {number} steep gradient from which on a voxel lies on an edge
 */
async function markedWatershed(grey, thresholds, names, steep) {
  const gradient = await gradientMagnitude(grey);
  const flat = await labelMask(await threshold(gradient, steep), 0);
  const sure = await threshold(grey, thresholds, { mask: flat });
  // 0 is no marker, and outside the mask labels are 255.
  const numbered = Object.fromEntries(names.map((_, label) => [label, label + 1]));
  const flooded = await watershed(gradient, await relabel(sure, { ...numbered, 255: 0 }));
  return relabel(flooded, Object.fromEntries(names.map((name, label) => [label + 1, name])));
}
