/** Pieces that become the phase that surrounds them most. */
import { memoryLimitOf } from "../compute/build.js";
import { LabelIndex } from "../compute/label-index.js";
import { machine, release } from "../compute/memory.js";
import { type ComponentsParameters, labelComponents } from "../compute/operations/components.js";
import { type Contacts, contacts, labelTable, overlayLabels } from "../compute/operations/labels.js";
import { reduce, run } from "../compute/run.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Provenance } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import type { AllComponents } from "./component-merge.js";
import { joined } from "./find-components.js";

export interface Absorption {
  readonly caller: string;
  readonly volume: Volume;
  /** Which of its voxels make components, all of these, and which of them stay. */
  readonly where: ComponentsParameters;
  readonly all: AllComponents;
  readonly keep: (component: number) => boolean;
  /** A label that surrounds nothing. */
  readonly never: number | undefined;
}

/** Each component that does not stay becomes the label with which it shares most faces, if there is one. */
export async function absorb(
  { caller, volume, where, all, keep, never }: Absorption,
  options: RunOptions,
  provenance: Provenance,
): Promise<Volume> {
  const { to: _, onProgress: __, ...between } = options;
  const numbers = new Uint32Array(all.count);
  let count = 0;
  for (let k = 0; k < numbers.length; k++) if (!keep(k)) numbers[k] = ++count;
  const labelled = joined(volume, where, all, (component) => numbers[component]!);
  const facts = { provenance: volume.provenance, role: "labels", phases: null } as const;
  const pieces = await run(labelComponents, volume, labelled, between, facts);
  try {
    const found = await surroundings(caller, pieces, volume, count, never, between);
    const known = Array.from(found.keys()).filter((k) => !Number.isNaN(found[k]!));
    const table = labelTable(
      known.map((k) => k + 1),
      known.map((k) => found[k]!),
    );
    const over = { ...table, rest: undefined, under: undefined, beside: pieces.dtype };
    return await run(overlayLabels, volume, over, { ...options, besides: [pieces] }, { provenance });
  } finally {
    release(pieces);
  }
}

/**
 * For each piece the label with which it shares most faces, of equal ones the smallest; NaN where it touches nothing but faces
 * of the volume and `never`.
 * @param pieces numbers from 1 to `count`, 0 where there is none
 * @param labels on the same grid
 */
async function surroundings(
  caller: string,
  pieces: Volume,
  labels: Volume,
  count: number,
  never: number | undefined,
  options: RunOptions,
): Promise<Float64Array> {
  const index = new LabelIndex();
  const faces: Float64Array[] = [];
  const limit = memoryLimitOf(options, machine);
  const add = (part: Contacts): void => {
    for (let k = 0; k < part.pieces.length; k++) {
      const label = part.labels[k]!;
      if (label === never) continue;
      const column = index.numberOf(label);
      if (column === faces.length) {
        const bytes = 8 * count * (column + 1);
        if (bytes > limit)
          throw new LimitExceeded(
            `${caller}: ${count} pieces touch ${column + 1} labels or more; counting their faces takes ${formatBytes(bytes)}, more than ${formatBytes(limit)}. Say what they become with { into: … }, or raise memoryLimit`,
            bytes,
            limit,
          );
        faces.push(new Float64Array(count));
      }
      faces[column]![part.pieces[k]! - 1]! += part.faces[k]!;
    }
  };
  let begun = false;
  const join = (first: Contacts, part: Contacts): Contacts => {
    if (!begun) add(first);
    begun = true;
    add(part);
    return first;
  };
  const only = await reduce({ ...contacts, join }, pieces, { beside: labels.dtype }, { ...options, besides: [labels] });
  if (!begun) add(only);
  const out = new Float64Array(count).fill(Number.NaN);
  const order = faces.map((_, k) => k).sort((a, b) => index.labels[a]! - index.labels[b]!);
  for (let piece = 0; piece < count; piece++) {
    let most = 0;
    for (const k of order) {
      const shared = faces[k]![piece]!;
      if (shared <= most) continue;
      most = shared;
      out[piece] = index.labels[k]!;
    }
  }
  return out;
}
