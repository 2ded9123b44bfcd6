/** From a place in compiled code to the line that somebody wrote. */
import { SourceMap } from "node:module";

const BREAK = /\r\n|[\n\r\u2028\u2029]/;
const LONGEST = 200;

/** Lines of a source, as the engine and the compiler count them. */
export const linesOf = (source: string): string[] => source.split(BREAK);

/** A line as a traceback quotes it. */
export const quoted = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text).trim();

/**
 * What stands before a column, as blanks of the same width in a fixed-width font: a caret in the next line then stands
 * below the column.
 */
export function blanks(line: string, column: number): string {
  let out = "";
  for (const { segment } of new Intl.Segmenter().segment(line.slice(0, column - 1)))
    out += segment === "\t" ? "\t" : isWide(segment) ? "  " : " ";
  return out;
}

/** Emoji and East Asian characters take two columns. */
const isWide = (text: string): boolean =>
  /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])/u.test(
    text,
  );

/** Compiled code and the source it came from. The map is only read when an error needs it. */
export class CompiledSource {
  private lines: readonly string[] | undefined;
  private parsed: SourceMap | undefined;

  /** @param map source map (JSON) with the source in `sourcesContent`, unless `source` gives it */
  constructor(
    private readonly map: string,
    private readonly source?: string,
  ) {}

  /**
   * The line of the source that a place in the code belongs to, counted from 1, and its text; undefined for what the
   * compiler has added.
   */
  at(line: number, column: number): { line: number; text: string } | undefined {
    this.parsed ??= new SourceMap(JSON.parse(this.map));
    const { originalLine } = this.parsed.findEntry(line - 1, column - 1) as { originalLine?: number };
    if (originalLine === undefined) return undefined;
    return { line: originalLine + 1, text: this.textOf(originalLine) };
  }

  private textOf(line: number): string {
    this.lines ??= linesOf(
      this.source ?? (JSON.parse(this.map) as { sourcesContent?: string[] }).sourcesContent?.[0] ?? "",
    );
    return this.lines[line] ?? "";
  }
}
