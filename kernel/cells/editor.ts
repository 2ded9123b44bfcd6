/** Edits of a source text that keep every statement on its line, so that lines of the result are lines of the source. */

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Among edits of one place the lower comes first. */
  readonly rank: number;
}

/** Edits are told as a syntax tree is walked: a node before what is inside it. */
export class Editor {
  private readonly edits: Edit[] = [];
  constructor(private readonly source: string) {}

  /** Puts text before a node: outside of what is put before a node inside it. */
  before(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text, rank: this.edits.length });
  }

  /** Puts text behind a node: outside of what is put behind a node inside it, and before what follows. */
  behind(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text, rank: -this.edits.length - 1 });
  }

  /** Replaces a range, keeping as many line breaks as it had. */
  replace(start: number, end: number, text: string): void {
    const breaks = this.source.slice(start, end).split("\n").length - text.split("\n").length;
    this.edits.push({ start, end, text: text + "\n".repeat(Math.max(0, breaks)), rank: this.edits.length });
  }

  apply(): string {
    const sorted = this.edits.toSorted((a, b) => a.start - b.start || a.end - b.end || a.rank - b.rank);
    const parts: string[] = [];
    let at = 0;
    for (const edit of sorted) {
      parts.push(this.source.slice(at, edit.start), edit.text);
      at = edit.end;
    }
    parts.push(this.source.slice(at));
    return parts.join("");
  }
}
