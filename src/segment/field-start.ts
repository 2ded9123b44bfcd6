/** What a Markov random field begins with: the box of the volume, its classes, and the first labels. */
import { restrictLabels } from "../compute/operations/markov.js";
import { copy, threshold } from "../compute/operations.js";
import { run } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, type RunOptions } from "../core/options.js";
import { OUTSIDE, type Phase, phaseTable } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { type Region, sameShape } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { runOnly } from "../morphology/where.js";
import { fieldParameters } from "./conditional-modes.js";
import { multiOtsu } from "./multi-otsu.js";
import { checkThresholds, thresholdPhases } from "./thresholds.js";

/** Options of work between: without those that belong to the result. */
export type Between = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">;

export function between(options: RunOptions): Between {
  const { to: _, ...rest } = runOnly(options);
  return rest;
}

/** Labels as a field takes them, checked: 8 bits, and a table of phases 0, 1, 2, …. */
export function checkFieldLabels(what: string, labels: unknown, { shape }: Volume): readonly Phase[] {
  if (!(labels instanceof Volume) || labels.role !== "labels" || labels.dtype !== "uint8")
    throw new InvalidArgument(`${what}: give a labels volume of 8 bits, such as threshold(…) makes, got ${labels}`);
  if (!sameShape(labels.shape, shape))
    throw new InvalidArgument(
      `${what} have the shape ${labels.shape.join(" × ")}, the volume ${shape.join(" × ")}; they must be the same`,
    );
  const phases = labels.phases ?? [];
  if (phases.length < 2 || phases.length >= OUTSIDE || !phases.every(({ label }, k) => label === k))
    throw new InvalidArgument(
      `${what}: the phases have the labels ${phases.map(({ label }) => label).join(", ") || "(none)"}; there have to be two or more, labelled 0, 1, 2, … in this order`,
    );
  return phases;
}

/** The classes of a field and where its first labels come from. */
export interface FieldStart {
  readonly phases: readonly Phase[];
  /** Undefined: Otsu's, to be found. */
  readonly thresholds: readonly number[] | undefined;
  readonly labels: Volume | undefined;
}

/** Checks what the caller said of classes, names and start. */
export function checkStart(
  caller: string,
  volume: Volume,
  start: unknown,
  classes: number | undefined,
  names: readonly string[] | undefined,
  means: readonly number[] | undefined,
): FieldStart {
  if (classes !== undefined) checkNumber("classes", classes, 2, OUTSIDE - 1, true);
  const agrees = (count: number, of: string): void => {
    for (const [name, n] of [
      ["classes", classes],
      ["means", means?.length],
    ] as const)
      if (n !== undefined && n !== count)
        throw new InvalidArgument(
          `${caller}: ${name} ${name === "classes" ? `is ${n}` : `are ${n}`}, but ${of} ${count} phases; they must be as many`,
        );
  };
  if (start instanceof Volume) {
    const phases = checkFieldLabels(`${caller}: the labels to start with`, start, volume);
    agrees(phases.length, "the labels to start with have");
    if (names === undefined) return { phases, thresholds: undefined, labels: start };
    const named = thresholdPhases(new Array<number>(phases.length - 1).fill(0), names);
    return { phases: named, thresholds: undefined, labels: start };
  }
  if (start === undefined && means !== undefined) {
    // Halfway between the means: the best without neighbours where deviations are equal.
    const middles = means.slice(1).map((mean, k) => (mean + means[k]!) / 2);
    if (!means.every((mean, k) => k === 0 || mean > means[k - 1]!))
      throw new InvalidArgument(
        `means are [${means.join(", ")}]; without labels to start with they must be in ascending order`,
      );
    agrees(means.length, "there are means of");
    return { phases: thresholdPhases(middles, names), thresholds: middles, labels: undefined };
  }
  if (start === undefined) {
    const count = classes ?? 3;
    const phases = names === undefined ? phaseTable(count) : thresholdPhases(new Array(count - 1).fill(0), names);
    return { phases, thresholds: undefined, labels: undefined };
  }
  const thresholds = checkThresholds(start as number | readonly number[]);
  agrees(thresholds.length + 1, "the thresholds to start with make");
  return { phases: thresholdPhases(thresholds, names), thresholds, labels: undefined };
}

/** A box of a volume; the volume itself where the box is all of it. */
export async function boxOf(caller: string, volume: Volume, region: Region | undefined, options: Between) {
  if (region === undefined) return volume;
  return run(copy, volume, {}, { ...options, region }, { provenance: trace(caller, { region }, { volume }) });
}

/** The first labels of the box: {@link OUTSIDE} where mask or grey value take part in nothing. */
export async function firstLabels(
  caller: string,
  grey: Volume,
  { phases, thresholds, labels }: FieldStart,
  mask: Volume | undefined,
  options: Between,
): Promise<{ first: Volume; thresholds: readonly number[] | undefined }> {
  const masked = mask === undefined ? options : { ...options, mask };
  const facts = { provenance: trace(caller, {}, { grey }), role: "labels", phases } as const;
  if (labels !== undefined) return { first: await restricted(caller, grey, labels, mask, options), thresholds };
  const limits = thresholds ?? (await multiOtsu(grey, { ...masked, classes: phases.length }));
  return { first: await run(threshold, grey, { thresholds: limits }, masked, facts), thresholds: limits };
}

/** Labels of a box, without those that take part in nothing. */
export function restricted(caller: string, grey: Volume, labels: Volume, mask: Volume | undefined, options: Between) {
  const units = { origin: 0, unit: 1, leastDeviation: 0 };
  const parameters = fieldParameters({ grey, classes: labels.phases!.length, units });
  const facts = { provenance: trace(caller, {}, { labels }) };
  return run(restrictLabels, labels, parameters, { ...options, ...(mask && { mask }), besides: [grey] }, facts);
}
