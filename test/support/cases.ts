/** Cases written as text: `######## group`, `#### name`, and parts that begin with `---- kind name`. */
import { readFileSync } from "node:fs";

export interface WrittenCase {
  readonly group: string;
  readonly name: string;
  readonly cells: readonly string[];
  readonly files: readonly (readonly [name: string, text: string])[];
  readonly shows: string;
}

export function writtenCases(path: string): WrittenCase[] {
  const groups = readFileSync(path, "utf8")
    .split(/^######## /m)
    .slice(1);
  return groups.flatMap((text) => {
    const [group = "", ...cases] = text.trimEnd().split(/\n*^#### /m);
    return cases.map((one) => readCase(group.trim(), one));
  });
}

function readCase(group: string, text: string): WrittenCase {
  const [name = "", ...parts] = text.split(/^---- /m);
  const of = (kind: string): (readonly [name: string, text: string])[] =>
    parts
      .filter((part) => part.startsWith(kind))
      .map((part) => {
        const end = part.indexOf("\n");
        return [part.slice(kind.length, end).trim(), part.slice(end + 1)] as const;
      });
  const body = (kind: string): string[] => of(kind).map(([, lines]) => lines.replace(/\n$/, ""));
  return { group, name: name.trim(), cells: body("cell"), files: of("file"), shows: body("shows").join("\n") };
}
