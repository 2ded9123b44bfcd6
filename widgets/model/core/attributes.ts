/** The values of one widget: checked, kept coherent, compared, and turned into what travels. */
import { InvalidArgument } from "../../../src/core/errors.js";
import { suggestion } from "../../../src/core/options.js";
import type { Wire, WireObject } from "./buffers.js";
import { decoded, encoded, type Kind } from "./kinds.js";
import { printed } from "./printed.js";
import { same } from "./same.js";

/** What is known of an attribute beforehand. */
export interface Attribute<Value = unknown> {
  readonly kind: Kind<Value>;
  /** Value at the start; undefined: the kind makes one, as a layout. */
  readonly initial: Value | undefined;
  /** Whether the page knows it. */
  readonly travels: boolean;
  /** Whether a page may change it. */
  readonly page: boolean;
  /** Whether a page's change is sent to all pages; not worth its bytes for an uploaded file. */
  readonly echo: boolean;
}

/** An attribute of a kind, with its value at the start. */
export const of = <Value>(kind: Kind<Value>, initial: Value, flags: Partial<Attribute> = {}): Attribute<Value> => ({
  kind,
  initial,
  travels: true,
  page: true,
  echo: true,
  ...(flags as object),
});

/** An attribute whose value at the start is a new widget, which belongs to this one. */
export const own = <Value>(kind: Kind<Value>): Attribute<Value> => ({
  kind,
  initial: undefined,
  travels: true,
  page: true,
  echo: true,
});

/** An attribute that only the kernel knows. */
export const local = <Value>(kind: Kind<Value>, initial: Value): Attribute<Value> =>
  of(kind, initial, { travels: false, page: false });

export type AttributeTable = Readonly<Record<string, Attribute>>;

/** Values by name. */
export type Values = Record<string, unknown>;

/**
 * Makes proposed values coherent: changes them where a rule says how (a value beyond its bound), throws
 * {@link InvalidArgument} where none does. `before` is undefined while the widget is made.
 */
export type Settle = (next: Values, changed: ReadonlySet<string>, before: Readonly<Values> | undefined) => void;

/** One value that has changed. */
export interface Changed {
  readonly name: string;
  readonly old: unknown;
  readonly new: unknown;
}

export class Attributes {
  #values: Values = {};

  /** @param caller name of the class, for messages */
  constructor(
    readonly caller: string,
    readonly table: AttributeTable,
    private readonly settle: Settle,
  ) {}

  get all(): Readonly<Values> {
    return this.#values;
  }

  get(name: string): unknown {
    return this.#values[name];
  }

  has(name: string): boolean {
    return Object.hasOwn(this.table, name);
  }

  /** Sets the values at the start. Widgets that are made for this one alone are added to `made`. */
  start(options: Readonly<Values>, made: Set<unknown>): void {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const values: Values = {};
    const late: string[] = [];
    for (const [name, { kind, initial }] of Object.entries(this.table))
      if (kind.makes) late.push(name);
      else values[name] = initial;
    for (const [name, value] of given) if (!this.table[name]!.kind.makes) values[name] = this.#taken(name, value);
    this.settle(values, new Set(given.map(([name]) => name)), undefined);
    this.#values = values;
    for (const name of late) {
      values[name] = this.#taken(name, options[name] ?? {});
      if (values[name] !== options[name]) made.add(values[name]);
    }
  }

  /** Sets values of the kernel's side. @throws InvalidArgument, and nothing has changed, if one is not allowed */
  set(changes: Readonly<Values>): Changed[] {
    const names = Object.keys(changes).sort((a, b) => Number(this.#makes(a)) - Number(this.#makes(b)));
    const taken: Values = {};
    const coherent: Values = { ...this.#values };
    for (const name of names) {
      if (!this.has(name) || name.startsWith("_")) throw this.unknown(name);
      // What makes a widget comes last, when all others are known to be right.
      if (this.#makes(name)) this.#settled(coherent, taken);
      taken[name] = this.#taken(name, changes[name]);
    }
    return this.#apply(taken);
  }

  /** Changes values without a check: for what the widget itself knows to be right. */
  put(changes: Readonly<Values>): Changed[] {
    return this.#apply(changes);
  }

  /**
   * Takes what a page has sent. What is not allowed changes nothing; one bad value does not keep the others out.
   */
  receive(state: WireObject): Changed[] {
    const proposed: Values = {};
    for (const [name, wire] of Object.entries(state)) {
      if (!this.has(name) || !this.table[name]!.page) continue;
      const value = decoded(this.table[name]!.kind, wire);
      if (value !== undefined) proposed[name] = value;
    }
    const changed = this.#attempt(proposed);
    if (changed !== undefined) return changed;
    return Object.entries(proposed).flatMap(([name, value]) => this.#attempt({ [name]: value }) ?? []);
  }

  /** Values as they travel: those of some names, or all. */
  encode(names: Iterable<string> = Object.keys(this.table)): Record<string, Wire> {
    const out: Record<string, Wire> = {};
    for (const name of names) {
      const { kind, travels } = this.table[name]!;
      if (travels) out[name] = encoded(kind, this.#values[name]);
    }
    return out;
  }

  /** The error for a name that is none. */
  unknown(name: string): InvalidArgument {
    const known = Object.keys(this.table).filter((known) => !known.startsWith("_"));
    return new InvalidArgument(
      `${this.caller} has no attribute \`${name}\`${suggestion(name, known)} (it has ${known.join(", ")})`,
    );
  }

  #makes(name: string): boolean {
    return this.has(name) && this.table[name]!.kind.makes === true;
  }

  #taken(name: string, given: unknown): unknown {
    const { kind } = this.table[name]!;
    const value = kind.take(given);
    if (value === undefined)
      throw new InvalidArgument(`${this.caller}: ${name} is ${printed(given)}; allowed is ${kind.allowed}`);
    return value;
  }

  #settled(values: Values, changes: Readonly<Values>): Values {
    Object.assign(values, changes);
    this.settle(values, new Set(Object.keys(changes)), this.#values);
    return values;
  }

  #attempt(changes: Readonly<Values>): Changed[] | undefined {
    try {
      return this.#apply(changes);
    } catch (error) {
      if (error instanceof InvalidArgument) return undefined;
      throw error;
    }
  }

  #apply(changes: Readonly<Values>): Changed[] {
    const before = this.#values;
    const next = this.#settled({ ...before }, changes);
    const names = Object.keys(this.table).filter((name) => !same(before[name], next[name]));
    // Values that are the same stay the very objects that they were.
    this.#values = { ...before, ...Object.fromEntries(names.map((name) => [name, next[name]])) };
    return names.map((name) => ({ name, old: before[name], new: next[name] }));
  }
}
