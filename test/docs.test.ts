/** Links in the project's documents lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Lexer, type Token } from "marked";
import { expect, test } from "vitest";
import { root } from "./support/require.js";

const documents = readdirSync(root, { withFileTypes: true })
  .filter((entry) => !entry.name.startsWith(".") && !["node_modules", "dist"].includes(entry.name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(root, entry.name), { recursive: true, encoding: "utf8" })
          .filter((name) => !/(?:^|[\\/])(?:node_modules|labextension)[\\/]/.test(name))
          .map((name) => join(entry.name, name))
      : [entry.name],
  )
  .filter((name) => name.endsWith(".md"));

function* walk(tokens: Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    if ("tokens" in token && token.tokens) yield* walk(token.tokens);
    if (token.type === "list") for (const item of token.items) yield* walk(item.tokens);
    if (token.type === "table") for (const cell of [...token.header, ...token.rows.flat()]) yield* walk(cell.tokens);
  }
}

const tokens = (file: string) => [...walk(Lexer.lex(readFileSync(file, "utf8")))];

/** Anchors as the usual renderers make them from headings. */
const anchors = (file: string) =>
  tokens(file).flatMap((token) =>
    token.type === "heading"
      ? [
          token.text
            .toLowerCase()
            .replace(/[^\p{L}\p{N}\s_-]/gu, "")
            .trim()
            .replaceAll(" ", "-"),
        ]
      : [],
  );

test("there are documents, the README among them", () => {
  expect(documents).toContain("README.md");
});

test.each(documents)("every link and picture of %s leads to a file or a heading", (name) => {
  const file = join(root, name);
  const broken: string[] = [];
  for (const token of tokens(file)) {
    if (token.type !== "link" && token.type !== "image") continue;
    const href: string = token.href;
    if (/^(?:https?|mailto):/.test(href)) continue;
    const [path, anchor] = decodeURI(href).split("#");
    const target = path === "" ? file : resolve(dirname(file), path);
    if (!existsSync(target)) broken.push(`${href}: there is no such file`);
    else if (anchor && target.endsWith(".md") && !anchors(target).includes(anchor))
      broken.push(`${href}: no such heading`);
    else if (!target.startsWith(root)) broken.push(`${href}: leads out of the project`);
  }
  expect(broken).toEqual([]);
});

test("every npm command that a document names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const name of documents) {
    const text = readFileSync(join(root, name), "utf8");
    for (const [, command] of text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g))
      expect(scripts, `${name} says npm run ${command}`).toHaveProperty([command]);
  }
});
