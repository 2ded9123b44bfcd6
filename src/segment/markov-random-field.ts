import { copy } from "../compute/operations.js";
import { stageOf, type WholePass } from "../compute/planned.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { makeWhole } from "../compute/whole.js";
import { trace } from "../core/provenance.js";
import { checkRegion, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { FieldFit } from "./conditional-modes.js";
import { fitField } from "./field-fit.js";
import { between, boxOf, checkStart } from "./field-start.js";
import { checkAddressable } from "./graph-cuts.js";
import { checkedOptions, type MarkovRandomFieldOptions } from "./markov-random-field-options.js";
import { givenStatistics, greyUnits, pairWeights } from "./potts-model.js";

/** Voxels that are copied to the result at once. */
const AT_ONCE = 2 ** 22;

/**
 * Segments a volume by grey values and neighbours together: a Markov random field (Potts model) of Gaussian classes, the
 * most probable labels of Bayes' rule. Noise that makes a threshold speckled is smoothed away, edges stay where they are;
 * structures thinner than about two voxels go, too, the sooner the larger the smoothness.
 *
 * The energy in nats is Σ −log N(v | μ, σ of the label) over the voxels + β·Σ w over the pairs of neighbours (six a
 * voxel) with unlike labels. w is 1 for cubes; else area of the face over the distance, divided by the mean of the axes.
 * Costs are counted in whole units of 2⁻¹² nats (in larger ones from β·w = 4 on, so that a pair costs less than 2¹⁴ of them), and grey
 * values taken as float32: so energies, cuts and bounds are exact, and the same for any brick shape and number of workers.
 *
 * Means and deviations are estimated from the start and after each round, until they are settled or `rounds` are over. A
 * deviation is at least 0.29 (of float32 a millionth of the range of values). A class that loses its last voxel keeps
 * mean and deviation, and may come back; it stays in the table of phases. Where there are fewer phases than classes, one may
 * shrink to a few voxels of almost one value: `voxels` and `deviations` in the provenance show it.
 *
 * Where noise is as large as the distance between classes, thresholds of the scan give statistics from which the rounds may
 * go astray: then start with labels of a filtered volume, as in the example.
 *
 * `icm` visits the voxels by turns like the squares of a chessboard, twice a round, until no label changes. `expansion` goes
 * on from there: for each label the best of all moves in which voxels keep theirs or take that one, until none lowers the
 * energy; it is then at most twice the lowest, if the costs of a voxel are counted from the least of them. Of two classes one
 * cut is the optimum for the statistics it was made with. The provenance of the result states `energy` (and its parts), `means`, `deviations`, `voxels` of each class,
 * `taken` (rounds and moves) and, of `expansion`, `bound`: no labels have a lower energy with these statistics.
 *
 * Outside region and mask, and where a voxel is NaN, labels are 255, which belongs to no phase and takes part in no pair.
 * Cost of `icm` O(n·rounds·classes), about 70 ns a voxel and round for three classes on one thread; memory per worker one
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
 * @example const clean = await median(scan);
 * const start = await threshold(clean, await multiOtsu(clean, { classes: 3 }));
 * const labels = await markovRandomField(scan, { start, method: "expansion" });
 */
export async function markovRandomField(volume: Volume, options: MarkovRandomFieldOptions = {}): Promise<Volume> {
  const caller = "markovRandomField";
  checkVolume(caller, volume);
  const { method, smoothness, rounds, tolerance, boundPasses } = checkedOptions(caller, options);
  const { region, mask } = options;
  if (region !== undefined) checkRegion(region, volume.shape);
  checkMask(mask, volume);
  const given = givenStatistics(options);
  const start = checkStart(caller, volume, options.start, options.classes, options.names, options.means);
  const classes = start.phases.length;
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
  const result = makeWhole(grey, pass, options, async () => {
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
  return result.finally(() => {
    if (grey !== volume) grey.store.release();
  });
}
