/** What is measured of each state of a series: once, in the background or when a cell asks for it. */
import { release } from "../../../src/compute/memory.js";
import { type Column, type ResultTable, resultTable } from "../../../src/core/arrow/table.js";
import type { RunOptions } from "../../../src/core/options.js";
import { PALETTE, type Phase } from "../../../src/core/phases.js";
import { trace } from "../../../src/core/provenance.js";
import type { Volume } from "../../../src/core/volume.js";
import { type LayerThicknessOptions, layerThickness } from "../../../src/measure/layer-thickness.js";
import { localThickness } from "../../../src/measure/local-thickness.js";
import { phaseFractions } from "../../../src/measure/phase-fractions.js";
import { poreSizeDistribution } from "../../../src/measure/pore-size-distribution.js";
import type { Series } from "../../../src/measure/series.js";
import type { ThicknessAbout } from "../../protocol/time.js";
import { runningKernel } from "../core/kernel.js";

/**
 * Whose thickness is measured: the mean local thickness of a phase, weighted by volume ({@link localThickness}), or the mean thickness of a layer on
 * what it lies on ({@link layerThickness}).
 */
export type ThicknessOf =
  | { readonly phase: string | number }
  | Readonly<Pick<LayerThicknessOptions, "layer" | "on" | "most">>;

type Stopping = Pick<RunOptions, "signal">;

/** Labels without names are phases up to so many; more are numbered particles. */
const MOST_UNNAMED = 8;

/** A phase whose fraction is followed; without a label it is all that has one but 0. */
export interface FollowedPhase {
  readonly label: number | undefined;
  readonly name: string;
  readonly colour: string;
}

/** The phases of all states together, the first name of a label being the one that counts. */
export function phasesOf({ states }: Series): Phase[] {
  const found = new Map<number, Phase>();
  for (const { labels } of states)
    for (const phase of labels.phases ?? []) if (!found.has(phase.label)) found.set(phase.label, phase);
  return [...found.values()];
}

/** The phases whose fractions are followed. */
export function followedPhases(series: Series): FollowedPhase[] {
  const named = phasesOf(series);
  if (named.length > 0) return named;
  const labels = series.states.map((state) => state.labels);
  const most = Math.max(...labels.map(({ range }) => range[1]));
  if (labels.some(({ role }) => role === "mask") || !(most <= MOST_UNNAMED))
    return [{ label: undefined, name: "inside", colour: PALETTE[1] }];
  return Array.from({ length: most + 1 }, (_, label) => ({
    label,
    name: `label ${label}`,
    colour: PALETTE[label % PALETTE.length]!,
  }));
}

/** Share of each phase; 0 of one that a state does not have. */
async function fractionsIn(labels: Volume, phases: readonly FollowedPhase[], run: Stopping): Promise<number[]> {
  const numbered = phases[0]?.label === undefined;
  const table = await phaseFractions(numbered ? labels.with({ role: "mask" }) : labels, run);
  const found = new Map([...table].map((row) => [Number(row.label), Number(row.fraction)] as const));
  return phases.map(({ label }) => found.get(label ?? 1) ?? 0);
}

async function thicknessIn(labels: Volume, of: ThicknessOf, run: Stopping): Promise<number> {
  if ("layer" in of) {
    const table = await layerThickness(labels, { ...of, ...run });
    release(table.map);
    return Number(table.get(0)!.mean);
  }
  const sizes = await localThickness(labels, { phase: of.phase, ...run });
  try {
    return (await poreSizeDistribution(sizes, run)).mean;
  } finally {
    release(sizes);
  }
}

/** Fractions, then the thickness where it is asked for. */
export type Measured = readonly number[];

export class SeriesMeasures {
  readonly phases: readonly FollowedPhase[];
  readonly #series: Series;
  readonly #thickness: ThicknessOf | undefined;
  /** By state: what was measured, or is being measured now. */
  readonly #known = new Map<number, Promise<Measured>>();
  /** By state: what has been measured. */
  readonly done = new Map<number, Measured>();
  readonly #ending = new AbortController();

  constructor(series: Series, thickness: ThicknessOf | undefined) {
    this.#series = series;
    this.#thickness = thickness;
    this.phases = followedPhases(series);
  }

  get thickness(): ThicknessAbout | undefined {
    const of = this.#thickness;
    if (of === undefined) return undefined;
    const name = String("layer" in of ? of.layer : of.phase);
    return { name: `thickness of ${name}`, unit: this.#series.spacing === undefined ? "voxel" : "µm" };
  }

  /** What one state has; measured once, and again after it failed. */
  of(state: number, run: Stopping = {}): Promise<Measured> {
    const known = this.#known.get(state);
    if (known !== undefined) return known;
    const made = this.#measure(state, run).catch((error: unknown) => {
      this.#known.delete(state);
      throw error;
    });
    this.#known.set(state, made);
    return made;
  }

  async #measure(state: number, run: Stopping): Promise<Measured> {
    const { labels } = this.#series.states[state]!;
    const fractions = await fractionsIn(labels, this.phases, run);
    const of = this.#thickness;
    const measured = of === undefined ? fractions : [...fractions, await thicknessIn(labels, of, run)];
    this.done.set(state, measured);
    return measured;
  }

  /**
   * Measures all states, one after the other. The view shows how far that is: the bars that the functions have in a cell's output are not.
   * @param told of each state, with the reason where it failed
   */
  async all(told: (state: number, failed: string | null) => void): Promise<void> {
    for (const k of this.#series.states.keys()) {
      if (this.#ending.signal.aborted) return;
      const measure = async (): Promise<void> => {
        try {
          await this.of(k, { signal: this.#ending.signal });
          told(k, null);
        } catch (error) {
          told(k, error instanceof Error ? error.message : String(error));
        }
      };
      await (runningKernel()?.capture(() => undefined, measure) ?? measure());
    }
  }

  /** Ends what runs in the background. */
  stop(): void {
    this.#ending.abort();
  }

  /** A row a state. @throws what a measurement threw */
  async table(): Promise<ResultTable> {
    const rows: Measured[] = [];
    for (const k of this.#series.states.keys()) rows.push(await this.of(k));
    const columns: Column[] = this.#series.columns();
    for (const [k, { name }] of this.phases.entries())
      columns.push({ name: `fraction ${name}`, values: rows.map((row) => row[k]!), unit: "1" });
    const { thickness } = this;
    if (thickness !== undefined) columns.push({ ...thickness, values: rows.map((row) => row[this.phases.length]!) });
    return resultTable(columns, trace("timeSeries", { thickness: this.#thickness }, { series: this.#series }));
  }
}
