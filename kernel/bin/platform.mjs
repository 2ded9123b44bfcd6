/**
 * What differs between Linux, macOS and Windows, in one file. Linux is tested; the other two are kept possible.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const windows = process.platform === "win32";

/** Interpreter inside a virtual environment. @param {string} venv folder of the environment */
export const venvPython = (venv) => join(venv, windows ? "Scripts/python.exe" : "bin/python");

/**
 * Commands that may start a Python, best first. `py -3` is the launcher that the Windows installer leaves behind.
 * @returns {string[][]}
 */
export const pythonCommands = () => (windows ? [["py", "-3"], ["python"]] : [["python3"], ["python"]]);

/** What to do about a missing Python, for the end of a sentence. */
export const pythonRemedy =
  process.platform === "linux"
    ? "install it (Debian, Ubuntu: apt install python3 python3-venv) or name one by VOXBOOK_PYTHON=/path/to/python3"
    : process.platform === "darwin"
      ? "install it (brew install python, or python.org) or name one by VOXBOOK_PYTHON=/path/to/python3"
      : "install it from python.org or name one by VOXBOOK_PYTHON=C:\\path\\to\\python.exe";

/**
 * How to call npm from Node without a shell: npm says where its own script is, and on Windows `npm` is a batch file,
 * which Node refuses to spawn directly.
 * @returns {string[]} command and leading arguments
 */
export function npmCommand() {
  const nextToNode = join(
    dirname(process.execPath),
    windows ? "node_modules/npm/bin/npm-cli.js" : "../lib/node_modules/npm/bin/npm-cli.js",
  );
  const script = [process.env.npm_execpath, nextToNode].find(
    (path) => path?.endsWith("npm-cli.js") && existsSync(path),
  );
  return script === undefined ? ["npm"] : [process.execPath, script];
}

/** A Chromium or Chrome executable: `VOXBOOK_CHROMIUM`, else the usual places. @returns {string | undefined} */
export function findChromium() {
  return [
    process.env.VOXBOOK_CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ].find((path) => path !== undefined && existsSync(path));
}

/** True if a browser window can be opened for the person who typed the command. */
export function hasDisplay() {
  if (process.env.CI || !process.stdout.isTTY) return false;
  if (process.platform !== "linux") return true;
  // A container may inherit DISPLAY without any display behind it, and root's browser refuses to start.
  const container = existsSync("/.dockerenv") || existsSync("/run/.containerenv");
  return !container && !isRoot() && Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** True for the superuser, for whom Jupyter asks a special permission. */
export const isRoot = () => process.getuid?.() === 0;

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches only us and we end it in order.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 */
export const spawnGroup = (command, args, options) => spawn(command, args, { ...options, detached: !windows });

/**
 * Ends a program started by {@link spawnGroup}, with everything it started.
 * @param {import("node:child_process").ChildProcess} child
 * @param {"ask" | "force"} manner `ask` lets it clean up
 */
export function endGroup(child, manner) {
  if (child.pid === undefined) return;
  if (windows) {
    if (manner === "force" || !child.kill()) spawnSync("taskkill", ["/pid", String(child.pid), "/t", "/f"]);
    return;
  }
  try {
    // Asked, only the server itself is told: it shuts its kernels down; forced, the whole group goes.
    process.kill(manner === "ask" ? child.pid : -child.pid, manner === "ask" ? "SIGTERM" : "SIGKILL");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}
