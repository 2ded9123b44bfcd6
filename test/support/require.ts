/**
 * What a test may need and a machine may lack: the real data, a browser, a Python. Each is looked up once; a test that
 * lacks one is skipped and counted, unless `VOXBOOK_REQUIRE` (a list: data,chromium,python,pybamm,openpnm) says it has to be there.
 */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

export type Requirement = "data" | "chromium" | "python" | "pybamm" | "openpnm";

function first(candidates: (string | undefined)[]): string | undefined {
  return candidates.find((path) => path !== undefined && existsSync(path));
}

/** Folder of the real volumes: `VOXBOOK_DATA`, else `shared/data` beside the project's root. */
export const dataFolder = (): string | undefined => first([process.env.VOXBOOK_DATA, resolve(root, "../shared/data")]);

/** Interpreter of the project's own Python environment. */
export const python = (): string | undefined =>
  first([join(root, ".venv/bin/python"), join(root, ".venv/Scripts/python.exe")]);

/** A Chromium or Chrome executable. */
export const chromium = (): string | undefined =>
  first([
    process.env.VOXBOOK_CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ]);

/** The first of these interpreters, if its packages are there. */
function having(interpreters: (string | undefined)[], packages: readonly string[]): string | undefined {
  const interpreter = first(interpreters);
  if (interpreter === undefined) return undefined;
  // Starting Python to ask would take longer than the tests.
  const folder = resolve(dirname(interpreter), "..");
  const places = [join(folder, "Lib", "site-packages")];
  if (existsSync(join(folder, "lib")))
    for (const name of readdirSync(join(folder, "lib"))) places.push(join(folder, "lib", name, "site-packages"));
  return places.some((place) => packages.every((name) => existsSync(join(place, name)))) ? interpreter : undefined;
}

/** An interpreter that has PyBaMM and the reader of BPX files: `VOXBOOK_PYBAMM`, else the project's own. */
export const pybamm = (): string | undefined => having([process.env.VOXBOOK_PYBAMM, python()], ["pybamm", "bpx"]);

/** An interpreter that has OpenPNM: `VOXBOOK_OPENPNM`, else the project's own. */
export const openpnm = (): string | undefined => having([process.env.VOXBOOK_OPENPNM, python()], ["openpnm"]);

const lookup: Record<Requirement, () => string | undefined> = {
  data: dataFolder,
  chromium,
  python,
  pybamm,
  openpnm,
};

/**
 * True if the test has to be skipped for lack of `name`. Throws instead where `VOXBOOK_REQUIRE` lists it, so that a
 * machine that should have everything cannot go green on skipped tests.
 */
export function lacks(name: Requirement): boolean {
  if (lookup[name]() !== undefined) return false;
  if ((process.env.VOXBOOK_REQUIRE ?? "").split(",").includes(name))
    throw new Error(`VOXBOOK_REQUIRE lists ${name}, but it was not found on this machine`);
  return true;
}

/** Path of a file in the data folder; call only where `lacks("data")` is false. */
export function data(path: string): string {
  const folder = dataFolder();
  if (folder === undefined) throw new Error("no data folder: set VOXBOOK_DATA");
  return join(folder, path);
}
