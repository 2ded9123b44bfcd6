/** What stands of a network in files, beside its tables. What comes from a file is hostile until it has passed here. */
import { isProvenance } from "../compute/volume-schema.js";
import { type Column, resultTable } from "../core/arrow/table.js";
import { isVoxbookError, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import type { Provenance } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import { PoreNetwork } from "./network.js";

export const FORMAT = "voxbook.network";
/** Networks of another version are refused. */
export const FORMAT_VERSION = 1;

/** The facts of a network as plain JSON. */
export interface NetworkRecord {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly shape: Triple;
  /** Metres; null if unknown. */
  readonly spacing: Triple | null;
  readonly porosity: number;
  /** Left out where it is 1. */
  readonly sampleFraction?: number;
  readonly provenance: Provenance;
}

export function recordOf({ shape, spacing, porosity, sampleFraction, provenance }: PoreNetwork): NetworkRecord {
  const part = sampleFraction === 1 ? {} : { sampleFraction };
  return { format: FORMAT, version: FORMAT_VERSION, shape, spacing: spacing ?? null, porosity, ...part, provenance };
}

const isTriple = (value: unknown, is: (n: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === 3 && value.every(is);
const isEdge = (n: unknown): boolean => typeof n === "number" && Number.isFinite(n) && n > 0;
const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) > 0;

/** The facts out of a file. @param source name of the file, for messages */
export function checkedRecord(value: unknown, source: string): NetworkRecord {
  const record = (typeof value === "object" && value !== null ? value : {}) as Partial<NetworkRecord>;
  if (record.format !== FORMAT)
    throw new UnsupportedFeature(`${source} is no pore network: its format is not ${FORMAT}`);
  if (record.version !== FORMAT_VERSION)
    throw new UnsupportedFeature(
      `${source} is a network of version ${JSON.stringify(record.version)}; this version of voxbook reads version ${FORMAT_VERSION}`,
    );
  const { shape, spacing, porosity, sampleFraction = 1, provenance } = record;
  const need = (right: boolean, what: string): void => {
    if (!right) throw new MalformedFile(`${source} is a damaged pore network: ${what}`);
  };
  need(isTriple(shape, isCount), "its shape is not three whole numbers from 1 on");
  need(spacing === null || isTriple(spacing, isEdge), "its spacing is not three lengths above 0");
  need(typeof porosity === "number" && porosity >= 0 && porosity <= 1, "its porosity is not from 0 to 1");
  need(isEdge(sampleFraction) && sampleFraction <= 1, "its share of the sample is not above 0 to 1");
  need(isProvenance(provenance), "its provenance is none");
  return record as NetworkRecord;
}

/** The network of a record and its columns. */
export function networkOfRecord(
  { shape, spacing, porosity, sampleFraction = 1, provenance }: NetworkRecord,
  pores: readonly Column[],
  throats: readonly Column[],
  source: string,
): PoreNetwork {
  try {
    return new PoreNetwork({
      pores: resultTable(pores, provenance),
      throats: resultTable(throats, provenance),
      shape,
      spacing: spacing ?? undefined,
      porosity,
      sampleFraction,
      provenance,
    });
  } catch (cause) {
    if (!isVoxbookError(cause, "InvalidArgument")) throw cause;
    throw new MalformedFile(`${source} is a damaged pore network: ${cause.message}`, { cause });
  }
}
