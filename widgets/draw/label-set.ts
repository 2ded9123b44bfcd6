/**
 * Sets of labels as bytes: what is selected goes from the page to the kernel, into the log and into code as these. A set of one
 * sort takes a few bytes, any set of 100 000 labels at most 13 KB.
 */
import { InvalidArgument } from "../../src/core/errors.js";

/** A page keeps a byte for each label up to the largest one. */
export const MOST_LABELS = 2 ** 24;

/** How the bytes after the first one are read. */
const RUNS = 0;
const BITS = 1;

/** Labels of a set, ascending. */
export function labelsIn(lit: Uint8Array): Int32Array {
  let count = 0;
  for (let label = 0; label < lit.length; label++) count += lit[label] === 1 ? 1 : 0;
  const labels = new Int32Array(count);
  for (let label = 0, k = 0; label < lit.length; label++) if (lit[label] === 1) labels[k++] = label;
  return labels;
}

/** 1 at each label of a set. @param length of the array; longer where a label needs it */
export function litBy(labels: ArrayLike<number>, length = 0): Uint8Array {
  // The labels are ascending.
  const lit = new Uint8Array(Math.max(length, labels.length === 0 ? 0 : labels[labels.length - 1]! + 1));
  for (let k = 0; k < labels.length; k++) lit[labels[k]!] = 1;
  return lit;
}

function runsOf(labels: ArrayLike<number>): number[] {
  const out: number[] = [RUNS];
  const put = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest >>= 7) out.push((rest & 127) | 128);
    out.push(rest);
  };
  let end = 0;
  for (let k = 0; k < labels.length; ) {
    const from = labels[k]!;
    let to = from + 1;
    for (k++; k < labels.length && labels[k] === to; k++) to++;
    put(from - end);
    put(to - from - 1);
    end = to;
  }
  return out;
}

/**
 * Bytes of a set of labels: runs (how far each begins from the end of the one before, and its length less one) or a bit for each
 * label, whichever is shorter. The same set has the same bytes.
 * @param labels ascending, each once
 */
export function encodeLabels(labels: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const most = labels.length === 0 ? 0 : labels[labels.length - 1]! + 1;
  const runs = runsOf(labels);
  const length = 1 + Math.ceil(most / 8);
  if (runs.length <= length) return Uint8Array.from(runs);
  const bits = new Uint8Array(length);
  bits[0] = BITS;
  for (let k = 0; k < labels.length; k++) bits[1 + (labels[k]! >> 3)]! |= 1 << (labels[k]! & 7);
  return bits;
}

/**
 * Labels of bytes that {@link encodeLabels} made, perhaps in a page that says anything. No bytes: no labels.
 * @throws InvalidArgument if they are none
 */
export function decodeLabels(bytes: Uint8Array): Int32Array {
  const refuse = (why: string): never => {
    throw new InvalidArgument(`this set of labels ${why}; it must be runs or bits of labels below ${MOST_LABELS}`);
  };
  if (bytes.length === 0) return new Int32Array(0);
  if (bytes.length > 1 + MOST_LABELS / 8) return refuse(`takes ${bytes.length} bytes`);
  if (bytes[0] === BITS) {
    const lit = new Uint8Array(8 * (bytes.length - 1));
    for (let label = 0; label < lit.length; label++) lit[label] = (bytes[1 + (label >> 3)]! >> (label & 7)) & 1;
    return labelsIn(lit);
  }
  if (bytes[0] !== RUNS) return refuse(`is of the kind ${bytes[0]}`);
  let at = 1;
  const take = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 21) return refuse("is cut off");
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const bounds: number[] = [];
  let end = 0;
  let count = 0;
  while (at < bytes.length) {
    const from = end + take();
    end = from + take() + 1;
    if (end > MOST_LABELS) return refuse(`has the label ${end - 1}`);
    bounds.push(from, end);
    count += end - from;
  }
  const labels = new Int32Array(count);
  for (let run = 0, k = 0; run < bounds.length; run += 2)
    for (let label = bounds[run]!; label < bounds[run + 1]!; label++) labels[k++] = label;
  return labels;
}
