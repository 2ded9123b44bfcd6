/** The start of the kernel beside ipykernel's and plain tslab's, in turns, driven by jupyter_client. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { venvPython } from "../../kernel/bin/platform.mjs";
import { paths, projectEnvironment, root } from "../../kernel/bin/project.mjs";

/** @type {Promise<Record<string, { ready: number, result: number, value: string }>> | undefined} */
let measured;

function _both() {
  measured ??= promisify(execFile)(
    venvPython(paths.venv),
    [join(root, "test/bench/kernels.py"), "voxbook", "python3"],
    {
      env: projectEnvironment(),
      timeout: 300_000,
    },
  ).then(({ stdout }) => JSON.parse(stdout));
  return measured;
}

/** @param {string} operation @param {"ready" | "result"} part */
const row = (operation, part) => ({
  operation,
  size: "",
  async beside() {
    const { voxbook, python3, tslab: plain } = await all();
    const peer = (name, seen) => ({ name, took: seen[part], off: 0, agrees: voxbook.value === seen.value });
    return { ours: [voxbook[part]], peers: [peer("ipykernel", python3), peer("tslab", plain)] };
  },
});

/** @type {typeof import("./rows.js").rows} */
export const rows = () => [row("kernel: start to ready", "ready"), row("kernel: ready to first result", "result")];
