/** Edits in a file, a line each, written before the next one is taken: whoever kills the kernel loses at most the one under way. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
} from "node:fs";
import { dirname } from "node:path";
import { MalformedFile } from "../../../src/core/errors.js";
import type { Edit } from "../../protocol.js";

/** A line of the file: an edit, or that the last one was taken back. */
export type Line = Edit | { readonly tool: "undo" };

export class Journal {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * What stands in the file, the oldest first. A last line that was cut off is taken out of it: what comes next would else end it.
   * @throws MalformedFile if another line is no edit
   */
  read(): Line[] {
    if (!existsSync(this.path)) return [];
    const text = readFileSync(this.path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) truncateSync(this.path, Buffer.byteLength(whole));
    return whole
      .split("\n")
      .slice(0, -1)
      .map((line, k) => {
        try {
          return JSON.parse(line) as Line;
        } catch (cause) {
          throw new MalformedFile(
            `${this.path}, line ${k + 1}, is no edit of labels; mend it, or name another file to begin anew`,
            { cause },
          );
        }
      });
  }

  append(line: Line): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const file = openSync(this.path, "a");
    try {
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
