/** How values become MIME bundles. */
import { inspect } from "node:util";
import { displayIdSymbol, firstDisplaySymbol, type Json, type MimeBundle } from "../comm.js";

const displaySymbol = Symbol.for("Jupyter.display");

/** Bytes become base64, as the protocol wants them; everything else must be JSON already. */
function wire(value: unknown): Json {
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  return value as Json;
}

/** Text of a value as a console prints it. */
export function plainText(value: unknown): string {
  return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 });
}

/** The id by which a value's display can be renewed, if it has one. */
export function displayIdOf(value: unknown): string | undefined {
  const id = (value as Record<symbol, unknown> | null | undefined)?.[displayIdSymbol];
  return typeof id === "string" ? id : undefined;
}

/** What is shown of a value before its bundle is there. */
export function firstBundle(value: unknown): MimeBundle | undefined {
  if (displayIdOf(value) === undefined) return undefined;
  const first = (value as Record<symbol, unknown>)[firstDisplaySymbol];
  return typeof first === "function" ? (first.call(value) as MimeBundle | undefined) : undefined;
}

/**
 * The bundle that shows a value: its own, where it has a method under `Symbol.for("Jupyter.display")` (which may return a
 * promise), else its text.
 */
export async function mimeBundle(value: unknown): Promise<MimeBundle> {
  const own =
    typeof value === "object" && value !== null ? (value as Record<symbol, unknown>)[displaySymbol] : undefined;
  if (typeof own !== "function") return { "text/plain": plainText(value) };
  const bundle = (await own.call(value)) as Record<string, unknown> | null | undefined;
  if (typeof bundle !== "object" || bundle === null) return { "text/plain": plainText(value) };
  const out = Object.fromEntries(Object.entries(bundle).map(([type, data]) => [type, wire(data)]));
  // Every output reads as text, too: for terminals, screen readers and version control.
  out["text/plain"] ??= Object.prototype.toString.call(value);
  return out;
}
