import { mkdir, readdir } from "node:fs/promises";
import { basename, extname, join, parse, resolve } from "node:path";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, isVoxbookError, MissingData } from "../core/errors.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { naturalOrder } from "../io/files.js";
import type { Pipeline } from "./pipeline.js";

/** Options of running a chain on a folder: those of a single run but `region`, `mask` and `to`, which belong to one scan. */
export type RunAllOptions = Omit<RunOptions, "region" | "mask" | "to">;

const OPTIONS = RUN_OPTIONS.filter((name) => !["region", "mask", "to"].includes(name));
const SCANS = new Set([".arrow", ".tif", ".tiff", ".nrrd", ".nhdr", ".mha", ".mhd"]);

/** Runs a chain on each scan of a folder; see `Pipeline.runAll`. */
export async function runAll(
  pipeline: Pipeline,
  folder: string,
  to: string,
  options: RunAllOptions,
): Promise<ResultTable> {
  checkOptions("runAll", options, OPTIONS);
  if (resolve(folder) === resolve(to))
    throw new InvalidArgument(`the results cannot lie in the folder of the scans, ${folder}; name another folder`);
  const scans = await scansOf(folder);
  await mkdir(to, { recursive: true });
  const rows: { scan: string; result: string; error: string }[] = [];
  for (const { scan, name } of scans) {
    options.signal?.throwIfAborted();
    const result = join(to, `${name}.arrow`);
    let error = "";
    try {
      (await pipeline.run(join(folder, scan), { ...options, to: result })).store.release();
    } catch (reason) {
      // One scan that is damaged does not lose the others.
      if (!isVoxbookError(reason)) throw reason;
      error = reason.message;
    }
    rows.push({ scan, result: error === "" ? result : "", error });
  }
  return resultTable(
    (["scan", "result", "error"] as const).map((name) => ({ name, values: rows.map((row) => row[name]) })),
    trace("runAll", { folder: basename(resolve(folder)), steps: pipeline.recipe.steps }),
  );
}

/** Files that can be opened and folders, in natural order. */
async function scansOf(folder: string): Promise<{ scan: string; name: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) => {
    throw new MissingData(`the folder of scans ${folder} could not be read: ${error.message}`);
  });
  const scans = entries
    .filter((entry) => !entry.name.startsWith("."))
    .filter((entry) => entry.isDirectory() || SCANS.has(extname(entry.name).toLowerCase()))
    .map((entry) => ({ scan: entry.name, name: entry.isDirectory() ? entry.name : parse(entry.name).name }))
    .sort((a, b) => naturalOrder(a.scan, b.scan));
  if (scans.length === 0)
    throw new MissingData(`there are no scans in the folder ${folder}: no volume files, images or folders of slices`);
  for (const [k, { scan, name }] of scans.entries()) {
    const other = scans.slice(0, k).find((earlier) => earlier.name === name);
    if (other !== undefined)
      throw new InvalidArgument(`${other.scan} and ${scan} would give results of the same name; rename one of them`);
  }
  return scans;
}
