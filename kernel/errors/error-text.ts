/** Texts of what was thrown. It may be anything, from anywhere: nothing here throws, runs away or writes to a terminal. */
import { inspect, types } from "node:util";

/** The value, or `instead` where reading it throws. */
export function safely<T>(read: () => T, instead: T): T {
  try {
    return read();
  } catch {
    return instead;
  }
}

/** Errors of other realms (vm, workers) are no instances of ours. */
export const isError = (value: unknown): value is Error =>
  types.isNativeError(value) || safely(() => value instanceof Error, false);

/** At most `length` characters, with the count of those left out. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}… (${(text.length - length).toLocaleString("en")} characters more)`;
}

/** Colours, and titles and links, of terminals: `ESC [ … m`, `ESC ] … BEL`. Node's own function takes text with them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
const COMMANDS = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Without commands to a terminal, which a message may have picked up from a file. */
const plain = (text: string): string =>
  text
    .replace(COMMANDS, "")
    .replace(CONTROLS, (character) =>
      character === "\r" ? "" : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );

/** Text as it may be shown. What is far too long is cut before anything else looks at it. */
export const shownText = (text: string, length = 10_000): string => plain(cut(text, length));

/** Text of a thrown value that is no error. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return shownText(value);
  // Whatever one asks of it, somebody else's code answers.
  if (types.isProxy(value)) return "a Proxy";
  const options = { depth: 2, maxArrayLength: 20, maxStringLength: 1000, breakLength: 100 };
  // Without the stacks of errors inside it, which are full of the kernel's own calls.
  const text = safely(() => inspect(value, options).replace(/\n\s+at .*/g, ""), "a value that cannot be shown");
  return shownText(text);
}

/**
 * Engines quote the code that failed. Shared names, which the kernel has rewritten, read as they were typed; so do the
 * versions of local modules, and the engine's words for a constant.
 */
export const asTyped = (message: string): string =>
  message
    .replace(/\(0 ?, ?_{2,}of_([\p{ID_Continue}$]+)\.now\)/gu, "$1")
    .replace(/\b_{2,}of_([\p{ID_Continue}$]+)\.now\b/gu, "$1")
    .replace(
      /^Cannot assign to read only property 'now' of object '\[object (.+)\]'$/,
      "Assignment to constant variable '$1'",
    )
    .replace(
      /^Cannot set property now of \[object (.+)\] which has only a getter$/,
      "Assignment to constant variable '$1'",
    )
    .replace(/\?edit=[0-9a-f]{16}\b/g, "");
