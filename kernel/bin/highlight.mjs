/** TypeScript source as HTML with its keywords, strings, numbers and comments marked: by the compiler's own reader. */
import ts from "typescript";
import { escapeHtml } from "./sanitise.mjs";

const { TokenClass, EndOfLineState } = ts;
const names = new Map([
  [TokenClass.Keyword, "keyword"],
  [TokenClass.Comment, "comment"],
  [TokenClass.NumberLiteral, "number"],
  [TokenClass.BigIntLiteral, "number"],
  [TokenClass.StringLiteral, "string"],
  [TokenClass.RegExpLiteral, "string"],
]);
const classifier = ts.createClassifier();

/**
 * @param {string} source
 * @param {number} [failed] line, from 1, that threw
 * @returns {string}
 */
export function highlight(source, failed) {
  let state = EndOfLineState.None;
  return source
    .replace(/\n+$/, "")
    .split("\n")
    .map((line, index) => {
      const { entries, finalLexState } = classifier.getClassificationsForLine(line, state, false);
      state = finalLexState;
      let at = 0;
      let html = "";
      for (const { length, classification } of entries) {
        const text = escapeHtml(line.slice(at, at + length));
        const name = names.get(classification);
        html += name === undefined ? text : `<span class="${name}">${text}</span>`;
        at += length;
      }
      html += escapeHtml(line.slice(at));
      return index + 1 === failed ? `<mark class="failed">${html}</mark>` : html;
    })
    .join("\n");
}
