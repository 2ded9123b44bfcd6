import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { labelOf, PALETTE, type Phase } from "../core/phases.js";
import type { Volume } from "../core/volume.js";

/** Names of phases or labels, and the labels or names that they become. */
export type LabelMapping = Readonly<Record<string, number | string>>;

/** What a map of a user makes of labels, and of their phase table. @throws InvalidArgument if it cannot be meant */
export function mappingOf(
  caller: string,
  map: LabelMapping,
  { phases, dtype }: Volume,
): { from: Float64Array; to: Float64Array; phases: readonly Phase[] | undefined } {
  const { min, max } = DTYPES[dtype];
  const checked = (label: number): number => {
    if (Number.isInteger(label) && label >= min && label <= max) return label;
    throw new InvalidArgument(
      `${caller}: the label ${label} does not fit ${dtype}, which has whole numbers from ${min} to ${max}`,
    );
  };
  const entries = Object.entries(map);
  if (entries.length === 0) throw new InvalidArgument(`${caller}: the map is empty; name a label and what it becomes`);
  const source = (key: string): number => {
    // A name counts before a number, should a phase be called "3".
    const named = phases?.some(({ name }) => name === key) ?? false;
    return !named && /^-?\d+$/.test(key) ? checked(Number(key)) : labelOf(caller, key, phases);
  };
  const sources = entries.map(([key]) => source(key));
  const twice = sources.find((label, k) => sources.indexOf(label) !== k);
  if (twice !== undefined)
    throw new InvalidArgument(`${caller}: the map names the label ${twice} twice, by its name and by its number`);
  const targets = new Map<string, number>();
  const becomes = new Map<number, number>();
  for (const [k, [, target]] of entries.entries()) {
    if (typeof target === "number") becomes.set(sources[k]!, checked(target));
    else if (typeof target !== "string" || target.trim() === "")
      throw new InvalidArgument(
        `${caller}: a label becomes ${JSON.stringify(target)}; give a label or the name of a phase`,
      );
    else {
      const there = phases?.some(({ name }) => name === target);
      const alike = entries.flatMap(([, other], n) => (other === target ? [sources[n]!] : []));
      const label = there ? labelOf(caller, target, phases) : Math.min(...alike);
      targets.set(target, label);
      becomes.set(sources[k]!, label);
    }
  }
  const order = [...becomes.keys()].sort((a, b) => a - b);
  return {
    from: Float64Array.from(order),
    to: Float64Array.from(order, (label) => becomes.get(label)!),
    phases: mergedPhases(phases, becomes, targets),
  };
}

/** The phase table after labels became others. */
function mergedPhases(
  phases: readonly Phase[] | undefined,
  becomes: ReadonlyMap<number, number>,
  targets: ReadonlyMap<string, number>,
): readonly Phase[] | undefined {
  const names = new Map([...targets].map(([name, label]) => [label, name]));
  if (phases === undefined) {
    if (names.size === 0) return undefined;
    // Names were given to labels that had none: only these are phases then.
    return [...names]
      .sort(([a], [b]) => a - b)
      .map(([label, name], k) => ({ label, name, colour: PALETTE[k % PALETTE.length]! }));
  }
  const groups = new Map<number, Phase[]>();
  for (const phase of phases) {
    const label = becomes.get(phase.label) ?? phase.label;
    groups.set(label, [...(groups.get(label) ?? []), phase]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([label, parts]) => {
      const first = parts.find((phase) => phase.label === label) ?? parts[0]!;
      const { density: _, ...facts } = first;
      const alike = parts.every((part) => part.density === first.density) && first.density !== undefined;
      return { ...facts, label, name: names.get(label) ?? first.name, ...(alike && { density: first.density }) };
    });
}
