import { type GeodesicParameters, geodesicContour as geodesicOperation } from "../compute/operations/contour.js";
import { labelMask } from "../compute/operations/labels.js";
import { copy } from "../compute/operations.js";
import { stageOf, type WholePass } from "../compute/planned.js";
import { checkMask, checkVolume, run } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { OUTSIDE } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { insideValues } from "../morphology/where.js";
import { histogram } from "../statistics/histogram.js";
import { bendingAxes, curvatures, iterated } from "./contour-rounds.js";
import { between, restricted } from "./field-start.js";
import { madeWhole } from "./made-whole.js";

/** Options of {@link geodesicContour}. */
export interface GeodesicContourOptions extends Omit<RunOptions, "region"> {
  /** Only voxels where this mask is not 0 count. Default: all. */
  mask?: Volume;
  /** Most iterations, from 1 to 10 000; it ends before where nothing changes any more. Default 100. */
  iterations?: number;
  /** Curvature operators after each move, from 0 to 16. Default 1. */
  smoothing?: number;
  /**
   * A force where the map shows no edge: 1 and more swells the contour, −1 and less shrinks it, 0 is none. Its size divides the
   * threshold. From −1000 to 1000. Default 0: then start near the edges.
   */
  balloon?: number;
  /** The balloon works where the map is above threshold/|balloon|. Default: the 40th percentile of the map, of 2¹⁶ bins. */
  threshold?: number;
  /** `"open"`: beyond the faces is nothing. `"closed"`: outside, as scikit-image has it. Default `"open"`. */
  border?: "open" | "closed";
}

const OPTIONS = ["iterations", "smoothing", "balloon", "threshold", "border"] as const;
const BINS = 2 ** 16;
const SHARE = 0.4;

/**
 * Geodesic active contour by morphology: a contour converges to the edges near it, smooth where they are faint or have gaps.
 * For one object, or one kind of them, with a start inside (or around): a particle that a seed marks, a can, a collector.
 *
 * An iteration moves the balloon (dilation or erosion by a box of one voxel where the map is above threshold/|balloon|), then
 * each voxel at which the contour has a slope goes inside where ∇(map)·∇u > 0, outside where it is < 0, then the
 * curvature operators of {@link chanVese} smooth.
 * The provenance of the result states `taken` iterations, how many voxels the last one `changed`, whether it has `settled`
 * (see {@link chanVese}) and the `threshold`.
 * Where the map is NaN, and outside the mask, the result is 0 and nothing counts. Same result for any brick shape and number
 * of workers, and for volumes larger than memory. Cost O(n·iterations), some 10 ns a voxel and iteration; memory per worker
 * one brick with a halo of 2 + 2·smoothing voxels, and four volumes of bytes.
 * @param edges a map that is small at edges, of any voxel type, as {@link inverseGaussianGradient} makes
 * @param start mask of the same shape: where the contour begins
 * @returns new volume of the role mask (uint8), of the same shape and voxel size
 * @throws InvalidArgument if start is no mask of this shape, or an option is outside its limits
 * @throws MissingData if no voxel of the start lies in the mask and on a number
 * @see V. Caselles, R. Kimmel & G. Sapiro, Geodesic active contours (1997), doi:10.1023/A:1007979827043; P. Márquez-Neila, L.
 * Baumela & L. Álvarez (2014), doi:10.1109/TPAMI.2013.106. With the border `"closed"` equal to
 * skimage.segmentation.morphological_geodesic_active_contour of float64
 */
