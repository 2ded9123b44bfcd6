/** Convexity, roughness, and what is enclosed: figures of particles that take passes of their own. */
import { memoryLimitOf } from "../compute/build.js";
import { LabelIndex } from "../compute/label-index.js";
import { machine, release } from "../compute/memory.js";
import { type Contacts, contacts } from "../compute/operations/labels.js";
import { particleForms as operation, type ParticleForms } from "../compute/operations/particle-forms.js";
import { reduce } from "../compute/run.js";
import { formatBytes } from "../core/display.js";
import { DTYPES } from "../core/dtype.js";
import { LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { components } from "../morphology/components.js";
import { labelMask } from "../segment/label-mask.js";
import { noLabels, tableOfLabels } from "../statistics/label-table.js";
import { placesInFlatHull, placesInHull } from "./convex-hull.js";
import { flatAxis, inPlane } from "./image-tables.js";

type Watch = Omit<RunOptions, "to" | "onProgress">;

/** By label. */
export interface Forms {
  /** Places of voxels in the convex hull of those of a label; NaN for what is flat, of an image for a line. */
  readonly hulls: ReadonlyMap<number, number>;
  /** Deviation of the share of a ball around voxels of the surface that a label has. */
  readonly shares: ReadonlyMap<number, number>;
}

/** Points of all planes, and sums of shares, of each label. */
class Joined {
  readonly index = new LabelIndex();
  readonly points: number[][] = [];
  readonly shares: number[][] = [];
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add({ labels, points, shares }: ParticleForms): void {
    this.#bytes += 16 * points.length;
    if (this.#bytes > this.#limit)
      throw new LimitExceeded(
        `particles: the hulls of ${this.index.count} labels take ${formatBytes(this.#bytes)} or more, more than ${formatBytes(this.#limit)}; leave out convexity, or raise memoryLimit`,
        this.#bytes,
        this.#limit,
      );
    const rows = Array.from(labels, (label) => {
      const k = this.index.numberOf(label);
      if (k === this.points.length) {
        this.points.push([]);
        this.shares.push([0, 0, 0]);
      }
      return k;
    });
    for (let n = 0; n < points.length; n += 4)
      this.points[rows[points[n]!]!]!.push(points[n + 1]!, points[n + 2]!, points[n + 3]!);
    for (const [n, row] of rows.entries()) for (let c = 0; c < 3; c++) this.shares[row]![c]! += shares[3 * n + c]!;
  }
}

/** @param ball radius in voxels along z, y, x of the ball for shares; zeros: none */
export async function formsOf(labels: Volume, wanted: { hulls: boolean; ball: Triple }, watch: Watch): Promise<Forms> {
  const { region = wholeRegion(labels.shape), mask, ...rest } = watch;
  const never = noLabels(labels);
  const parameters = {
    mask: labels.role === "mask",
    none: never.includes(0) ? 0 : Number.NaN,
    outside: never.includes(255) && DTYPES[labels.dtype].bytes === 1 ? 255 : Number.NaN,
    region,
    masked: mask !== undefined,
    ...wanted,
  };
  const joined = new Joined(memoryLimitOf(watch, machine));
  let begun = false;
  const join = (first: ParticleForms, part: ParticleForms): ParticleForms => {
    if (!begun) joined.add(first);
    begun = true;
    joined.add(part);
    return first;
  };
  const besides = mask === undefined ? [] : [mask];
  const one = await reduce({ ...operation, join }, labels, parameters, {
    ...rest,
    region,
    besides,
    border: "nearest",
    besideBorder: "nearest",
  });
  if (!begun) joined.add(one);
  const [hulls, shares] = [new Map<number, number>(), new Map<number, number>()];
  const voxels = ballVoxels(wanted.ball);
  const flat = flatAxis(labels.shape, region);
  for (const [k, points] of joined.points.entries()) {
    watch.signal?.throwIfAborted();
    const label = joined.index.labels[k]!;
    // Among many hulls others have their turn, too.
    if (k % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (wanted.hulls) hulls.set(label, flat === undefined ? placesInHull(points) : placesInFlatHull(points, flat));
    const [n, sum, squares] = joined.shares[k] as [number, number, number];
    shares.set(label, n === 0 ? Number.NaN : Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)) / voxels);
  }
  return { hulls, shares };
}

function ballVoxels(radius: Triple): number {
  if (radius[0] === 0) return 1;
  let count = 0;
  const [rz, ry, rx] = radius.map((n) => Math.floor(n + 1e-9)) as [number, number, number];
  for (let z = -rz; z <= rz; z++)
    for (let y = -ry; y <= ry; y++)
      for (let x = -rx; x <= rx; x++)
        if ((z / radius[0]) ** 2 + (y / radius[1]) ** 2 + (x / radius[2]) ** 2 <= 1 + 1e-9) count++;
  return count;
}

/** Faces that each piece shares with each label around it. */
async function facesAround(pieces: Volume, labels: Volume, watch: Watch): Promise<Map<number, Map<number, number>>> {
  const found = new Map<number, Map<number, number>>();
  const add = (part: Contacts): void => {
    for (let k = 0; k < part.pieces.length; k++) {
      const own = found.get(part.pieces[k]!) ?? new Map<number, number>();
      own.set(part.labels[k]!, (own.get(part.labels[k]!) ?? 0) + part.faces[k]!);
      found.set(part.pieces[k]!, own);
    }
  };
  let begun = false;
  const join = (first: Contacts, part: Contacts): Contacts => {
    if (!begun) add(first);
    begun = true;
    add(part);
    return first;
  };
  const one = await reduce({ ...contacts, join }, pieces, { beside: labels.dtype }, { ...watch, besides: [labels] });
  if (!begun) add(one);
  return found;
}

/** Number and voxels of the voids that one label alone encloses. */
export async function voidsOf(labels: Volume, watch: Watch): Promise<Map<number, { count: number; voxels: number }>> {
  const hollow = await labelMask(labels.role === "mask" ? labels.with({ role: "labels" }) : labels, 0, watch);
  let pieces: Volume | undefined;
  try {
    pieces = await components(hollow, watch);
    const table = await tableOfLabels(pieces.with({ role: "labels" }), {}, watch);
    const around = await facesAround(pieces, labels, watch);
    const found = new Map<number, { count: number; voxels: number }>();
    const axes = inPlane(flatAxis(labels.shape));
    for (const [k, piece] of table.labels.entries()) {
      const inside = axes.every((axis) => table.start[axis]![k]! > 0 && table.stop[axis]![k]! < labels.shape[axis]!);
      const beside = new Set(
        Array.from(around.get(piece)?.keys() ?? [], (value) => (labels.role === "mask" ? 1 : value)),
      );
      if (!inside || beside.size !== 1) continue;
      const [label] = beside as Set<number> & Iterable<number>;
      if (label === undefined) continue;
      const own = found.get(label) ?? { count: 0, voxels: 0 };
      found.set(label, { count: own.count + 1, voxels: own.voxels + table.voxels[k]! });
    }
    return found;
  } finally {
    release(hollow);
    if (pieces !== undefined) release(pieces);
  }
}

/** Voxels of cracks of each label: those of each crack, shared out by its faces with labels. */
export async function crackVoxels(cracks: Volume, labels: Volume, watch: Watch): Promise<Map<number, number>> {
  const never = noLabels(labels);
  const table = await tableOfLabels(cracks, {}, watch);
  const around = await facesAround(cracks, labels, watch);
  const found = new Map<number, number>();
  for (const [k, crack] of table.labels.entries()) {
    const own = [...(around.get(crack) ?? [])].filter(([label]) => !never.includes(label));
    const all = own.reduce((sum, [, faces]) => sum + faces, 0);
    for (const [value, faces] of own) {
      // All but 0 of a mask is one particle, whose label is 1.
      const label = labels.role === "mask" ? 1 : value;
      found.set(label, (found.get(label) ?? 0) + (table.voxels[k]! * faces) / all);
    }
  }
  return found;
}
