import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { displaySymbol, type MimeBundle } from "../core/display.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, suggestion } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { type Shape, sameShape, type Triple } from "../core/shape.js";
import { Volume } from "../core/volume.js";

/** One state of a sample, as {@link series} takes it. */
export interface State {
  /** Such as `Init`, `D1`, `C1`; each its own. */
  readonly name: string;
  /** Its phases or particles: labels or a mask. */
  readonly labels: Volume;
  /** The scan that was segmented, of the same shape. */
  readonly scan?: Volume;
  /** Voltage of the cell in V, as the cycler gives it. */
  readonly voltage?: number;
  /** Charge that has passed, in the {@link SeriesOptions.chargeUnit}. */
  readonly charge?: number;
  /** Seconds since the experiment began; must rise from state to state. */
  readonly time?: number;
}

/** Options of {@link series}. */
export interface SeriesOptions {
  /** Unit of the charges. Default `mAh`. */
  chargeUnit?: string;
}

const KEYS = ["name", "labels", "scan", "voltage", "charge", "time"] as const;
const caller = "series";

/**
 * The states of one sample in their order, all in one frame: the axis of time of volumes. It never changes; its volumes stay where
 * they are, in memory or in files. {@link series} makes it.
 */
export class Series {
  readonly states: readonly State[];
  readonly shape: Shape;
  /** Voxel size along z, y, x in metres; undefined if unknown. */
  readonly spacing: Triple | undefined;
  readonly chargeUnit: string;
  readonly provenance: Provenance;

  /** Use {@link series}, which checks what is given. */
  constructor(states: readonly State[], chargeUnit: string) {
    const { shape, spacing } = states[0]!.labels;
    this.states = Object.freeze(states.map((state) => Object.freeze({ ...state })));
    this.shape = shape;
    this.spacing = spacing;
    this.chargeUnit = chargeUnit;
    const told = states.map(({ name, voltage, charge, time }) => ({ name, voltage, charge, time }));
    const inputs = states.flatMap(({ name, labels, scan }) => [
      [name, labels] as const,
      ...(scan === undefined ? [] : [[`${name}, scan`, scan] as const]),
    ]);
    this.provenance = trace(caller, { states: told, chargeUnit }, Object.fromEntries(inputs));
    Object.freeze(this);
  }

  /** Number of states. */
  get length(): number {
    return this.states.length;
  }

  /** The state of this name. @throws InvalidArgument if there is none */
  state(name: string): State {
    const found = this.states.find((state) => state.name === name);
    if (found !== undefined) return found;
    const names = this.states.map((state) => state.name);
    throw new InvalidArgument(
      `the series has no state ${JSON.stringify(name)}${suggestion(String(name), names)} (it has ${names.join(", ")})`,
    );
  }

  /**
   * The series with other labels: `make` is called for each state, one after the other.
   * @example const particles = await states.map((labels) => separateParticles(labels, { phase: "SnO" }));
   */
  async map(make: (labels: Volume, state: State) => Volume | Promise<Volume>): Promise<Series> {
    const made: State[] = [];
    for (const state of this.states) made.push({ ...state, labels: await make(state.labels, state) });
    return series(made, { chargeUnit: this.chargeUnit });
  }

  /** Columns with the name of each state and what the cycler tells of it, where it tells; for `rows` states in any order. */
  columns(rows: readonly number[] = this.states.map((_, k) => k)): Column[] {
    const columns: Column[] = [{ name: "state", values: rows.map((k) => this.states[k]!.name) }];
    const units = { voltage: "V", charge: this.chargeUnit, time: "s" } as const;
    for (const [name, unit] of Object.entries(units) as ["voltage" | "charge" | "time", string][])
      if (this.states.some((state) => state[name] !== undefined))
        columns.push({ name, values: rows.map((k) => this.states[k]![name] ?? Number.NaN), unit });
    return columns;
  }

  /** The states as a table, one row a state. */
  table(): ResultTable {
    const volumes = this.states.map(({ labels }) => labels.toString());
    return resultTable([...this.columns(), { name: "labels", values: volumes }], this.provenance);
  }

  toString(): string {
    return `Series of ${this.length} states, ${this.states.map(({ name }) => name).join(", ")}, of ${this.shape.join(" × ")} voxels`;
  }

  [displaySymbol](): MimeBundle {
    return (this.table() as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]();
  }
}

/**
 * Puts the states of one sample, such as Init, D1, C1 of a cell that was charged between scans, in their order. All states lie in
 * one frame: the same shape, voxel size, origin and direction. What moved between scans has to be registered before; what the
 * material itself moved is what {@link trackParticles} finds.
 * @param states at least one; in the order of time
 * @throws InvalidArgument if names repeat, volumes differ in shape or frame, no labels are given, or times do not rise
 * @example
 * const states = series([
 *   { name: "Init", labels: before, voltage: 3.01, charge: 0 },
 *   { name: "D1", labels: after, voltage: 0.02, charge: 740 },
 * ], { chargeUnit: "mAh/g" });
 */
