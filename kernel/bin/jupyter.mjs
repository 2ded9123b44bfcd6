/**
 * Puts the kernelspec and the labextension into a Jupyter: the project's own, or one that the user already has.
 */
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { hasTranslator, installTranslator, uninstallTranslator } from "./papermill.mjs";
import { pythonCommands } from "./platform.mjs";
import { Failure, paths } from "./project.mjs";
import { fingerprint, runProgram } from "./steps.mjs";

export const kernelName = "voxbook";
const extensionName = "@voxbook/widgets";

/** What the system's allocator is told; only glibc knows these. */
export const kernelEnvironment = {
  // Each of the kernel's threads would keep memory of its own for small allocations.
  MALLOC_ARENA_MAX: "2",
  // Volumes get fresh memory, which the system clears where it is first touched, in the threads, and on pages of 2 MiB: the
  // main thread would clear 64 MiB that were used before in 90 ms, and pages of 4 KiB take 57 ms instead of 16.
  GLIBC_TUNABLES: "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4194304:glibc.malloc.trim_threshold=33554432",
};

/**
 * The kernelspec. Node is named by its full path, since a Jupyter started from a desktop has another PATH.
 * Without `--no-force-async-hooks-checks`, a second interrupted callback ends the process ("async hook stack has become
 * corrupted").
 */
export const kernelspec = () => ({
  argv: [process.execPath, "--no-force-async-hooks-checks", paths.kernelMain, "{connection_file}"],
  display_name: "TypeScript (voxbook)",
  language: "typescript",
  interrupt_mode: "message",
  kernel_protocol_version: "5.5",
  env: kernelEnvironment,
  metadata: { debugger: false, supported_encryption: "curve" },
});

/** @param {string} share a `share/jupyter` folder */
const prefixOf = (share) => join(share, "../..");

/** @param {string} share a `share/jupyter` folder */
const places = (share) => ({
  spec: join(share, "kernels", kernelName),
  extension: join(share, "labextensions", ...extensionName.split("/")),
});

/**
 * @param {string} share a `share/jupyter` folder
 * @returns {{ kernelspec: string, labextension: string }} what was put there, or why not
 */
export function install(share) {
  if (!existsSync(paths.kernelMain))
    throw new Failure(`The kernel is not built (${paths.kernelMain} is missing); run npm run build first.`);
  const { spec, extension } = places(share);
  try {
    rmSync(spec, { recursive: true, force: true });
    mkdirSync(spec, { recursive: true });
    writeFileSync(join(spec, "kernel.json"), `${JSON.stringify(kernelspec(), null, 2)}\n`);
    installTranslator(prefixOf(share));
    if (!existsSync(join(paths.labextension, "package.json")))
      return { kernelspec: spec, labextension: "not built: widgets show a picture" };
    remove(extension);
    cpSync(paths.labextension, extension, { recursive: true });
    return { kernelspec: spec, labextension: extension };
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") throw error;
    throw new Failure(`${share} may not be written to (${code}); use --user, or --prefix with a folder of your own.`);
  }
}

/** Also where it is a link to a folder of a developer. @param {string} path */
function remove(path) {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return false;
  rmSync(path, { recursive: !status.isSymbolicLink(), force: true });
  return true;
}

/** @param {string} share @returns {string[]} what was removed */
export function uninstall(share) {
  const { spec, extension } = places(share);
  return [...[spec, extension].filter(remove), ...uninstallTranslator(prefixOf(share))];
}

/**
 * @typedef {object} Status
 * @property {"current" | "other" | "missing"} kernelspec `other`: a voxbook elsewhere, or another Node
 * @property {"current" | "other" | "missing" | "not built"} labextension
 * @property {string[]} remarks what is the matter, in sentences
 */

/** @param {string} share @returns {Status} */
export function status(share) {
  const { spec, extension } = places(share);
  /** @type {string[]} */
  const remarks = [];
  /** @type {Status} */
  const result = { kernelspec: "missing", labextension: "missing", remarks };
  const file = join(spec, "kernel.json");
  if (existsSync(file)) {
    const found = readSpec(file);
    const { argv } = found;
    const same = isDeepStrictEqual(found, kernelspec());
    result.kernelspec = same ? "current" : "other";
    if (!same) remarks.push(`The kernelspec starts ${argv.join(" ")}; run install to point it here.`);
    const absent = argv.find((part) => /[\\/]/.test(part) && !existsSync(part));
    if (absent !== undefined) remarks.push(`The kernelspec names ${absent}, which does not exist; run install again.`);
  }
  const built = existsSync(join(paths.labextension, "package.json"));
  if (existsSync(join(extension, "package.json")))
    result.labextension = built && sameFolder(extension, paths.labextension) ? "current" : "other";
  else if (!built) result.labextension = "not built";
  if (result.labextension === "other") remarks.push("The labextension differs from the one built here; run install.");
  return result;
}

/** @param {string} file @returns {{ argv: string[] }} */
function readSpec(file) {
  try {
    const spec = JSON.parse(readFileSync(file, "utf8"));
    if (Array.isArray(spec.argv)) return { ...spec, argv: spec.argv.map(String) };
  } catch {
    // Falls through: an unreadable kernelspec is one that starts nothing.
  }
  return { argv: ["(unreadable)"] };
}

/** @param {string} a @param {string} b */
const sameFolder = (a, b) => folderSum(a) === folderSum(b);

/** @param {string} folder sum that does not depend on where the folder is */
function folderSum(folder) {
  return fingerprint([folder], undefined, folder);
}

/** True if the Jupyter in `share` has this very kernel and extension. @param {string} share */
export function isInstalled(share) {
  const { kernelspec: spec, labextension } = status(share);
  const built = labextension === "current" || labextension === "not built";
  return spec === "current" && built && hasTranslator(prefixOf(share));
}

/**
 * The `share/jupyter` folder that the options of `voxbook kernel` mean.
 * @param {{ prefix?: string, user?: boolean, sysPrefix?: boolean }} options
 * @returns {Promise<string>}
 */
export async function shareFolder({ prefix, user, sysPrefix }) {
  if (prefix !== undefined) return join(resolve(prefix), "share/jupyter");
  if (sysPrefix || (!user && process.env.VIRTUAL_ENV) || (!user && process.env.CONDA_PREFIX))
    return join(await sysPrefixOf(), "share/jupyter");
  if (process.env.JUPYTER_DATA_DIR) return resolve(process.env.JUPYTER_DATA_DIR);
  if (process.platform === "darwin") return join(homedir(), "Library/Jupyter");
  if (process.platform === "win32") return join(process.env.APPDATA ?? homedir(), "jupyter");
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), ".local/share"), "jupyter");
}

/** `sys.prefix` of the Python on the path: the environment that is active. */
async function sysPrefixOf() {
  for (const python of pythonCommands()) {
    const { code, output } = await runProgram([...python, "-c", "import sys; print(sys.prefix)"], {
      quiet: true,
      env: process.env,
    });
    if (code === 0) return output.trim();
  }
  throw new Failure(
    "--sys-prefix asks the Python on the path for its folder, and there is none; use --prefix or --user.",
  );
}
