/** Inputs of this session with their results, as history_request asks for them. */
import type { Json } from "../comm.js";

interface Entry {
  readonly line: number;
  readonly source: string;
  result: string | null;
}

/** A shell pattern (`*`, `?`) as a regular expression that matches all of a text. */
const globbed = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]")}$`,
  );

/** The current session; the protocol counts earlier ones backwards, and this kernel keeps none. */
const SESSION = 0;
/** Older inputs go: a session may run for weeks. */
const MOST_ENTRIES = 10_000;

export class History {
  private readonly entries: Entry[] = [];

  add(line: number, source: string): void {
    this.entries.push({ line, source, result: null });
    if (this.entries.length > MOST_ENTRIES) this.entries.shift();
  }

  /** The text of a cell's result. */
  addResult(line: number, result: string): void {
    const entry = this.entries.findLast((one) => one.line === line);
    if (entry !== undefined) entry.result = result;
  }

  /** @param request content of a history_request */
  search(request: Record<string, Json>): Json[] {
    const { output } = request;
    return this.matching(request).map(({ line, source, result }) => [
      SESSION,
      line,
      output === true ? [source, result] : source,
    ]);
  }

  private matching(request: Record<string, Json>): Entry[] {
    const { hist_access_type: type, n, pattern, unique, start, stop, session } = request;
    if (type === "range") {
      if (Number(session ?? SESSION) !== SESSION) return [];
      const [first, end] = [Number(start ?? 0), Number(stop ?? Number.POSITIVE_INFINITY)];
      return this.entries.filter(({ line }) => line >= first && line < end);
    }
    let found = this.entries;
    if (type === "search") {
      const expression = globbed(String(pattern ?? "*"));
      found = found.filter(({ source }) => expression.test(source));
      if (unique === true) {
        const last = new Map(found.map((entry) => [entry.source, entry]));
        found = found.filter((entry) => last.get(entry.source) === entry);
      }
    }
    if (typeof n !== "number") return found;
    return n > 0 ? found.slice(-n) : [];
  }
}
