/** Starts the project's JupyterLab and stops it in order; the browser tests use it, too. */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { endGroup, isRoot, spawnGroup, venvPython } from "./platform.mjs";
import { Failure, paths, projectEnvironment, root } from "./project.mjs";
import { withVenvOnPath } from "./python.mjs";

/**
 * @typedef {object} Lab
 * @property {string} address with the token: what to open in a browser
 * @property {string} url of the server, ends in `/`
 * @property {string} token
 * @property {Promise<number>} ended exit status, once the server has ended
 * @property {() => Promise<void>} stop shuts kernels and server down
 */

/**
 * Starts JupyterLab and waits until it answers.
 * @param {object} [options]
 * @param {string} [options.folder] what the file browser shows; the project's root by default
 * @param {string} [options.notebook] opened at the start, relative to the folder
 * @param {boolean} [options.browser] let Jupyter open a browser; it hands the token over by a private file
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(line: string) => void} [options.log] takes the server's log
 * @param {number} [options.timeout] milliseconds to wait for an answer
 * @param {boolean} [options.prompt] small messages of kernels leave at once; see kernel/server. False: the server as it comes
 * @param {AbortSignal} [options.signal] gives up waiting and stops the server
 * @returns {Promise<Lab>}
 */
export async function startLab(options = {}) {
  const { folder = root, notebook, browser = false, env = projectEnvironment(), log = () => {} } = options;
  const { timeout = 120_000, signal, prompt = true } = options;
  const runtime = env.JUPYTER_RUNTIME_DIR ?? join(paths.cache, "jupyter/runtime");
  mkdirSync(runtime, { recursive: true });
  const page = notebook === undefined ? "/lab" : `/lab/tree/${notebook.split("/").map(encodeURIComponent).join("/")}`;
  const started = Date.now();
  const child = spawnGroup(
    venvPython(paths.venv),
    [
      ...["-m", "jupyterlab", `--ServerApp.root_dir=${folder}`, `--LabApp.default_url=${page}`],
      ...(browser ? [] : ["--no-browser"]),
      // Jupyter looks for the next free port itself. Only this machine may connect, and only with the token.
      ...["--ServerApp.ip=127.0.0.1", "--ServerApp.port=8888", "--ServerApp.port_retries=200"],
      // Nothing goes to the network by itself: neither news nor a search for newer versions or extensions.
      "--LabApp.news_url=None",
      "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
      "--LabApp.extension_manager=readonly",
      ...(prompt ? ["--ServerApp.jpserver_extensions={'voxbook_server': True}"] : []),
      ...(isRoot() ? ["--allow-root"] : []),
    ],
    {
      cwd: folder,
      env: { ...withVenvOnPath(env), ...(prompt ? { PYTHONPATH: join(root, "kernel/server") } : {}) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let tail = "";
  const take = (/** @type {Buffer} */ chunk) => {
    tail = (tail + chunk.toString()).slice(-4000);
    for (const line of chunk.toString().split("\n")) if (line !== "") log(line);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  /** @type {Promise<number>} */
  const ended = new Promise((settle) => {
    child.on("error", () => settle(127));
    child.on("exit", (code) => settle(code ?? 1));
  });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const stop = async () => {
    // A second request while the server is still shutting down changes nothing.
    if (!over) endGroup(child, "ask");
    const inTime = await Promise.race([ended.then(() => true), pause(10_000, false, { ref: false })]);
    if (!inTime) endGroup(child, "force");
    await ended;
  };
  while (!over && !signal?.aborted && Date.now() - started < timeout) {
    const server = await answering(runtime, child.pid, started);
    if (server !== undefined) {
      const address = `${server.url.replace(/\/$/, "")}${page}?token=${server.token}`;
      return { address, url: server.url, token: server.token, ended, stop };
    }
    await pause(100);
  }
  if (signal?.aborted) {
    await stop();
    throw new Failure("stopped before JupyterLab answered.");
  }
  const reason = over ? "ended at once" : `did not answer within ${timeout / 1000} s`;
  await stop();
  throw new Failure(
    `JupyterLab ${reason}; its last words were:\n${tail.trim()}\nRemove .venv and run npm start again if its packages are damaged.`,
  );
}

/**
 * The server's own note of where it listens (a private file), once it answers there.
 * @param {string} runtime
 * @param {number | undefined} pid
 * @param {number} since only younger notes count: with the Windows launcher the server is a child of the process we know
 * @returns {Promise<{ url: string, token: string } | undefined>}
 */
async function answering(runtime, pid, since) {
  const own = `jpserver-${pid}.json`;
  const notes = readdirSync(runtime).filter((name) => /^jpserver-\d+\.json$/.test(name));
  const note = notes.includes(own)
    ? own
    : process.platform === "win32" && notes.find((name) => statSync(join(runtime, name)).mtimeMs >= since);
  if (!note) return undefined;
  try {
    const { url, token } = JSON.parse(readFileSync(join(runtime, note), "utf8"));
    const response = await fetch(`${url}api/status`, { headers: { authorization: `token ${token}` } });
    return response.ok ? { url, token } : undefined;
  } catch {
    // The note is half-written or the server does not listen yet.
    return undefined;
  }
}