export function series(states: readonly State[], options: SeriesOptions = {}): Series {
  checkOptions(caller, options, ["chargeUnit"]);
  const { chargeUnit = "mAh" } = options;
  if (typeof chargeUnit !== "string" || chargeUnit.trim() === "")
    throw new InvalidArgument(
      `${caller}: chargeUnit is ${JSON.stringify(chargeUnit)}; give a text such as "mAh" or "mAh/g"`,
    );
  if (!Array.isArray(states) || states.length === 0)
    throw new InvalidArgument(
      `${caller}: give a list of states such as [{ name: "Init", labels }, { name: "D1", labels }], got ${String(states)}`,
    );
  const first: State = states[0]!;
  let before = Number.NEGATIVE_INFINITY;
  const names = new Set<string>();
  for (const [k, state] of (states as readonly State[]).entries()) {
    const what = `${caller}: state ${k}`;
    checkOptions(what, state, KEYS);
    if (typeof state.name !== "string" || state.name.trim() === "")
      throw new InvalidArgument(`${what}: its name is ${JSON.stringify(state.name)}; give a text such as "D1"`);
    if (names.has(state.name))
      throw new InvalidArgument(
        `${caller}: two states have the name ${JSON.stringify(state.name)}; each needs its own`,
      );
    names.add(state.name);
    const told = `${caller}: state ${JSON.stringify(state.name)}`;
    checkVolume(told, state.labels);
    if (state.labels.role !== "labels" && state.labels.role !== "mask")
      throw new InvalidArgument(
        `${told}: its labels have the role ${state.labels.role}; give labels or a mask, such as threshold(…) makes, and the grey values as \`scan\``,
      );
    checkFrame(told, state.labels, first);
    if (state.scan !== undefined) {
      checkVolume(`${told}: its scan`, state.scan);
      checkFrame(`${told}, its scan`, state.scan, first);
    }
    for (const [name, value] of Object.entries({ voltage: state.voltage, charge: state.charge, time: state.time }))
      if (value !== undefined) checkNumber(`${told}: ${name}`, value, -1e12, 1e12);
    if (state.time !== undefined) {
      if (state.time <= before)
        throw new InvalidArgument(
          `${told}: its time is ${state.time} s, not after the ${before} s of a state before; give states in their order`,
        );
      before = state.time;
    }
  }
  return new Series(states, chargeUnit);
}

/** Throws unless a volume lies where that of the first state does. */
function checkFrame(what: string, volume: Volume, { name, labels }: State): void {
  if (!sameShape(volume.shape, labels.shape))
    throw new InvalidArgument(
      `${what} has the shape ${volume.shape.join(" × ")}, ${JSON.stringify(name)} ${labels.shape.join(" × ")}; register the states first, and crop them to one box`,
    );
  const near = (a: number, b: number, scale: number): boolean => Math.abs(a - b) <= 1e-6 * scale;
  const edge = labels.spacing ?? [1, 1, 1];
  const size = (one: Volume): string =>
    one.spacing === undefined ? "unknown" : `${one.spacing.map((value) => value * 1e6).join(" × ")} µm`;
  const sameSize =
    (volume.spacing === undefined) === (labels.spacing === undefined) &&
    (volume.spacing ?? edge).every((value, k) => near(value, edge[k]!, edge[k]!));
  if (!sameSize)
    throw new InvalidArgument(
      `${what} has the voxel size ${size(volume)}, ${JSON.stringify(name)} ${size(labels)}; all states need the same one: resample, or set it with with({ spacing })`,
    );
  const sameFrame =
    volume.origin.every((value, k) => near(value, labels.origin[k]!, 1e3 * edge[k]!)) &&
    volume.direction.every((value, k) => near(value, labels.direction[k]!, 1));
  if (!sameFrame)
    throw new InvalidArgument(
      `${what} has another origin or direction than ${JSON.stringify(name)}; the states have to lie in one frame: resample them onto it first`,
    );
}

/** Throws unless `states` is a series of at least so many states. */
export function checkSeries(what: string, states: unknown, least = 1): asserts states is Series {
  if (!(states instanceof Series))
    throw new InvalidArgument(
      `${what} takes a series of states, got ${states instanceof Volume ? "one volume" : String(states)}; make one by series([{ name: "Init", labels }, …])`,
    );
  if (states.length < least)
    throw new InvalidArgument(`${what}: the series has ${states.length} state; at least ${least} are needed`);
}
