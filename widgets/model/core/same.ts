/** Whether two values of an attribute are the same: lists, plain objects, bytes and dates by what is in them. */
export function same(a: unknown, b: unknown): boolean {
  // -0 travels as 0.
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Array.isArray(a))
    return a.length === (b as unknown[]).length && a.every((part, k) => same(part, (b as unknown[])[k]));
  if (a instanceof Uint8Array) return sameBytes(a, b as Uint8Array);
  if (a instanceof Date) return a.getTime() === (b as Date).getTime();
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same((a as Named)[key], (b as Named)[key]))
  );
}

type Named = Readonly<Record<string, unknown>>;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && a.every((byte, k) => byte === b[k]);
