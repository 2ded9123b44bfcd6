/** Rounds of α-expansion: the whole field lies in the memory of a thread, which makes one move after the other. */
import { type Isolated, startIsolated } from "../compute/isolated.js";
import { type FieldSumsParameters, fieldSumsOf } from "../compute/operations/markov.js";
import type { Run } from "../compute/progress.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded } from "../core/errors.js";
import type { Shape } from "../core/shape.js";
import { type FieldFit, type FittedField, fieldParameters } from "./conditional-modes.js";
import { fieldBytes } from "./graph-cut-thread.js";
import { changeOf, checkCounts, energyOf, pottsModel, statisticsOf } from "./potts-model.js";

/** Milliseconds that one move may take. */
const DEADLINE = 24 * 3_600_000;
/** What a thread can address, less what it keeps for itself. */
const ADDRESSABLE = 2 ** 32 - 2 ** 24;
/** Voxels that go to the thread, or come back, at once. */
const AT_ONCE = 2 ** 24;

/** Labels of the thread, and how far they can be from the best. */
export interface CutField extends Omit<FittedField, "labels"> {
  /** In nats: no labels have a lower energy. Undefined if it was not asked for. */
  readonly bound: number | undefined;
  readonly moves: number;
}

/** @throws LimitExceeded if a thread cannot address the field */
export function checkAddressable(caller: string, shape: Shape, classes: number): number {
  const bytes = fieldBytes(shape, classes);
  if (bytes > ADDRESSABLE)
    throw new LimitExceeded(
      `${caller}: graph cuts of ${shape.join(" × ")} voxels in ${classes} classes need ${formatBytes(bytes)}, and a thread can address 4 GiB; choose a region, fewer classes, or method "icm", which works brick by brick`,
      bytes,
      ADDRESSABLE,
    );
  return bytes;
}

/** Calls `see` with as many whole planes as go together. */
async function eachSlab(shape: Shape, signal: AbortSignal, see: (z: number, planes: number) => Promise<void>) {
  const most = Math.max(1, Math.floor(AT_ONCE / (shape[1] * shape[2])));
  for (let z = 0; z < shape[0]; z += most) {
    signal.throwIfAborted();
    await see(z, Math.min(most, shape[0] - z));
  }
}

/** Parts that a fit counts as its progress, at most. */
export const partsOf = ({ classes, rounds }: Pick<FieldFit, "classes" | "rounds">, boundPasses: number): number =>
  classes === 2 ? rounds : (rounds + 2) * classes + boundPasses;

/**
 * Improves a field by graph cuts.
 * @param finish takes the labels, from the first plane on
 */
export async function fitByCuts(
  from: Pick<FittedField, "labels" | "statistics">,
  fit: FieldFit,
  boundPasses: number,
  { signal, step }: Run,
  finish: (z: number, planes: Uint8Array) => Promise<void>,
): Promise<CutField> {
  const { caller, grey, classes } = fit;
  const { shape } = grey;
  const module = new URL("./graph-cut-thread.js", import.meta.url);
  const thread = startIsolated(module, { what: caller, signal, deadline: DEADLINE });
  try {
    await thread.call("begin", { shape, classes });
    await eachSlab(shape, signal, async (z, planes) => {
      const region = { start: [z, 0, 0], stop: [z + planes, shape[1], shape[2]] } as const;
      const [labels, values] = await Promise.all([from.labels.read(region), grey.read(region)]);
      await thread.call("put", { z, labels, grey: Float32Array.from(values) });
    });
    let parts = partsOf(fit, boundPasses);
    // Some moves more than were foreseen show as no progress.
    const counted = (): void => {
      if (parts-- > 0) step();
    };
    const fitted = await rounds(thread, from, fit, counted);
    const bound = await boundOf(thread, fitted, classes, boundPasses, counted);
    while (parts > 0) counted();
    await eachSlab(shape, signal, async (z, planes) => finish(z, await thread.call("take", { z, planes })));
    return { ...fitted, bound };
  } finally {
    await thread.end();
  }
}

/** The label whose turn it is: of those that are due the one whose last move changed most; −1 if none is. */
function mostOf(due: readonly (number | undefined)[]): number {
  let best = -1;
  for (const [label, changed] of due.entries())
    if (changed !== undefined && (best < 0 || changed > due[best]!)) best = label;
  return best;
}

/**
 * A move to each label, then new statistics, until these are settled; then moves until none lowers the energy. Of two
 * classes one cut finds the best labels, whatever stood there before.
 */
async function rounds(
  thread: Isolated,
  from: Pick<FittedField, "statistics">,
  fit: FieldFit,
  counted: () => void,
): Promise<Omit<CutField, "bound">> {
  const { caller, classes, smoothness, weights, given, tolerance, units } = fit;
  let { statistics } = from;
  let settled = given !== undefined;
  let moves = 0;
  for (let round = 1; ; round++) {
    const last = settled || round === fit.rounds;
    const model = pottsModel(statistics, smoothness, weights);
    if (classes === 2) await thread.call("clear", undefined);
    const changes = new Array<number>(classes).fill(0);
    // What the last move to each label changed; undefined where no other label has changed anything since.
    const due: (number | undefined)[] = Array.from({ length: classes }, () => Number.POSITIVE_INFINITY);
    if (classes === 2) due[0] = undefined;
    for (let label = mostOf(due); label >= 0; label = mostOf(due)) {
      const changed = await thread.call<number>("move", { label, model });
      moves++;
      counted();
      changes[label] = changed;
      due[label] = undefined;
      if (changed > 0 && last && classes > 2) for (let k = 0; k < classes; k++) if (k !== label) due[k] ??= changes[k]!;
    }
    const parameters: FieldSumsParameters = { ...fieldParameters(fit), model };
    const sums = fieldSumsOf(await thread.call<readonly bigint[]>("sums", parameters), parameters);
    checkCounts(caller, sums);
    if (last) return { statistics, model, sums, rounds: round, moves };
    const now = statisticsOf(caller, sums, units.leastDeviation, statistics);
    settled = changeOf(now, statistics) < tolerance;
    if (!settled) statistics = now;
    else if (classes === 2) return { statistics, model, sums, rounds: round, moves };
  }
}

/** The best bound that so many passes forth and back find; of two classes the cut itself is the best. */
async function boundOf(
  thread: Isolated,
  { model, sums }: Pick<CutField, "model" | "sums">,
  classes: number,
  passes: number,
  counted: () => void,
): Promise<number | undefined> {
  const { data, pairs } = energyOf(sums, model);
  if (classes === 2) return data + pairs;
  let best: number | undefined;
  for (let k = 0; k < passes; k++) {
    for (const backward of [false, true]) {
      const bound = await thread.call<number>("pass", { backward, first: k === 0 && !backward, model });
      best = Math.max(best ?? Number.NEGATIVE_INFINITY, bound * model.unit);
    }
    counted();
    if (best! >= data + pairs) break;
  }
  return best;
}
