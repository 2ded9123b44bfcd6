import { inSteps } from "../compute/chain.js";
import { labelTable, mapLabels, overlayLabels } from "../compute/operations/labels.js";
import { checkVolume, run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { OUTSIDE, PALETTE, type Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { countPhases } from "../statistics/phase-counts.js";

/** Options of {@link combine}. */
export interface CombineOptions extends Omit<RunOptions, "region" | "mask"> {
  /** Name of the phase of voxels that are in none of the parts; it may be that of one of them. Default: they get 255, no phase. */
  rest?: string;
}

const OPTIONS = ["rest", "signal", "onProgress", "memoryLimit", "workers", "to"] as const;

/**
 * Makes one labels volume of several masks and labels. Where parts overlap, the one that is named first wins:
 * `combine({ crack: cracks, phases })` lays the cracks over the phases.
 *
 * A mask becomes a phase with the name of its part. Labels bring the phases of their table; without one each label that occurs but
 * 0, named `PART 3` for label 3. Phases get the labels 0, 1, 2, … in the order of the parts and of their tables, and phases of the
 * same name are one. Colours stay, a mask's is the first of the palette that is free.
 * Same result for any brick shape and number of workers; all parts go through a brick in one pass. Cost O(n) for each part;
 * memory per worker three bricks.
 * @param parts masks and labels of the same shape by name, the most important first
 * @returns new labels volume (uint8) with a phase table; place and voxel size are those of the first part
 * @throws InvalidArgument if there are none, their shapes differ, or there are more than 255 phases
 * @example const phases = await combine({ crack, "active material": grains }, { rest: "pore" });
 */
export async function combine(parts: Readonly<Record<string, Volume>>, options: CombineOptions = {}): Promise<Volume> {
  const caller = "combine";
  if (typeof parts !== "object" || parts === null || Array.isArray(parts) || Object.keys(parts).length === 0)
    throw new InvalidArgument(
      `${caller} takes masks and labels by name, such as { crack: mask }, got ${String(parts)}`,
    );
  checkOptions(caller, options, OPTIONS);
  const { rest, ...other } = options;
  if (rest !== undefined && (typeof rest !== "string" || rest.trim() === ""))
    throw new InvalidArgument(`${caller}: rest is ${JSON.stringify(rest)}; give the name of a phase`);
  const { to: _, onProgress: __, ...between } = other;
  const volumes = Object.entries(parts);
  const [, first] = volumes[0]!;
  for (const [name, volume] of volumes) {
    checkVolume(`${caller}: part ${JSON.stringify(name)}`, volume);
    checkLabelled(`${caller}: part ${JSON.stringify(name)}`, volume);
    if (volume.role === "mask" && DTYPES[volume.dtype].bytes > 1)
      throw new UnsupportedFeature(
        `${caller}: part ${JSON.stringify(name)} is a mask of ${volume.dtype}; masks of 8 bits are combined: labelMask(…) makes one`,
      );
    if (!sameShape(volume.shape, first.shape))
      throw new InvalidArgument(
        `${caller}: part ${JSON.stringify(name)} has the shape ${volume.shape.join(" × ")}, the first one ${first.shape.join(" × ")}; they must be the same`,
      );
  }
  const found: Phase[] = [];
  const tables: ReturnType<typeof labelTable>[] = [];
  for (const [name, volume] of volumes) {
    const own = await phasesOf(caller, name, volume, between);
    const to = own.map((phase) => numberIn(found, phase));
    tables.push(
      sortedTable(
        own.map(({ label }) => label),
        to,
      ),
    );
  }
  const left = rest === undefined ? OUTSIDE : numberIn(found, { label: 0, name: rest });
  if (found.length > OUTSIDE)
    throw new InvalidArgument(`${caller}: the parts have ${found.length} phases, at most ${OUTSIDE} can be told apart`);
  const phases = coloured(found);
  const provenance = trace(caller, { rest, parts: volumes.map(([name]) => name) }, Object.fromEntries(volumes));
  const facts = { provenance, role: "labels", phases } as const;
  return inSteps(first, other, async (start) => {
    let now = start;
    for (const [k, table] of tables.entries()) {
      const own = k === tables.length - 1 ? other : between;
      const none = volumes.length === 1 ? left : OUTSIDE;
      if (k === 0) now = await run(mapLabels, now, { ...table, rest: none, dtype: "uint8" }, own, facts);
      else {
        const [, beside] = volumes[k]!;
        const under = {
          ...table,
          rest: k === tables.length - 1 ? left : undefined,
          beside: beside.dtype,
          under: OUTSIDE,
        };
        now = await run(overlayLabels, now, under, { ...own, besides: [beside] }, facts);
      }
    }
    return now;
  });
}

type Named = Omit<Phase, "colour"> & { readonly colour?: string };

/** The phases that a part brings, under its own labels. */
async function phasesOf(caller: string, name: string, volume: Volume, options: RunOptions): Promise<Named[]> {
  if (volume.role === "mask") {
    // All values but 0 are inside; a mask has 8 bits.
    return Array.from({ length: 256 }, (_, k) => (volume.dtype === "int8" ? k - 128 : k))
      .filter((label) => label !== 0)
      .map((label) => ({ label, name }));
  }
  const { phases, voxels } = await countPhases(caller, volume, options);
  const tabled = volume.phases?.length ?? 0;
  return phases.flatMap((phase, k) => {
    if (k < tabled) return [phase];
    return phase.label === 0 || voxels[k] === 0 ? [] : [{ label: phase.label, name: `${name} ${phase.label}` }];
  });
}

/** The number of a phase in the list, to which it is added if its name is new. */
function numberIn(found: Phase[], { name, colour = "", density }: Named): number {
  const at = found.findIndex((phase) => phase.name === name);
  if (at >= 0) return at;
  return found.push({ label: found.length, name, colour, ...(density !== undefined && { density }) }) - 1;
}

/** Phases without a colour get one that is free. */
function coloured(phases: readonly Phase[]): Phase[] {
  const used = new Set(phases.map(({ colour }) => colour));
  const free = PALETTE.filter((colour) => !used.has(colour));
  return phases.map((phase, k) => ({
    ...phase,
    colour: phase.colour || (free.shift() ?? PALETTE[k % PALETTE.length]!),
  }));
}

function sortedTable(from: readonly number[], to: readonly number[]): ReturnType<typeof labelTable> {
  const order = [...from.keys()].sort((a, b) => from[a]! - from[b]!);
  return labelTable(
    order.map((k) => from[k]!),
    order.map((k) => to[k]!),
  );
}
