/** Kinds of values that an attribute of a widget may have: what is allowed, and how it travels. */
import type { Wire } from "./buffers.js";
import { isWidget, type Referable, referenceTo, referredTo } from "./references.js";

export interface Kind<Value> {
  /** What is allowed, as the end of a sentence: "a whole number". */
  readonly allowed: string;
  /** The value as it is kept; undefined if `given` is not allowed. */
  readonly take: (given: unknown) => Value | undefined;
  /** The value as it travels. Default: as it is. */
  encode?(value: Value): Wire;
  /** The value that a page has sent; undefined if it is not allowed. Default: {@link take}. */
  readonly decode?: (wire: Wire) => Value | undefined;
  /** Whether {@link take} opens a widget of its own: it is then called last, when everything else is known to be right. */
  readonly makes?: boolean;
}

const checked = <Value>(allowed: string, holds: (given: unknown) => boolean): Kind<Value> => ({
  allowed,
  take: (given) => (holds(given) ? (given as Value) : undefined),
});

export const bool: Kind<boolean> = checked("true or false", (given) => typeof given === "boolean");
export const int: Kind<number> = checked("a whole number", Number.isSafeInteger);
// JSON has neither infinity nor NaN.
export const float: Kind<number> = checked("a finite number", Number.isFinite);
export const text: Kind<string> = checked("text", (given) => typeof given === "string");

export const oneOf = <const Value extends string>(...values: Value[]): Kind<Value> =>
  checked(values.map((value) => JSON.stringify(value)).join(", "), (given) => values.includes(given as Value));

/** Bytes: a `Uint8Array`, or another view or buffer, whose bytes are then taken as they lie in memory. */
export const bytes: Kind<Uint8Array> = {
  allowed: "bytes (a Uint8Array)",
  take: (given) => {
    if (given instanceof Uint8Array) return given;
    if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    return given instanceof ArrayBuffer ? new Uint8Array(given) : undefined;
  },
};

export const encoded = <Value>(kind: Kind<Value>, value: Value): Wire =>
  kind.encode === undefined ? (value as Wire) : kind.encode(value);
export const decoded = <Value>(kind: Kind<Value>, wire: Wire): Value | undefined =>
  kind.decode === undefined ? kind.take(wire) : kind.decode(wire);

export const nullable = <Value>(kind: Kind<Value>): Kind<Value | null> => ({
  get allowed() {
    return `${kind.allowed}, or null`;
  },
  take: (given) => (given === null ? null : kind.take(given)),
  encode: (value) => (value === null ? null : encoded(kind, value)),
  decode: (wire) => (wire === null ? null : decoded(kind, wire)),
});

/** The first of the kinds that takes a value. */
export const either = <A, B>(first: Kind<A>, second: Kind<B>): Kind<A | B> => ({
  get allowed() {
    return `${first.allowed}, or ${second.allowed}`;
  },
  take: (given) => first.take(given) ?? second.take(given),
});

/** Each part taken; undefined if one is not allowed. Frozen: a change in place could not be noticed. */
function each<Value>(given: unknown, take: (part: unknown) => Value | undefined): readonly Value[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const parts = given.map(take);
  return parts.includes(undefined) ? undefined : Object.freeze(parts as Value[]);
}

export const list = <Value>(kind: Kind<Value>): Kind<readonly Value[]> => ({
  get allowed() {
    return `a list, each of it ${kind.allowed}`;
  },
  take: (given) => each(given, kind.take),
  encode: (values) => values.map((value) => encoded(kind, value)),
  decode: (wire) => each(wire, (part) => decoded(kind, part as Wire)),
});

export const pair = <Value>(kind: Kind<Value>): Kind<readonly [Value, Value]> => ({
  get allowed() {
    return `two values, each ${kind.allowed}`;
  },
  take: (given) => {
    const parts = each(given, kind.take);
    return parts?.length === 2 ? (parts as unknown as readonly [Value, Value]) : undefined;
  },
});

/** Deeper than any output or figure; a page could send more to exhaust the stack. */
const MAX_DEPTH = 64;

/** JSON with bytes and widgets anywhere in it, copied; undefined if there is anything else. */
function copied(given: unknown, convert: (leaf: unknown) => unknown, depth = 0): unknown {
  const leaf = convert(given);
  if (leaf !== undefined) return leaf;
  if (given === null || typeof given === "string" || typeof given === "boolean" || Number.isFinite(given)) return given;
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(given)) return each(given, (part) => copied(part, convert, depth + 1));
  if (typeof given !== "object") return undefined;
  const prototype: unknown = Object.getPrototypeOf(given);
  if ((prototype !== Object.prototype && prototype !== null) || Object.hasOwn(given, "__proto__")) return undefined;
  const entries = Object.entries(given).map(([key, part]) => [key, copied(part, convert, depth + 1)] as const);
  return entries.some(([, part]) => part === undefined) ? undefined : Object.freeze(Object.fromEntries(entries));
}

const plainLeaf = (value: unknown): unknown => (isWidget(value) ? value : bytes.take(value));

/** Any JSON, with bytes and widgets at any depth. */
export const anything: Kind<unknown> = {
  allowed: "JSON, bytes or widgets, at any depth",
  take: (given) => copied(given, plainLeaf),
  encode: (value) => copied(value, (leaf) => (isWidget(leaf) ? referenceTo(leaf) : bytes.take(leaf))) as Wire,
  decode: (wire) => copied(wire, (leaf) => referredTo(leaf) ?? bytes.take(leaf)),
};

/** An object of JSON. */
export const record: Kind<Readonly<Record<string, unknown>>> = {
  allowed: "an object of JSON",
  take: (given) =>
    typeof given === "object" && given !== null && !Array.isArray(given)
      ? (copied(given, bytes.take) as Readonly<Record<string, unknown>> | undefined)
      : undefined,
};

type WidgetClass<W> = abstract new (...given: never[]) => W;

/** A reference to a widget of a class, which is looked up late: classes refer to each other. */
export const reference = <W extends Referable>(ofClass: () => WidgetClass<W>): Kind<W> => ({
  get allowed() {
    return `a widget of the class ${ofClass().name}`;
  },
  take: (given) => (given instanceof ofClass() ? given : undefined),
  encode: referenceTo,
  decode: (wire) => {
    const widget: unknown = referredTo(wire);
    return widget instanceof ofClass() ? widget : undefined;
  },
});

/** A widget that belongs to another one, such as its layout: it may also be given as a plain object of its options. */
export const part = <W extends Referable>(ofClass: () => new (options?: never) => W): Kind<W> => {
  const { take, encode, decode } = reference(ofClass);
  return {
    get allowed() {
      return `a ${ofClass().name} or an object of its options`;
    },
    take: (given) => {
      const plain = typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype;
      return plain ? new (ofClass())(given as never) : take(given);
    },
    encode,
    decode,
    makes: true,
  };
};
