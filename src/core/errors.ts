/**
 * Every error the library throws on purpose. The message says what is wrong, the value it got, what is allowed and what
 * to do; `code` is what programs test, because an error loses its class when it crosses a worker.
 * Cancelling throws the signal's own reason instead.
 */
export abstract class VoxbookError extends Error {
  abstract readonly code: ErrorCode;
}

export type ErrorCode =
  | "InvalidArgument"
  | "UnsupportedFeature"
  | "MalformedFile"
  | "LimitExceeded"
  | "MissingData"
  | "ComputeFailed";

/** An argument or option has a value that the function does not take. */
export class InvalidArgument extends VoxbookError {
  readonly code = "InvalidArgument";
  override readonly name = "InvalidArgument";
}

/** The file or request is well formed but uses something that this version does not do. */
export class UnsupportedFeature extends VoxbookError {
  readonly code = "UnsupportedFeature";
  override readonly name = "UnsupportedFeature";
}

/** The bytes of a file contradict its format. */
export class MalformedFile extends VoxbookError {
  readonly code = "MalformedFile";
  override readonly name = "MalformedFile";
  /** Byte offset in the file, where one can be named. */
  readonly offset: number | undefined;
  constructor(message: string, options: { offset?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.offset = options.offset;
  }
}

/** A size, a time or an amount of memory is over its limit. Nothing was changed. */
export class LimitExceeded extends VoxbookError {
  readonly code = "LimitExceeded";
  override readonly name = "LimitExceeded";
  /** What was asked and what is allowed, in the same unit (bytes, voxels or seconds). */
  readonly asked: number;
  readonly allowed: number;
  constructor(message: string, asked: number, allowed: number) {
    super(message);
    this.asked = asked;
    this.allowed = allowed;
  }
}

/** Something the call needs is not there: a file, a voxel size, a phase, a brick. */
export class MissingData extends VoxbookError {
  readonly code = "MissingData";
  override readonly name = "MissingData";
}

/** A computation could not be brought to its end although its arguments were right. */
export class ComputeFailed extends VoxbookError {
  readonly code = "ComputeFailed";
  override readonly name = "ComputeFailed";
}

const CLASSES = { InvalidArgument, UnsupportedFeature, MissingData, ComputeFailed };

/** True if `error` is one of the library's, of any of `codes` where some are given. Works across worker boundaries. */
export function isVoxbookError(error: unknown, ...codes: ErrorCode[]): error is VoxbookError {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const code = error.code as ErrorCode;
  const known = code in CLASSES || code === "MalformedFile" || code === "LimitExceeded";
  return known && (codes.length === 0 || codes.includes(code));
}

/** An error as a plain value that survives `postMessage`. */
export interface PlainError {
  code: ErrorCode | "unknown";
  message: string;
  offset?: number;
  asked?: number;
  allowed?: number;
  stack?: string;
}

/** Turns an error into a plain value for another thread; {@link revive} turns it back. */
export function flatten(error: unknown): PlainError {
  if (!(error instanceof Error)) return { code: "unknown", message: String(error) };
  const plain: PlainError = { code: isVoxbookError(error) ? error.code : "unknown", message: error.message };
  if (error.stack !== undefined) plain.stack = error.stack;
  if (error instanceof MalformedFile && error.offset !== undefined) plain.offset = error.offset;
  if (error instanceof LimitExceeded) Object.assign(plain, { asked: error.asked, allowed: error.allowed });
  return plain;
}

/** The error that {@link flatten} made plain, as its own class again; an unknown one becomes {@link ComputeFailed}. */
export function revive(plain: PlainError): VoxbookError {
  if (plain.code === "MalformedFile")
    return new MalformedFile(plain.message, plain.offset === undefined ? {} : { offset: plain.offset });
  if (plain.code === "LimitExceeded") return new LimitExceeded(plain.message, plain.asked ?? 0, plain.allowed ?? 0);
  return new CLASSES[plain.code === "unknown" ? "ComputeFailed" : plain.code](plain.message);
}