export async function geodesicContour(
  edges: Volume,
  start: Volume,
  options: GeodesicContourOptions = {},
): Promise<Volume> {
  const caller = "geodesicContour";
  checkVolume(caller, edges);
  checkVolume(caller, start);
  checkOptions(caller, options, [...OPTIONS, ...RUN_OPTIONS.filter((name) => name !== "region")]);
  const { iterations = 100, smoothing = 1, balloon = 0, border = "open", mask } = options;
  checkNumber("iterations", iterations, 1, 10_000, true);
  checkNumber("smoothing", smoothing, 0, 16, true);
  checkNumber("balloon", balloon, -1000, 1000);
  checkChoice("border", border, ["open", "closed"]);
  if (options.threshold !== undefined) checkNumber("threshold", options.threshold, -1e30, 1e30);
  checkMask(start, edges);
  checkMask(mask, edges);
  const rest = between(options);
  const named = { iterations, smoothing, balloon, threshold: options.threshold, border };
  const inputs = { edges, start, mask };
  const facts = { provenance: trace(caller, named, inputs), role: "mask", phases: null } as const;
  const pass: WholePass = {
    caller,
    outline: { ...stageOf(copy, edges, {}, facts, { region: wholeRegion(edges.shape) }).outline, dtype: "uint8" },
    mask,
    why: "it looks at its own contour again and again",
    parts: edges.shape[0],
    workers: 1,
    sharedBytes: 0,
    threadBytes: 0,
    seconds: voxelCount(edges.shape) * iterations * 1e-8,
  };
  return madeWhole(edges, pass, options, async () => {
    const threshold = balloon === 0 ? undefined : (options.threshold ?? (await lowerShare(caller, edges, options)));
    const step: Omit<GeodesicParameters, "smoothing"> = {
      grey: edges.dtype,
      axes: bendingAxes(edges),
      closed: border === "closed",
      balloon: Math.sign(balloon) as -1 | 0 | 1,
      limit: balloon === 0 ? 0 : threshold! / Math.abs(balloon),
    };
    const first = await begun(caller, edges, start, mask, rest);
    const { labels, ...found } = await iterated(
      first,
      iterations,
      (now, iteration) =>
        run(
          geodesicOperation,
          now,
          { ...step, smoothing: curvatures(iteration, smoothing) },
          { ...rest, besides: [edges], border: { constant: OUTSIDE } },
          { provenance: trace(caller, { iteration }, { edges }) },
        ),
      rest,
    );
    const inside = await run(labelMask, labels, { values: [1] }, rest, facts).finally(() => labels.store.release());
    return {
      provenance: trace(caller, { ...named, threshold, ...found }, inputs),
      volume: inside,
    };
  });
}

/** The start as labels 0 and 1, {@link OUTSIDE} where nothing counts. */
async function begun(
  caller: string,
  edges: Volume,
  start: Volume,
  mask: Volume | undefined,
  options: ReturnType<typeof between>,
): Promise<Volume> {
  const facts = { provenance: trace(caller, {}, { start }), role: "labels" } as const;
  const phases = [0, 1].map((label) => ({ label, name: `phase ${label}`, colour: "#000000" }));
  const sown = await run(labelMask, start, { values: insideValues(start) }, options, { ...facts, phases });
  const first = await restricted(caller, edges, sown, mask, options).finally(() => sown.store.release());
  let marked = 0;
  for (let k = 0; k < first.grid.length; k++) if (first.store.zone(k).max >= 1) marked++;
  if (marked > 0 && (await countOf(first, options)) > 0) return first;
  first.store.release();
  throw new MissingData(`${caller}: no voxel of the start lies in the mask and on a number; nothing would move`);
}

async function countOf(labels: Volume, options: ReturnType<typeof between>): Promise<number> {
  const { counts } = await histogram(labels, { ...options, bins: 256, range: [0, 256] });
  return counts[1]!;
}

/** The value of the map below which the given share of its voxels lies. */
async function lowerShare(caller: string, edges: Volume, options: GeodesicContourOptions): Promise<number> {
  const [low, high] = edges.range;
  if (!(high > low)) throw new InvalidArgument(`${caller}: the map has one value everywhere; there is no edge in it`);
  const { mask, signal, memoryLimit, workers } = options;
  const where = Object.entries({ mask, signal, memoryLimit, workers }).filter(([, value]) => value !== undefined);
  const { counts } = await histogram(edges, { ...Object.fromEntries(where), bins: BINS, range: [low, high] });
  const all = counts.reduce((sum, n) => sum + n, 0);
  let below = 0;
  let bin = 0;
  while (bin < BINS - 1 && below + counts[bin]! < SHARE * all) below += counts[bin++]!;
  return low + ((bin + 0.5) * (high - low)) / BINS;
}
