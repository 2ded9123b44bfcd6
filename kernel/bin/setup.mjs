/**
 * Everything between a fresh clone and a running JupyterLab; each part only where it is missing or has changed, so that
 * the second time takes a moment and needs no network.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npmCommand } from "./platform.mjs";
import { Failure, paths, root } from "./project.mjs";
import { mustRun, runSteps } from "./steps.mjs";

/** @typedef {import("./steps.mjs").Step} Step */

/**
 * @param {{ python?: boolean, requirements?: string[], say?: (line: string) => void }} [options] `python: false` leaves
 * JupyterLab out; `requirements`: more files for pip, relative to the root
 */
export async function setup({ python = true, requirements = [], say } = {}) {
  const steps = [nodeStep, packagesStep, buildStep];
  if (python) steps.push(...pythonSteps(["binder/requirements.txt", ...requirements]));
  await runSteps(steps, say);
}

/** @type {Step} */
const nodeStep = {
  title: "Node",
  run: async () => {
    const wanted = "20.19";
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major < 20 || (major === 20 && minor < 19))
      throw new Failure(
        `voxbook needs Node ${wanted} or newer and this is ${process.versions.node}; install a newer one from nodejs.org and try again.`,
      );
    return process.versions.node;
  },
};

/** @type {Step} */
const packagesStep = {
  title: "npm packages",
  run: async () => {
    if (packagesAreCurrent()) return false;
    await mustRun(
      [...npmCommand(), "ci", "--no-progress"],
      "npm could not install the packages (above); check the network, or the registry in your own .npmrc, and try again.",
    );
    return "installed";
  },
};

/** npm writes the list of what it installed last of all, so a half-made node_modules has none. */
function packagesAreCurrent() {
  const installed = readLock(join(root, "node_modules/.package-lock.json"));
  const wanted = readLock(join(root, "package-lock.json"));
  if (installed === undefined || wanted === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/") || entry.link || entry.optional || entry.devOptional || entry.peer)
      return true;
    return installed[path]?.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }> | undefined}
 */
function readLock(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}

/** @type {Step} */
const buildStep = {
  title: "build",
  // Loaded late: the steps before it must run where nothing is installed.
  run: async () => (await import("./build.mjs")).build(),
};

/** @param {string[]} requirements @returns {Step[]} */
function pythonSteps(requirements) {
  return [
    {
      title: "private Python environment (.venv)",
      run: async () => (await import("./python.mjs")).makeEnvironment(),
    },
    ...requirements.map((file) => ({
      title: `Python packages of ${file}`,
      run: async () => (await import("./python.mjs")).installRequirements(file),
    })),
    {
      title: "kernel and widgets in JupyterLab",
      run: async () => {
        const { install, isInstalled } = await import("./jupyter.mjs");
        const share = join(paths.venv, "share/jupyter");
        const announced = silenceAnnouncements();
        if (isInstalled(share)) return announced;
        const { labextension } = install(share);
        return labextension.startsWith("not built") ? `kernel installed; widgets ${labextension}` : "installed";
      },
    },
  ];
}

/** JupyterLab asks for its news over the network at each start; this switches the asking off, for this environment. */
function silenceAnnouncements() {
  const file = join(paths.venv, "etc/jupyter/labconfig/page_config.json");
  const text = `${JSON.stringify({ disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true } })}\n`;
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return "settings written";
}
