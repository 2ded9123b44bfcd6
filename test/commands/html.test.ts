import { describe, expect, test } from "vitest";
import { highlight } from "../../kernel/bin/highlight.mjs";
import { notebookToHtml } from "../../kernel/bin/html.mjs";
import type { Cell, Output } from "../../kernel/bin/notebook.mjs";
import { sanitise } from "../../kernel/bin/sanitise.mjs";
import { payloads } from "./payloads.js";

// What a template literal in a cell looks like; spelt so that it is none here.
const placeholder = ["$", "{1}"].join("");

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const page = (...cells: Partial<Cell>[]) =>
  notebookToHtml(
    { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: cells.map((cell) => ({ metadata: {}, ...cell })) as Cell[] },
    { title: "lesson" },
  );
const body = (...cells: Partial<Cell>[]) => page(...cells).replace(/^[\s\S]*<main>|<\/main>[\s\S]*$/g, "");
const shown = (...outputs: Output[]) => body({ cell_type: "code", source: "1", outputs, execution_count: 1 });
const data = (bundle: Record<string, unknown>): Output => ({ output_type: "display_data", data: bundle, metadata: {} });

/** What could run or load something: looked for in real tags only. */
function dangers(html: string): string[] {
  const tags = html.match(/<[a-z/!?][^>]*>/gi) ?? [];
  return tags.filter(
    (tag) =>
      /^<\/?(?:script|iframe|object|embed|link|meta|base|form|input|button|svg|math|style|template|video|audio|source)\b/i.test(
        tag,
      ) ||
      /\son\w+\s*=/i.test(tag.replace(/"[^"]*"/g, '""')) ||
      /(?:href|src|action|data)\s*=\s*"\s*(?:javascript|vbscript|data:text)/i.test(tag) ||
      /\ssrc\s*=\s*"(?!data:image\/)/i.test(tag) ||
      /style\s*=\s*"[^"]*(?:url|expression|@import|position)/i.test(tag),
  );
}

