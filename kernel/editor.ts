/** Edits of a source text that keep every statement on its line, so that lines of the result are lines of the source. */

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export class Editor {
  private readonly edits: Edit[] = [];
  constructor(private readonly source: string) {}

  insert(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text });
  }

  /** Replaces a range, keeping as many line breaks as it had. */
  replace(start: number, end: number, text: string): void {
    const breaks = this.source.slice(start, end).split("\n").length - text.split("\n").length;
    this.edits.push({ start, end, text: text + "\n".repeat(Math.max(0, breaks)) });
  }

  /** The edited text. Of several insertions at one place the first comes first. */
  apply(): string {
    const sorted = this.edits.map((edit, order) => ({ ...edit, order }));
    sorted.sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
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
