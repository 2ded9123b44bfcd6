/** Inputs of this session, as history_request asks for them. */
import type { Json } from "./comm.js";

type Entry = [session: number, line: number, source: string];

/** A shell pattern (`*`, `?`) as a regular expression that matches all of a text. */
const globbed = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]")}$`,
  );

export class History {
  private readonly entries: Entry[] = [];

  add(line: number, source: string): void {
    this.entries.push([0, line, source]);
  }

  search(request: Record<string, Json>): Json[] {
    const { hist_access_type: type, n, pattern, unique, start, stop, output } = request;
    let found = [...this.entries];
    if (type === "range") {
      // The current session is 0; a negative one counts back to sessions that this kernel does not keep.
      if (Number(request.session ?? 0) !== 0) return [];
      found = found.filter(
        ([, line]) => line >= Number(start ?? 0) && (stop === undefined || stop === null || line < Number(stop)),
      );
    } else {
      if (type === "search") {
        const expression = globbed(String(pattern ?? "*"));
        found = found.filter(([, , source]) => expression.test(source));
        if (unique === true)
          found = found.filter(([, , source], k) => found.findLastIndex((other) => other[2] === source) === k);
      }
      if (typeof n === "number") found = n > 0 ? found.slice(-n) : [];
    }
    return found.map(([session, line, source]) => [session, line, output === true ? [source, null] : source]);
  }
}
