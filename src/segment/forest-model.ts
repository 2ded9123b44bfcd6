/** A forest as plain JSON. What comes from a file is hostile until it has passed {@link checkedModel}. */
import { unpacked } from "../compute/kernels/forest.js";
import { FEATURES, type FeatureName, type FeatureParameters, stackOf } from "../compute/operations/features.js";
import { DEEPEST, EDGES, LEAF, type PackedTrees, votesOfTree } from "../compute/operations/forest.js";
import { isProvenance } from "../compute/volume-schema.js";
import { type Border, checkBorder } from "../core/border.js";
import { type DType, isDType } from "../core/dtype.js";
import { isVoxbookError, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { isPhases, OUTSIDE, type Phase } from "../core/phases.js";
import type { Provenance } from "../core/provenance.js";

export const FORMAT = "voxbook.forest";
/** Forests of another version are refused. */
export const FORMAT_VERSION = 1;
/** Most trees: their votes have 16 bits. */
export const MOST_TREES = 1000;

/** A forest as it stands in a file. */
export interface ForestModel {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Version of the library that wrote it. */
  readonly voxbook: string;
  /** Name and voxel type of each channel; a single one has no name. */
  readonly channels: readonly { readonly name: string; readonly dtype: DType }[];
  readonly stack: FeatureParameters;
  readonly slicewise: boolean;
  readonly border: Border;
  readonly phases: readonly Phase[];
  readonly treeCount: number;
  readonly trees: PackedTrees;
  /** Of each feature. */
  readonly importance: readonly number[];
  /** Held-out voxels of each phase by the label that they got; null if none were held out. */
  readonly confusion: readonly (readonly number[])[] | null;
  readonly provenance: Provenance;
}

/** Base64 of the bytes of numbers. */
export const packed = (numbers: ArrayBufferView): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");

/** A model that can be believed. @param source name of the file, for messages */
export function checkedModel(model: unknown, source: string): ForestModel {
  const given = (typeof model === "object" && model !== null ? model : {}) as Partial<ForestModel>;
  if (given.format !== FORMAT) throw new UnsupportedFeature(`${source} is no forest: its format is not ${FORMAT}`);
  if (given.version !== FORMAT_VERSION)
    throw new UnsupportedFeature(
      `${source} is a forest of version ${JSON.stringify(given.version)}; this version of voxbook reads version ${FORMAT_VERSION}`,
    );
  const need = (right: boolean, what: string): void => {
    if (!right) throw new MalformedFile(`${source} is a damaged forest: ${what}`);
  };
  const { channels, stack, slicewise, border, phases, treeCount, trees, importance, confusion, provenance } = given;
  need(isList(channels, 1, 64) && channels.every(isChannel), "its channels have no names and voxel types");
  need(isStack(stack), "its features are none that there are, or their σ are out of range");
  need(typeof slicewise === "boolean", "slicewise is neither true nor false");
  for (const { dtype } of channels!)
    try {
      checkBorder(border, dtype);
    } catch (error) {
      if (!isVoxbookError(error)) throw error;
      need(false, error.message);
    }
  const known = isList(phases, 2, OUTSIDE) && isPhases(phases);
  need(known && phases!.every(isForestLabel), "its phases have no labels, names and colours");
  const ascending = phases!.every(({ label }, k) => k === 0 || label > phases![k - 1]!.label);
  need(ascending, "the labels of its phases do not ascend");
  const features = stackOf(stack!).length * channels!.length;
  need(features < LEAF, "it has too many features");
  need(
    isList(importance, features, features) && importance.every(isNumber),
    "its importance is not one of each feature",
  );
  const counts = (row: unknown): boolean => isList(row, phases!.length, phases!.length) && row.every(isCount);
  const square = confusion === null || (isList(confusion, phases!.length, phases!.length) && confusion.every(counts));
  need(square, "its confusion is no table of its phases");
  need(isProvenance(provenance), "it has no provenance");
  need(isCount(treeCount) && treeCount! >= 1 && treeCount! <= MOST_TREES, `it has not 1 to ${MOST_TREES} trees`);
  const texts = ["edges", "sizes", "nodes", "leaves"] as const;
  const whole = typeof trees === "object" && trees !== null && texts.every((name) => isBase64(trees[name]));
  need(whole && trees.classes === phases!.length, "its trees are not there");
  checkTrees(trees!, features, treeCount!, need);
  return model as ForestModel;
}

const isList = (value: unknown, least: number, most: number): value is readonly unknown[] =>
  Array.isArray(value) && value.length >= least && value.length <= most;
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
/** Of whole words: text of another length does not end where an array does. */
const isBase64 = (value: unknown): boolean =>
  typeof value === "string" && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

function isChannel(value: unknown): boolean {
  const { name, dtype } = (value ?? {}) as Record<string, unknown>;
  return typeof name === "string" && isDType(dtype);
}

const isForestLabel = ({ label }: Phase): boolean => isCount(label) && label < OUTSIDE;

function isStack(value: unknown): boolean {
  const { features, sigmas, scale } = (value ?? {}) as Record<string, unknown>;
  const triple = (one: unknown, least: number, most: number): boolean =>
    isList(one, 3, 3) && one.every((n) => n === 0 || (isNumber(n) && (n as number) >= least && (n as number) <= most));
  if (!isList(features, 1, FEATURES.length) || new Set(features).size < features.length) return false;
  if (!features.every((name) => FEATURES.includes(name as FeatureName))) return false;
  return isList(sigmas, 1, 32) && sigmas.every((sigma) => triple(sigma, 0.25, 64)) && triple(scale, 1e-6, 1);
}

/** Each way from a root must end at a leaf, and no address lie outside: threads follow them without looking. */
function checkTrees(
  packed: PackedTrees,
  features: number,
  count: number,
  need: (right: boolean, what: string) => void,
) {
  const decoded = (name: "edges" | "sizes" | "nodes" | "leaves"): number => Buffer.from(packed[name], "base64").length;
  need(decoded("edges") === 4 * EDGES * features, "its bins are not those of its features");
  need(decoded("sizes") === 4 * count, "its trees are not as many as it says");
  need(decoded("nodes") % 8 === 0 && decoded("leaves") % (2 * packed.classes) === 0, "its trees end in the middle");
  const { edges, sizes, nodes, leaves } = unpacked(packed);
  for (let k = 0; k < edges.length; k++) {
    const first = k % EDGES === 0;
    need(!Number.isNaN(edges[k]!) && (first || edges[k]! >= edges[k - 1]!), "the edges of its bins do not ascend");
  }
  const all = sizes.reduce((sum, size) => sum + size, 0);
  need(all === nodes.length / 2 && sizes.every((size) => size > 0), "its nodes are not those of its trees");
  const ends = leaves.length / packed.classes;
  const votes = votesOfTree(count);
  for (let k = 0; k < ends; k++) {
    const sum = leaves.subarray(k * packed.classes, (k + 1) * packed.classes).reduce((a, b) => a + b, 0);
    need(sum === votes, `a leaf has ${sum} votes, not ${votes}`);
  }
  for (let tree = 0, first = 0; tree < count; first += sizes[tree++]!) {
    const levels = new Uint8Array(sizes[tree]!);
    for (let k = 0; k < levels.length; k++) {
      const [word, right] = [nodes[2 * (first + k)]!, nodes[2 * (first + k) + 1]!];
      const feature = word & 0xffff;
      if (feature === LEAF) {
        need(right < ends, "a leaf has votes that are not there");
        continue;
      }
      need(feature < features, "a node asks for a feature that is not there");
      // Children stand behind their parent: no way leads round in a circle.
      need(right > k + 1 && right < levels.length, "a node has a child that is not there");
      need(levels[k]! < DEEPEST, `a tree is deeper than ${DEEPEST}`);
      levels[k + 1] = Math.max(levels[k + 1]!, levels[k]! + 1);
      levels[right] = Math.max(levels[right]!, levels[k]! + 1);
    }
  }
}
