/** `voxbook run`: executes a notebook without Jupyter, without a server and without Python. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  absolutePaths,
  injectParameters,
  parseParameters,
  readNotebook,
  serialise,
  textOf,
  writeWhole,
} from "./notebook.mjs";
import { Failure, root } from "./project.mjs";

/**
 * @typedef {import("./notebook.mjs").Output} Output
 * @typedef {import("./notebook.mjs").Notebook} Notebook
 * @typedef {import("./notebook.mjs").Cell} Cell
 *
 * @typedef {object} CellError
 * @property {string} ename
 * @property {string} evalue
 * @property {string[]} traceback
 *
 * @typedef {object} Session what `dist/kernel/headless.js` gives
 * @property {(code: string) => Promise<{ status: "ok" | "error" | "abort", outputs: Output[], error?: CellError }>} execute
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ cwd: string }} options
 * @returns {Promise<Session>}
 */
async function openSession(options) {
  const file = join(root, "dist/kernel/headless.js");
  if (!existsSync(file)) throw new Failure(`voxbook is not built (${file} is missing); run npm run build first.`);
  const { createSession } = await import(pathToFileURL(file).href);
  return createSession(options);
}

/**
 * Executes a notebook file.
 * @param {object} options
 * @param {string} options.file
 * @param {string[]} [options.param] `name=value`
 * @param {string} [options.html] where to write the page
 * @param {string} [options.out] where to write the executed notebook
 * @param {(line: string) => void} [options.say] takes progress and failures
 * @param {(options: { cwd: string }) => Promise<Session>} [options.session]
 * @returns {Promise<number>} exit status: 0, or 1 if a cell failed
 */
export async function runNotebook({ file, param = [], html, out, say = console.error, session = openSession }) {
  const path = resolve(file);
  const notebook = injectParameters(readNotebook(path), absolutePaths(parseParameters(param), process.cwd()));
  // Found out before an hour of computing, not after.
  for (const target of [html, out])
    if (target !== undefined && !existsSync(dirname(resolve(target))))
      throw new Failure(`the folder of ${target} does not exist; make it first, or give another path.`);

  const begin = performance.now();
  const opened = await session({ cwd: dirname(path) });
  /** @type {{ executed: Notebook, failure?: string }} */
  let result;
  try {
    result = await executeCells(notebook, opened, say);
  } finally {
    await opened.close();
  }
  const { executed, failure } = result;
  // Also after a failure: what came before it, and the failure itself, are what one needs to see.
  if (out !== undefined) {
    writeWhole(resolve(out), serialise(executed));
    say(`executed notebook: ${out}`);
  }
  if (html !== undefined) {
    const { notebookToHtml } = await import("./html.mjs");
    writeWhole(resolve(html), notebookToHtml(executed, { title: basename(file, ".ipynb"), folder: dirname(path) }));
    say(`page: ${html}`);
  }
  if (failure !== undefined) {
    say(failure);
    return 1;
  }
  say(`${file} ran without an error in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  return 0;
}

/** What Jupyter goes by when it opens the notebook; one that a person wrote by hand may lack it. */
const kernelMetadata = {
  kernelspec: { display_name: "TypeScript (voxbook)", language: "typescript", name: "voxbook" },
  language_info: { file_extension: ".ts", mimetype: "text/typescript", name: "typescript", version: "5.9.3" },
};

/**
 * @param {Notebook} notebook
 * @param {Session} session
 * @param {(line: string) => void} say
 * @returns {Promise<{ executed: Notebook, failure?: string }>}
 */
async function executeCells(notebook, session, say) {
  /** @type {Cell[]} */
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  const total = cells.filter((cell) => cell.cell_type === "code" && textOf(cell.source).trim() !== "").length;
  let count = 0;
  /** @type {string | undefined} */
  let failure;
  for (const [index, cell] of cells.entries()) {
    const source = textOf(cell.source);
    if (cell.cell_type !== "code" || source.trim() === "") continue;
    const since = performance.now();
    count += 1;
    const { status, outputs, error } = await session.execute(source);
    cell.execution_count = count;
    // The list goes on growing while other cells run, if this one has left timers behind.
    cell.outputs = outputs;
    say(`[${count}/${total}] ${firstLine(source)} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
    if (status === "ok" || cell.metadata?.tags?.includes("raises-exception")) continue;
    failure = describe(index, count, source, error ?? errorOf(cell.outputs), status);
    break;
  }
  for (const cell of cells)
    cell.outputs = cell.outputs?.map((output) =>
      output.output_type === "execute_result" ? { ...output, execution_count: cell.execution_count } : output,
    );
  const metadata = { ...kernelMetadata, ...notebook.metadata };
  return { executed: { ...notebook, metadata, cells }, failure };
}

/** The first line that says something: of a cell that begins with a comment, the comment. @param {string} source */
function firstLine(source) {
  const line = source.split("\n").find((text) => text.trim() !== "") ?? "";
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** @param {Output[]} outputs @returns {CellError | undefined} */
function errorOf(outputs) {
  const output = outputs.find((candidate) => candidate.output_type === "error");
  return output === undefined ? undefined : /** @type {CellError & Output} */ (/** @type {unknown} */ (output));
}

/**
 * @param {number} index of the cell in the notebook, from 0
 * @param {number} count execution count
 * @param {string} source
 * @param {CellError | undefined} error
 * @param {string} status
 */
function describe(index, count, source, error, status) {
  const head = `cell ${index + 1} (In [${count}]) failed: ${firstLine(source)}`;
  if (error === undefined) return `${head}\n  ended with status ${status}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences that colour a traceback begin with one
  const plain = (/** @type {string} */ text) => text.replace(/\u001b\[[0-9;]*m/g, "");
  const message = plain(`${error.ename}: ${error.evalue}`);
  const traceback = (error.traceback ?? []).map(plain).join("\n").split("\n");
  // The cell's own line is what one looks for; the message is already told.
  const lines = traceback.filter((line) => line.trim() !== "" && !message.includes(line.trim()));
  return [
    head,
    `  ${message.replaceAll("\n", "\n  ")}`,
    ...lines.slice(0, 12).map((line) => `  ${line.trimStart()}`),
  ].join("\n");
}