describe("a page", () => {
  test("has a policy that allows neither scripts nor any address, and names no resource outside itself", () => {
    const html = page(
      { cell_type: "markdown", source: "# Title\n![a](https://example.org/a.png) <img src='//example.org/b.png'>" },
      { cell_type: "code", source: "x", outputs: [data({ "image/png": png })] },
    );
    expect(html).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'`);
    expect(html).toContain("<title>Title</title>");
    expect(html.match(/(?:src|srcset|href)="(?!data:image|#)[^"]*"/g)).toBeNull();
    expect(html).not.toContain("<script");
    expect(html).not.toMatch(/@import|url\(/);
  });

  test("shows markdown, with tables, lists and code", () => {
    const html = body({
      cell_type: "markdown",
      source: "## Phases\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n- *x* `y<z`\n",
    });
    expect(html).toContain('<h2 id="phases">Phases</h2>');
    expect(html).toContain('<td align="right">2</td>');
    expect(html).toContain("<em>x</em> <code>y&lt;z</code>");
  });

  test("shows code with its text unchanged and the failed line marked", () => {
    const error: Output = {
      output_type: "error",
      ename: "E",
      evalue: "v",
      traceback: ["E: v", "    at Cell [1] line 2:3"],
    };
    const html = body({
      cell_type: "code",
      source: `const a = \`x < ${placeholder}\`;\nthrow a; // why\n`,
      outputs: [error],
      execution_count: 1,
    });
    expect(html).toContain(
      '<mark class="failed"><span class="keyword">throw</span> a; <span class="comment">// why</span></mark>',
    );
    expect(html).toContain('<pre class="error">E: v');
  });

  test("shows pictures, drawings, tables, text and streams; the richest form of each", () => {
    expect(shown(data({ "image/png": `${png}\n`, "text/plain": "plane 3" }))).toContain(
      `<img src="data:image/png;base64,${png}" alt="plane 3">`,
    );
    expect(shown(data({ "image/svg+xml": "<svg><circle/></svg>" }))).toContain('src="data:image/svg+xml;base64,');
    expect(shown(data({ "text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1" }))).toContain(
      "<td>1</td>",
    );
    expect(shown(data({ "text/plain": "a < b" }))).toContain("a &lt; b");
    expect(shown({ output_type: "stream", name: "stderr", text: ["a", "b"] })).toContain('class="stream stderr">ab<');
  });

  test("shows a widget's picture, and its HTML where it has no picture", () => {
    const widget = { "application/vnd.jupyter.widget-view+json": { model_id: "1" }, "text/html": "<b>fallback</b>" };
    expect(shown(data({ ...widget, "image/png": png }))).not.toContain("fallback");
    expect(shown(data({ ...widget, "image/png": png }))).toContain(png);
    expect(shown(data(widget))).toContain("<b>fallback</b>");
  });

  test("turns a terminal's colours into spans and drops other control sequences", () => {
    const html = shown({
      output_type: "stream",
      name: "stdout",
      text: "\u001b[31mred <b>\u001b[0m plain\u001b[2K\u0007",
    });
    expect(html).toContain('<span class="ansi-red">red &lt;b&gt;</span> plain<');
  });
});

describe("hostile text", () => {
  test.each(payloads)("%s does nothing in markdown, in HTML output, in SVG, in text or in code", (payload) => {
    expect(dangers(sanitise(payload))).toEqual([]);
    const html = body(
      { cell_type: "markdown", source: payload },
      { cell_type: "markdown", source: `[x](${payload}) ![y](${payload}) <a href="${payload}">z</a>` },
      { cell_type: "raw", source: payload },
      {
        cell_type: "code",
        source: payload,
        outputs: [
          data({ "text/html": payload }),
          data({ "text/markdown": payload }),
          data({ "image/svg+xml": payload }),
          data({ "image/png": payload, "text/plain": payload }),
          { output_type: "stream", name: payload, text: payload },
          { output_type: "error", ename: payload, evalue: payload, traceback: [payload] },
        ],
      },
    );
    expect(dangers(html)).toEqual([]);
  });

  test("is read in time that grows no faster than its length", () => {
    for (const piece of ["<", "<a ", "<a b=", "<!--", "<svg", "&", "<a href='", "</b>", "<b>", "&#", "<script>"]) {
      const begin = performance.now();
      sanitise(piece.repeat(20_000));
      expect(performance.now() - begin, piece).toBeLessThan(3000);
    }
  });

  test("a title cannot end the head", () => {
    expect(page({ cell_type: "markdown", source: "# </title><script>alert(1)</script>" })).not.toContain("<script");
  });

  test("a picture beside the notebook cannot be one from elsewhere", () => {
    const html = notebookToHtml(
      {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [{ cell_type: "markdown", metadata: {}, source: "![a](../../secret.png) ![b](/etc/secret.png)" }],
      },
      { title: "x", folder: "/tmp" },
    );
    expect(html).not.toContain("<img");
  });
});

describe("harmless HTML", () => {
  test("stays as it is: tables, colours, sizes, entities, links", () => {
    for (const html of [
      '<table class="t"><thead><tr><th scope="col" style="text-align: right">a</th></tr></thead></table>',
      '<span style="color: rgb(1,2,3); width: 12px">x</span>',
      '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">x</a>',
      '<details open=""><summary>a</summary>b</details>',
    ])
      expect(sanitise(html)).toBe(html);
    expect(sanitise("1 &lt; 2 &micro;m &#181; &phi; &unknown;")).toBe("1 &lt; 2 µm µ φ &amp;unknown;");
    expect(sanitise("a < b and c > d")).toBe("a &lt; b and c &gt; d");
  });

  test("left open is closed, closed twice is closed once", () => {
    expect(sanitise("<div><b>x</div></b></div>")).toBe("<div><b>x</b></div>");
    expect(sanitise("<ul><li>a<li>b")).toBe("<ul><li>a<li>b</li></li></ul>");
  });
});

test("highlighting keeps every character, over several lines of one comment or template", () => {
  const source = `/* a\n b */ let x: number = 0x1f; \`a\n${placeholder}\`; /r\\/e/g; 'q'`;
  const text = highlight(source)
    .replace(/<[^>]*>/g, "")
    .replaceAll("&#39;", "'");
  expect(text).toBe(source);
});
