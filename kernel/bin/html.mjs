/**
 * A notebook as one HTML file that opens offline: no script, no resource from anywhere, and a policy that forbids both
 * should anything hostile ever pass the sanitiser.
 */
import { existsSync, readFileSync } from "node:fs";
import { extname, join, relative, resolve, sep } from "node:path";
import { Marked } from "marked";
import { highlight } from "./highlight.mjs";
import { textOf } from "./notebook.mjs";
import { dataImage, escapeHtml, sanitise, svgImage } from "./sanitise.mjs";
import { style } from "./style.mjs";

/**
 * @typedef {import("./notebook.mjs").Notebook} Notebook
 * @typedef {import("./notebook.mjs").Cell} Cell
 * @typedef {import("./notebook.mjs").Output} Output
 */

const markdown = new Marked({ gfm: true });

/** Headings can be linked to. The sanitiser drops what is no plain name. */
markdown.use({
  renderer: {
    heading({ tokens, depth, text }) {
      const id = text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s-]/gu, "")
        .trim()
        .replace(/\s+/g, "-");
      return `<h${depth} id="${escapeHtml(id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
  },
});

/**
 * @param {Notebook} notebook
 * @param {{ title: string, folder?: string }} options `folder`: where pictures named in the text are looked up
 * @returns {string}
 */
export function notebookToHtml(notebook, { title, folder }) {
  const heading = notebook.cells
    .filter((cell) => cell.cell_type === "markdown")
    .map((cell) => textOf(cell.source).match(/^#\s+(.+)$/m)?.[1])
    .find((text) => text !== undefined);
  const body = notebook.cells.map((cell) => cellToHtml(cell, folder)).filter((part) => part !== "");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(heading ?? title)}</title>
<style>
${style}</style>
</head>
<body>
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
}

/** @param {Cell} cell @param {string | undefined} folder */
function cellToHtml(cell, folder) {
  const source = textOf(cell.source);
  if (cell.cell_type === "markdown") return `<section class="text">\n${renderMarkdown(source, cell, folder)}</section>`;
  if (cell.cell_type === "raw") return `<pre class="raw">${escapeHtml(source)}</pre>`;
  const outputs = cell.outputs ?? [];
  if (source.trim() === "" && outputs.length === 0) return "";
  const failed = outputs.find((output) => output.output_type === "error");
  const prompt = cell.execution_count ? `<span class="count">[${Number(cell.execution_count)}]</span>` : "";
  return `<section class="cell">
${prompt}<pre class="code"><code>${highlight(source, failed && failedLine(failed, cell.execution_count))}</code></pre>
${outputs.map(outputToHtml).join("\n")}
</section>`;
}

/**
 * @param {string} source @param {Cell} cell @param {string | undefined} folder
 */
function renderMarkdown(source, cell, folder) {
  const image = (/** @type {string} */ address) => {
    if (address.startsWith("attachment:")) {
      const bundle = cell.attachments?.[decodeURIComponent(address.slice("attachment:".length))] ?? {};
      const type = Object.keys(bundle).find((name) => Object.hasOwn(pictures, name));
      return type === undefined ? undefined : `data:${type};base64,${textOf(bundle[type]).replace(/\s/g, "")}`;
    }
    return dataImage(address) ?? localImage(address, folder);
  };
  return sanitise(/** @type {string} */ (markdown.parse(source)), { image });
}

const pictures = { "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp" };
const types = /** @type {Record<string, string>} */ ({
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
});

/** A picture beside the notebook, put into the page; a notebook cannot fetch files from elsewhere on the disk. @param {string} address @param {string | undefined} folder */
function localImage(address, folder) {
  if (folder === undefined || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(address)) return undefined;
  const path = resolve(folder, decodeURIComponent(address));
  const inside = relative(folder, path);
  const type = types[extname(path).toLowerCase()];
  if (inside.startsWith("..") || join(folder, inside) !== path || path.includes(`..${sep}`)) return undefined;
  if (type === undefined || !existsSync(path)) return undefined;
  return `data:${type};base64,${readFileSync(path).toString("base64")}`;
}

/** @param {Output} output */
function outputToHtml(output) {
  if (output.output_type === "stream") {
    const kind = output.name === "stderr" ? "stderr" : "stdout";
    return `<pre class="stream ${kind}">${coloured(textOf(output.text))}</pre>`;
  }
  if (output.output_type === "error") {
    const trace = Array.isArray(output.traceback) ? output.traceback.join("\n") : "";
    return `<pre class="error">${coloured(trace || `${output.ename}: ${output.evalue}`)}</pre>`;
  }
  return bundleToHtml(/** @type {Record<string, unknown>} */ (output.data ?? {}));
}

/** The richest form that a page without scripts can show. @param {Record<string, unknown>} bundle */
function bundleToHtml(bundle) {
  const widget = Object.hasOwn(bundle, "application/vnd.jupyter.widget-view+json");
  // Of a widget the picture is what stays; its HTML, where it has one, is only for front ends without it.
  const html = textOf(bundle["text/html"]);
  const clean = html === "" ? "" : sanitise(html);
  const rich = clean.replace(/<(?!img)[^>]*>/g, "").trim() !== "";
  if (rich && !(widget && (bundle["image/png"] || bundle["image/svg+xml"])))
    return `<div class="result html">${clean}</div>`;
  if (bundle["text/markdown"])
    return `<div class="result">${sanitise(/** @type {string} */ (markdown.parse(textOf(bundle["text/markdown"]))))}</div>`;
  if (bundle["image/svg+xml"]) return `<div class="result">${svgImage(textOf(bundle["image/svg+xml"]))}</div>`;
  const plain = textOf(bundle["text/plain"]);
  for (const type of Object.keys(pictures)) {
    const base64 = textOf(bundle[type]).replace(/\s/g, "");
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
      return `<div class="result"><img src="data:${type};base64,${base64}" alt="${escapeHtml(plain || "picture")}"></div>`;
  }
  return plain === "" ? "" : `<pre class="stream">${coloured(plain)}</pre>`;
}

const colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** Text with a terminal's colours as spans; other escape sequences go. @param {string} text */
function coloured(text) {
  let classes = /** @type {string[]} */ ([]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's sequences begin with one
  const parts = text.split(/(\u001b\[[0-9;?]*[A-Za-z])/);
  return parts
    .map((part, index) => {
      if (index % 2 === 0) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what is left of a terminal's control characters
        const shown = escapeHtml(part.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ""));
        return classes.length === 0 || shown === "" ? shown : `<span class="${classes.join(" ")}">${shown}</span>`;
      }
      for (const code of part.endsWith("m") ? part.slice(2, -1).split(";").map(Number) : []) {
        if (code === 0) classes = [];
        else if (code === 1) classes = [...classes, "bold"];
        else if (code >= 30 && code <= 37)
          classes = [...classes.filter((name) => name === "bold"), `ansi-${colours[code - 30]}`];
        else if (code >= 90 && code <= 97)
          classes = [...classes.filter((name) => name === "bold"), `ansi-${colours[code - 90]}`];
        else if (code === 39) classes = classes.filter((name) => name === "bold");
      }
      return "";
    })
    .join("");
}

/** The line of the cell that an error's traceback names. @param {Output} output @param {number | null | undefined} count */
function failedLine(output, count) {
  const trace = Array.isArray(output.traceback) ? output.traceback.join("\n") : "";
  const inCell = count ? trace.match(new RegExp(`(?:Cell|In) \\[?${Number(count)}\\]?,? (?:line|:)\\s*(\\d+)`)) : null;
  const line = (inCell ?? trace.match(/Cell[^\n]*? line (\d+)/))?.[1];
  return line === undefined ? undefined : Number(line);
}
