/**
 * A note beside the connection file, kept only while memory is short. Who starts this kernel anew after it died finds it,
 * so that the reader learns why the variables are gone.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";

export class Note {
  private written: string | undefined;
  constructor(private readonly path: string) {}

  /** What the kernel before this one left, in a sentence; undefined if it ended in order. Reading removes it. */
  take(): string | undefined {
    try {
      const text = readFileSync(this.path, "utf8");
      rmSync(this.path, { force: true });
      return text;
    } catch {
      return undefined;
    }
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
