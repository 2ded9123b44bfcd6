/** Notebook files: read, checked, parameters put in, written without ever leaving half a file. */
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import ts from "typescript";
import { Failure } from "./project.mjs";

/**
 * @typedef {Record<string, unknown> & { output_type: string }} Output nbformat 4
 * @typedef {object} Cell
 * @property {"code" | "markdown" | "raw"} cell_type
 * @property {string} [id]
 * @property {string | string[]} source
 * @property {Record<string, unknown> & { tags?: string[] }} metadata
 * @property {Output[]} [outputs]
 * @property {number | null} [execution_count]
 * @property {Record<string, Record<string, string>>} [attachments]
 * @typedef {object} Notebook
 * @property {number} nbformat
 * @property {number} nbformat_minor
 * @property {Record<string, any>} metadata
 * @property {Cell[]} cells
 */

/** Text of a cell or a stream: nbformat writes it whole or as a list of lines. @param {unknown} value */
export const textOf = (value) => (Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "");

/** @param {string} path @returns {Notebook} */
export function readNotebook(path) {
  /** @type {string} */
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Failure(
      `${path} cannot be read (${code}); give the path of a notebook file, for example notebooks/learn/01-from-scan-to-report.ipynb.`,
    );
  }
  /** @type {any} */
  let notebook;
  try {
    notebook = JSON.parse(text);
  } catch (error) {
    throw new Failure(`${path} is not a notebook: ${/** @type {Error} */ (error).message}.`);
  }
  if (typeof notebook !== "object" || notebook === null || !Array.isArray(notebook.cells))
    throw new Failure(`${path} is not a notebook: it has no list of cells.`);
  if (notebook.nbformat !== 4)
    throw new Failure(
      `${path} is a notebook of format ${notebook.nbformat}; open and save it in a current Jupyter, which makes it format 4.`,
    );
  for (const [index, cell] of notebook.cells.entries())
    if (!["code", "markdown", "raw"].includes(cell?.cell_type))
      throw new Failure(
        `${path}: cell ${index + 1} has the type ${JSON.stringify(cell?.cell_type)}; allowed: code, markdown, raw.`,
      );
  return notebook;
}

/**
 * Writes a file so that at any moment there is the whole old one or the whole new one.
 * @param {string} path @param {string} text
 */
export function writeWhole(path, text) {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = openSync(temporary, "wx");
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Failure(`${path} could not be written (${code}); what was there before is whole.`);
  }
}

/**
 * The file's text exactly as Jupyter writes it (keys in order, texts as lists of lines), so that saving it there again
 * changes nothing.
 * @param {Notebook} notebook
 * @returns {string}
 */
export function serialise(notebook) {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.outputs === undefined ? {} : { outputs: cell.outputs.map(splitOutput) }),
  }));
  return `${JSON.stringify(sorted({ ...notebook, cells }), null, 1)}\n`;
}

/** @param {unknown} text @returns {string[]} */
const lines = (text) => textOf(text).match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** @param {Output} output @returns {Output} */
function splitOutput(output) {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (typeof output.data !== "object" || output.data === null) return output;
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    typeof value === "string" && /^text\/|^image\/svg|^application\/javascript$/.test(type) ? lines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

/** @param {unknown} value @returns {unknown} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, sorted(part)]));
}

/**
 * Parameters from the command line: `name=value`, the value a JSON literal where it reads as one, else a string.
 * @param {string[]} assignments
 * @returns {Map<string, unknown>}
 */
export function parseParameters(assignments) {
  const parameters = new Map();
  for (const assignment of assignments) {
    const match = assignment.match(/^([A-Za-z_$][\w$]*)=([\s\S]*)$/);
    if (match === null)
      throw new Failure(`--param ${assignment} is not of the form name=value, for example --param radius=2.`);
    const [, name, text] = match;
    if (parameters.has(name)) throw new Failure(`--param ${name} is given twice; give it once.`);
    parameters.set(name, literal(text));
  }
  return parameters;
}

/** @param {string} text */
function literal(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Paths as the person typed them are relative to the folder of the shell, not to the notebook's: a value that names a
 * file there, or with a separator in it a folder, is made absolute. A bare word stays what it is, the name of a sample
 * for example, even where a folder happens to have that name.
 * @param {Map<string, unknown>} parameters
 * @param {string} folder of the shell
 * @returns {Map<string, unknown>}
 */
export function absolutePaths(parameters, folder) {
  const absolute = (/** @type {unknown} */ value) => {
    if (typeof value !== "string" || value === "" || isAbsolute(value)) return value;
    const path = resolve(folder, value);
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() || (found !== undefined && /[\\/]/.test(value)) ? path : value;
  };
  return new Map([...parameters].map(([name, value]) => [name, absolute(value)]));
}

/**
 * Names that the notebook's cell tagged `parameters` declares by `let` or `var`: the ones that can be given.
 * @param {string} source
 */
export function declaredNames(source) {
  /** @type {string[]} */
  const names = [];
  const file = ts.createSourceFile("parameters.ts", source, ts.ScriptTarget.ES2022);
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement) || statement.declarationList.flags & ts.NodeFlags.Const) continue;
    for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) names.push(name.text);
  }
  return names;
}

/**
 * The notebook with a cell after the one tagged `parameters` that gives the parameters their values.
 * The values are assigned, not declared anew: so they keep the declared types, and a value of another type warns.
 * @param {Notebook} notebook
 * @param {Map<string, unknown>} parameters
 * @returns {Notebook}
 */
export function injectParameters(notebook, parameters) {
  // A notebook executed before with --out carries the cell of that run.
  const cells = notebook.cells.filter((cell) => !cell.metadata?.tags?.includes("injected-parameters"));
  if (parameters.size === 0) return { ...notebook, cells };
  const at = cells.findIndex((cell) => cell.cell_type === "code" && cell.metadata?.tags?.includes("parameters"));
  const given = [...parameters.keys()];
  if (at < 0)
    throw new Failure(
      `--param ${given[0]}: this notebook takes no parameters (it has no code cell tagged "parameters").`,
    );
  const allowed = declaredNames(textOf(cells[at].source));
  const unknown = given.find((name) => !allowed.includes(name));
  if (unknown !== undefined)
    throw new Failure(
      `--param ${unknown}: this notebook has no such parameter; allowed: ${allowed.join(", ") || "none (its parameters cell declares no let or var)"}.`,
    );
  /** @type {Cell} */
  const injected = {
    cell_type: "code",
    id: randomUUID().slice(0, 8),
    metadata: { tags: ["injected-parameters"] },
    source: `// Parameters of this run\n${given.map((name) => `${name} = ${JSON.stringify(parameters.get(name))};`).join("\n")}`,
    outputs: [],
    execution_count: null,
  };
  return { ...notebook, cells: [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)] };
}
