/** Fits a Markov random field: the start, conditional modes, and graph cuts where they are asked for. */
import { buildVolume } from "../compute/build.js";
import { watched } from "../compute/progress.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { type FieldFit, type FittedField, fitByModes } from "./conditional-modes.js";
import { type Between, boxOf, type FieldStart, firstLabels } from "./field-start.js";
import { fitByCuts, partsOf } from "./graph-cuts.js";
import { energyOf } from "./potts-model.js";

/**
 * The labels, and what the provenance says of them.
 * @param boundPasses undefined: without graph cuts
 */
export async function fitField(
  fit: FieldFit,
  start: FieldStart,
  boundPasses: number | undefined,
  { region, mask }: Pick<RunOptions, "region" | "mask">,
  rest: Between,
): Promise<{ labels: Volume; found: object }> {
  const { caller, grey } = fit;
  const cut = {
    mask: mask && (await boxOf(caller, mask, region, rest)),
    labels: start.labels && (await boxOf(caller, start.labels, region, rest)),
  };
  const { first, thresholds } = await firstLabels(
    caller,
    grey,
    { ...start, labels: cut.labels },
    cut.mask,
    rest,
  ).finally(() => {
    if (region !== undefined) for (const box of [cut.mask, cut.labels]) box?.store.release();
  });
  const found = (
    { statistics, model, sums }: Omit<FittedField, "labels" | "rounds">,
    taken: object,
    bound?: number,
  ) => {
    const { data, pairs } = energyOf(sums, model);
    return { start: thresholds, ...statistics, voxels: sums.counts, energy: data + pairs, data, pairs, bound, taken };
  };
  if (boundPasses === undefined) {
    const field = await fitByModes(first, fit, rest);
    return { labels: field.labels, found: found(field, { modes: field.rounds }) };
  }
  // Of two classes with known statistics the first cut is the best whatever stood there before.
  const modes =
    fit.classes === 2 && fit.given !== undefined
      ? { labels: first, statistics: fit.given, rounds: 0 }
      : await fitByModes(first, fit, rest);
  let taken = {};
  const { shape, dtype, role, provenance, grid } = modes.labels;
  try {
    const labels = await buildVolume(
      { shape, dtype, role, provenance, brick: grid.brick },
      (writer) =>
        watched(caller, partsOf(fit, boundPasses), rest, async (run) => {
          const write = (z: number, planes: Uint8Array): Promise<void> => writer.writePlanes(z, planes);
          const field = await fitByCuts(modes, fit, boundPasses, run, write);
          const { moves, rounds, bound } = field;
          taken = found(field, { modes: modes.rounds, cuts: rounds, moves }, bound);
        }),
      rest,
    );
    return { labels, found: taken };
  } finally {
    modes.labels.store.release();
  }
}
