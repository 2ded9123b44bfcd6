import { copy } from "../compute/operations.js";
import { stageOf, type WholePass } from "../compute/planned.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { makeWhole } from "../compute/whole.js";
import { checkChoice, checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { FieldFit } from "./conditional-modes.js";
import { fitField } from "./field-fit.js";
import { between, boxOf, checkStart } from "./field-start.js";
import { checkAddressable } from "./graph-cuts.js";
import { givenStatistics, greyUnits, pairWeights } from "./potts-model.js";

/** Options of {@link markovRandomField}. */
export interface MarkovRandomFieldOptions extends RunOptions {
  /**
   * What the first labels and statistics of the classes are taken from: thresholds as for {@link threshold}, or a labels
   * volume of the same shape with the phases 0, 1, 2, …. Default: those of {@link multiOtsu}, or with `means` the values
   * halfway between them.
   */
  start?: number | readonly number[] | Volume;
  /** Number of classes, from 2 to 254. Default: as `start` or `means` have them, else 3. */
  classes?: number;
  /** Names of the phases, the darkest first. Default: those of the labels to start with, or `phase 0`, `phase 1`, …. */
  names?: readonly string[];
  /**
   * `icm`, iterated conditional modes: each voxel by turns takes the label that is best beside its neighbours'. Quick, brick
   * by brick; ends in the nearest minimum. `expansion`, α-expansion by graph cuts: all voxels together, the exact minimum
   * for two classes and near it for more, which a lower bound proves; the volume must fit memory. Default `icm`.
   */
  method?: "icm" | "expansion";
  /**
   * β, what a pair of unlike neighbours costs, in nats, from 0 (each voxel by itself) to 1000. One neighbour outweighs a
   * likelihood ratio of exp(β). Default 1.
   */
  smoothness?: number;
  /** Mean grey value of each class; only with `deviations`. Both are then kept. Default: estimated, again and again. */
  means?: readonly number[];
  /** Standard deviation of the grey values of each class, above 0. */
  deviations?: readonly number[];
  /** Most rounds, from 1 to 1000: labels, then statistics of the classes. Default 20. */
  rounds?: number;
  /** Statistics that change by less than this, in deviations of their class, are settled. From 0 to 1. Default 0.01. */
  tolerance?: number;
  /**
   * Passes forth and back in search of a lower bound of the energy, for `expansion` of three and more classes, from 0 (no
   * bound) to 1000: more bring it nearer. Default 5.
   */
  boundPasses?: number;
}

const OWN = [
  "start",
  "classes",
  "names",
  "method",
  "smoothness",
  "means",
  "deviations",
  "rounds",
  "tolerance",
] as const;

/** Voxels that are copied to the result at once. */
const AT_ONCE = 2 ** 22;

/**
 * Segments a volume by grey values and neighbours together: a Markov random field (Potts model) of Gaussian classes, the
 * most probable labels of Bayes' rule. Noise that makes a threshold speckled is smoothed away, edges stay where they are;
 * structures thinner than about two voxels go, too, the sooner the larger the smoothness.
 *
 * The energy in nats is Σ −log N(v | μ, σ of the label) over the voxels + β·Σ w over the pairs of neighbours (six a
 * voxel) with unlike labels. w is 1 for cubes; else area of the face over the distance, divided by the mean of the axes.
 * Costs are counted in whole units of 2⁻¹² nats (for β·w ≥ 4 in larger ones, β·w being 13 bits and more of them), and grey
 * values taken as float32: so energies, cuts and bounds are exact, and the same for any brick shape and number of workers.
 *
 * Means and deviations are estimated from the start and after each round, until they are settled or `rounds` are over. A
 * deviation is at least 0.29 (of float32 a millionth of the range of values). A class that loses its last voxel keeps
 * mean and deviation, and may come back; it stays in the table of phases.
 *
 * `icm` visits the voxels by turns like the squares of a chessboard, twice a round, until no label changes. `expansion` goes
 * on from there: for each label the best of all moves in which voxels keep theirs or take that one, until none lowers the
 * energy; then no labels are better than half of it. Of two classes one cut is the optimum for the statistics it
 * was made with. The provenance of the result states `energy` (and its parts), `means`, `deviations`, `voxels` of each class,
 * `taken` (rounds and moves) and, of `expansion`, `bound`: no labels have a lower energy with these statistics.
 *
 * Outside region and mask, and where a voxel is NaN, labels are 255, which belongs to no phase and takes part in no pair.
 * Cost of `icm` O(n·rounds·classes), about 30 ns a voxel and round for three classes on one thread; memory per worker one
 * brick with a halo of four voxels, and two labels volumes. `expansion` runs in one thread and takes 37 bytes a voxel
 * for up to four classes, 5 + 24·⌈classes/4⌉ for more, and about 0.2 µs a voxel and move or pass for the bound.
 * @param volume any voxel type, any shape
 * @returns new labels volume (uint8) of the same shape and voxel size (of the region's shape, with `region`)
 * @throws InvalidArgument if an option is outside its limits, the numbers of classes differ, all voxels have one value, or
 * values are infinite
 * @throws MissingData if no voxel lies in region and mask, or a class has no voxel at the start
 * @throws LimitExceeded, before anything runs, if memory, or the 4 GiB of a thread, cannot hold the graph
 * @see J. Besag, On the statistical analysis of dirty pictures (1986), doi:10.1111/j.2517-6161.1986.tb01412.x; Y. Boykov,
 * O. Veksler & R. Zabih, Fast approximate energy minimization via graph cuts (2001), doi:10.1109/34.969114; the cut:
 * Y. Boykov & V. Kolmogorov (2004), doi:10.1109/TPAMI.2004.60; the bound: V. Kolmogorov, Convergent tree-reweighted message
 * passing (2006), doi:10.1109/TPAMI.2006.200. Energies of cuts are those of PyMaxflow (golden)
 * @example const labels = await markovRandomField(scan, { classes: 3, method: "expansion", smoothness: 1.5 });
 */
export async function markovRandomField(volume: Volume, options: MarkovRandomFieldOptions = {}): Promise<Volume> {
  const caller = "markovRandomField";
  checkVolume(caller, volume);
  checkOptions(caller, options, [...OWN, "boundPasses", ...RUN_OPTIONS]);
  const { method = "icm", smoothness = 1, rounds = 20, tolerance = 0.01, boundPasses = 5, region, mask } = options;
  checkChoice("method", method, ["icm", "expansion"]);
  checkNumber("smoothness (nats)", smoothness, 0, 1000);
  checkNumber("rounds", rounds, 1, 1000, true);
  checkNumber("tolerance (deviations)", tolerance, 0, 1);
  checkNumber("boundPasses", boundPasses, 0, 1000, true);
  if (options.workers !== undefined) checkNumber("workers", options.workers, 1, 64, true);
  if (region !== undefined) checkRegion(region, volume.shape);
  checkMask(mask, volume);
  const start = checkStart(caller, volume, options.start, options.classes, options.names, options.means);
  const classes = start.phases.length;
  const given = givenStatistics(options, classes);
  const cuts = method === "expansion";
  const parameters = {
    method,
    smoothness,
    rounds,
    tolerance,
    ...(cuts && { boundPasses }),
    classes,
    names: options.names,
  };
  const named = { ...parameters, start: start.thresholds, ...given, region };
  const inputs = { volume, start: start.labels, mask };
  const rest = between(options);

  const box = region ?? wholeRegion(volume.shape);
  const facts = { provenance: trace(caller, named, inputs), role: "labels", phases: start.phases } as const;
  const outline = { ...stageOf(copy, volume, {}, facts, { region: box }).outline, dtype: "uint8" } as const;
  const voxels = voxelCount(outline.shape);
  const fieldBytes = cuts ? checkAddressable(caller, outline.shape, classes) : 0;
  const pass: WholePass = {
    caller,
    outline,
    mask,
    why: "it looks at its own labels again and again",
    parts: outline.shape[0],
    workers: 1,
    sharedBytes: fieldBytes + 10 * Math.min(voxels, cuts ? 2 ** 24 : AT_ONCE),
    threadBytes: 2 * outline.shape[1] * outline.shape[2],
    seconds: voxels * 1e-9 * classes * (cuts ? 3000 : 100),
  };
  const grey = await boxOf(caller, volume, region, rest);
  return makeWhole(grey, pass, options, async () => {
    const weights = pairWeights(grey);
    const units = greyUnits(caller, grey);
    const fit: FieldFit = { caller, grey, classes, smoothness, weights, given, rounds, tolerance, units };
    const { labels, found } = await fitField(fit, start, cuts ? boundPasses : undefined, options, rest);
    return {
      provenance: trace(caller, { ...named, ...found }, inputs),
      async fill(writer, { signal, step }) {
        const [depth, height, width] = grey.shape;
        const most = Math.max(1, Math.floor(AT_ONCE / (height * width)));
        for (let z = 0; z < depth; z += most) {
          signal.throwIfAborted();
          const stop = Math.min(depth, z + most);
          const from = Math.max(z, writer.missingFrom(0));
          if (from < stop)
            await writer.writePlanes(from, await labels.read({ start: [from, 0, 0], stop: [stop, height, width] }));
          for (let k = z; k < stop; k++) step();
        }
        labels.store.release();
      },
    };
  });
}
