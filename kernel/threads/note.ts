/**
 * What a kernel that dies leaves for who starts anew, beside the connection file, so that the reader learns why the
 * variables are gone: a note, kept only while memory is short, and the engine's own report if that ended the process.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";

const reportOf = (path: string): string => `${path}.report`;

/** Lets the engine write a report when it ends the process for want of memory. To be called on the main thread. */
export function reportDeath(path: string): void {
  Object.assign(process.report, {
    reportOnFatalError: true,
    directory: dirname(path),
    filename: basename(reportOf(path)),
    compact: true,
  });
}

export class Note {
  private written: string | undefined;
  constructor(private readonly path: string) {}

  /** What the kernel before this one left, in half a sentence; undefined if it ended in order. Reading removes it. */
  take(): string | undefined {
    const report = taken(reportOf(this.path));
    return taken(this.path) ?? (report === undefined ? undefined : causeOf(report));
  }

  keep(text: string): void {
    if (text === this.written) return;
    try {
      writeFileSync(this.path, text, { mode: 0o600 });
      this.written = text;
    } catch {
      // A note is a courtesy: without it the next kernel says nothing.
    }
  }

  remove(): void {
    if (this.written === undefined) return;
    this.written = undefined;
    rmSync(this.path, { force: true });
  }
}

function taken(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8");
    rmSync(path, { force: true });
    return text;
  } catch {
    return undefined;
  }
}

/** What the engine's report says of memory; undefined if it ended for another reason, or the report is half. */
function causeOf(report: string): string | undefined {
  try {
    const { header, javascriptHeap: heap } = JSON.parse(report) as {
      header: { event: string };
      javascriptHeap: { usedMemory: number; heapSizeLimit?: number; memoryLimit?: number };
    };
    if (!/memory|heap/i.test(header.event)) return undefined;
    const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
    const limit = heap.heapSizeLimit ?? heap.memoryLimit;
    const of = limit === undefined ? "" : ` and the limit was ${gib(limit)}`;
    return `in one step cells took more than there was: they held ${gib(heap.usedMemory)} of JavaScript objects${of}`;
  } catch {
    return undefined;
  }
}
