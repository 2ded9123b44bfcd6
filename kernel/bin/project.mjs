/**
 * Where the project keeps things, and an environment in which every program that we start keeps its state in there:
 * nothing is left in the home folder.
 */
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Root folder of the package. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** A checkout can be built and keeps its state in itself; an installed package is already built, and may be read-only. */
export const isCheckout = !root.split(/[\\/]/).includes("node_modules");

export const paths = {
  cache: join(root, ".cache"),
  venv: join(root, ".venv"),
  stamps: join(root, ".cache/stamps"),
  reports: join(root, ".cache/reports"),
  kernelMain: join(root, "dist/kernel/main.js"),
  labextension: join(root, "widgets/labextension"),
  tour: "notebooks/learn/01-from-scan-to-report.ipynb",
};

/** A failure that is told to the person as one sentence, without a stack. */
export class Failure extends Error {
  /** @param {string} sentence what failed and what to do */
  constructor(sentence) {
    super(sentence);
    this.name = "Failure";
  }
}

/**
 * The environment for programs of the project. A variable that points into the home folder is replaced, so that neither
 * Jupyter nor IPython nor pip nor a browser writes there.
 * @returns {NodeJS.ProcessEnv}
 */
export function projectEnvironment() {
  const inside = (/** @type {string} */ name) => join(paths.cache, name);
  return {
    ...process.env,
    JUPYTER_CONFIG_DIR: inside("jupyter/config"),
    JUPYTER_DATA_DIR: inside("jupyter/data"),
    JUPYTER_RUNTIME_DIR: inside("jupyter/runtime"),
    JUPYTERLAB_SETTINGS_DIR: inside("jupyter/settings"),
    JUPYTERLAB_WORKSPACES_DIR: inside("jupyter/workspaces"),
    // Kernels and extensions of the project's environment go before those of the machine.
    JUPYTER_PREFER_ENV_PATH: "1",
    IPYTHONDIR: inside("ipython"),
    MPLCONFIGDIR: inside("matplotlib"),
    PIP_CACHE_DIR: inside("pip"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    // The Python of another environment must not leak into ours.
    PYTHONHOME: undefined,
    PYTHONPATH: undefined,
    PYTHONNOUSERSITE: "1",
    npm_config_cache: inside("npm"),
    // pip asks `rustc` for its version, and rustup's stand-in for it writes settings where there are none yet.
    ...(process.env.RUSTUP_HOME || existsSync(join(homedir(), ".rustup")) ? {} : { RUSTUP_HOME: inside("rustup") }),
    XDG_CONFIG_HOME: inside("xdg/config"),
    XDG_CACHE_HOME: inside("xdg/cache"),
    XDG_DATA_HOME: inside("xdg/data"),
    XDG_STATE_HOME: inside("xdg/state"),
    VOXBOOK_SCRATCH: process.env.VOXBOOK_SCRATCH ?? inside("scratch"),
    VOXBOOK_CACHE: process.env.VOXBOOK_CACHE ?? inside("volumes"),
  };
}

/**
 * {@link projectEnvironment} for the tests: they may not see the person's home folder at all, since a browser keeps
 * certificates and crash reports there whatever its profile is. Not for npm, pip or JupyterLab, which need the person's
 * settings for mirrors and proxies.
 * @returns {NodeJS.ProcessEnv}
 */
export function testEnvironment() {
  const home = join(paths.cache, "home");
  const scratch = join(paths.cache, "tmp");
  for (const folder of [home, scratch]) mkdirSync(folder, { recursive: true });
  // Unix sockets allow about 100 characters of path, and browsers and Jupyter put theirs into the temporary folder.
  const temporary = scratch.length <= 60 ? { TMPDIR: scratch, TEMP: scratch, TMP: scratch } : {};
  return { ...projectEnvironment(), HOME: home, USERPROFILE: home, ...temporary };
}
