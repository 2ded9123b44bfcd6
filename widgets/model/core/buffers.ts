/**
 * Bytes in the state of a widget travel beside it, as frames of their own: taken out with their paths before a message is
 * sent, put back when one has come (widget messaging protocol 2, "buffer_paths").
 */
import type { Json } from "../../../kernel/comm.js";

/** What may stand in a widget's state: JSON with bytes anywhere in it. */
export type Wire = null | boolean | number | string | Uint8Array | readonly Wire[] | WireObject;
export interface WireObject {
  readonly [key: string]: Wire;
}

/** Where in a state some bytes were: keys of objects and indices of lists. */
export type BufferPath = (string | number)[];

/** A state as it is sent. */
export interface Separated {
  readonly state: Record<string, Json>;
  readonly buffer_paths: BufferPath[];
  readonly buffers: Uint8Array[];
}

/**
 * Takes the bytes out of a state: null stands in their place in a list; in an object their key is missing. What holds
 * bytes is copied, the state itself stays as it was.
 */
export function removeBuffers(state: WireObject): Separated {
  const buffer_paths: BufferPath[] = [];
  const buffers: Uint8Array[] = [];
  const remove = (value: Wire, path: BufferPath): Json | undefined => {
    if (value instanceof Uint8Array) {
      buffer_paths.push(path);
      buffers.push(value);
      return undefined;
    }
    if (Array.isArray(value)) return value.map((part: Wire, index) => remove(part, [...path, index]) ?? null);
    if (typeof value !== "object" || value === null) return value as Json;
    const entries = Object.entries(value).map(([key, part]) => [key, remove(part, [...path, key])] as const);
    return Object.fromEntries(entries.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
  };
  return { state: remove(state, []) as Record<string, Json>, buffer_paths, buffers };
}

/** The object or list that a step of a path leads into; undefined where a page names a place that is not there. */
function within(holder: unknown, key: unknown): unknown {
  if (Array.isArray(holder)) return Number.isInteger(key) ? holder[key as number] : undefined;
  if (typeof holder !== "object" || holder === null || typeof key !== "string") return undefined;
  return Object.hasOwn(holder, key) ? (holder as Record<string, unknown>)[key] : undefined;
}

/**
 * Puts bytes back into a state that has just come from a page. A path that leads nowhere is passed over: what then lacks
 * its bytes is refused where the state is checked.
 */
export function putBuffers(state: Record<string, Json>, paths: unknown, buffers: readonly Uint8Array[]): WireObject {
  if (!Array.isArray(paths)) return state;
  for (const [k, bytes] of buffers.entries()) {
    const path: unknown = paths[k];
    if (!Array.isArray(path) || path.length === 0) continue;
    const holder = path.slice(0, -1).reduce<unknown>(within, state);
    const key: unknown = path.at(-1);
    if (Array.isArray(holder)) {
      if (Number.isInteger(key) && (key as number) in holder) holder[key as number] = bytes;
    } else if (typeof holder === "object" && holder !== null && typeof key === "string" && key !== "__proto__")
      (holder as Record<string, unknown>)[key] = bytes;
  }
  return state as WireObject;
}
