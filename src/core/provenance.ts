import { isLength } from "./length.js";

/** Version of the library, as it stands in every provenance. */
export const VERSION = "0.1.0";

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * How a result came to be: the operation with all its parameters, and the provenance of what went into it. The tree ends
 * at inputs (`open`, `samples.electrode`, …), which carry a checksum or a seed. It is plain JSON and travels with the
 * result through files.
 */
export interface Provenance {
  readonly operation: string;
  readonly parameters: { readonly [name: string]: Plain };
  /** Named inputs, most important first (`volume`, `mask`, …). */
  readonly inputs: readonly { readonly name: string; readonly provenance: Provenance }[];
  /** sha256 of the input's bytes, where the operation read some. */
  readonly sha256?: string;
  readonly version: string;
}

/** Anything that carries a {@link Provenance}. */
export interface Traced {
  readonly provenance: Provenance;
}

function plain(value: unknown): Plain | undefined {
  if (value === undefined || typeof value === "function") return undefined;
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  // JSON has no NaN and no infinities: they are kept as words rather than lost as null.
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (isLength(value)) return { metres: value.metres };
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<number>, (item) => plain(item) ?? null);
  const out: Record<string, Plain> = {};
  for (const [key, item] of Object.entries(value as object)) {
    const kept = plain(item);
    if (kept !== undefined) out[key] = kept;
  }
  return out;
}

/** One step of provenance. Parameters that do not change the result (signal, progress, workers, memory) must be left out by the caller. */
export function trace(
  operation: string,
  parameters: object,
  inputs: Readonly<Record<string, Traced | undefined>> = {},
  sha256?: string,
): Provenance {
  const named = Object.entries(inputs).flatMap(([name, input]) =>
    input === undefined ? [] : [{ name, provenance: input.provenance }],
  );
  return {
    operation,
    parameters: plain(parameters) as Record<string, Plain>,
    inputs: named,
    ...(sha256 === undefined ? {} : { sha256 }),
    version: VERSION,
  };
}

/** Text of a provenance tree, inputs first, one numbered step a line. */
export function describeProvenance(provenance: Provenance): string {
  const lines: string[] = [];
  const seen = new Map<string, number>();
  const visit = (node: Provenance): number => {
    const from = node.inputs.map((input) => ({ name: input.name, step: visit(input.provenance) }));
    const parameters = Object.entries(node.parameters).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    const inputs = from.map(({ name, step }) => `${name} = step ${step}`);
    const text =
      `${node.operation}(${[...inputs, ...parameters].join(", ")})` +
      (node.sha256 === undefined ? "" : `  sha256 ${node.sha256}`) +
      `  voxbook ${node.version}`;
    const known = seen.get(text);
    if (known !== undefined) return known;
    lines.push(`${lines.length + 1}. ${text}`);
    seen.set(text, lines.length);
    return lines.length;
  };
  visit(provenance);
  return lines.join("\n");
}

/** Text that shows itself with line breaks in a notebook and as plain text elsewhere. */
class ProvenanceText extends String {
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }
}

/**
 * How a result came to be, as text: each step with its parameters, the inputs with their checksum or seed, the version.
 * @param result any volume or table of the library
 */
export function provenance(result: Traced | { schema: { metadata: ReadonlyMap<string, string> } }): string {
  if ("provenance" in result) return new ProvenanceText(describeProvenance(result.provenance)) as unknown as string;
  const kept = result.schema.metadata.get("provenance");
  const text =
    kept === undefined ? "no provenance is kept with this table" : describeProvenance(JSON.parse(kept) as Provenance);
  return new ProvenanceText(text) as unknown as string;
}
