import type { WireObject } from "../core/buffers.js";
import { bytes, type Kind } from "../core/kinds.js";

/** A file that the reader of the notebook has chosen. Its name and type are what the reader's machine says. */
export interface UploadedFile {
  readonly name: string;
  /** MIME type; "" if the page does not know one. */
  readonly type: string;
  /** Bytes of `content`. */
  readonly size: number;
  readonly content: Uint8Array;
  /** When the file was last changed on the reader's machine. */
  readonly last_modified: Date;
}

const text = (value: unknown): value is string => typeof value === "string";

export const uploadedFile: Kind<UploadedFile> = {
  allowed: "an uploaded file: { name, type, size, content, last_modified }",
  take: (given) => {
    if (typeof given !== "object" || given === null) return undefined;
    const { name, type, size, content, last_modified } = given as Record<string, unknown>;
    const file = bytes.take(content);
    if (!text(name) || !text(type) || file === undefined || size !== file.byteLength) return undefined;
    if (!(last_modified instanceof Date) || !Number.isFinite(last_modified.getTime())) return undefined;
    return Object.freeze({ name, type, size, content: file, last_modified: new Date(last_modified) });
  },
  encode: (file) => ({ ...file, last_modified: file.last_modified.getTime() }),
  decode: (wire) => {
    const { last_modified, ...rest } = (wire ?? {}) as WireObject;
    return typeof last_modified === "number"
      ? uploadedFile.take({ ...rest, last_modified: new Date(last_modified) })
      : undefined;
  },
};
