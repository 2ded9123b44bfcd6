/** The start of the kernel beside ipykernel's and plain tslab's, in turns, driven by jupyter_client. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { venvPython } from "../../kernel/bin/platform.mjs";
import { paths, projectEnvironment, root } from "../../kernel/bin/project.mjs";

/** @typedef {{ ready: number, result: number, value: string }} Seen */

/** A folder with the kernelspec of plain tslab. */
function tslab() {
  const folder = join(paths.cache, "bench/jupyter");
  mkdirSync(join(folder, "kernels/tslab"), { recursive: true });
  const program = join(root, "node_modules/tslab/bin/tslab");
  const argv = [process.execPath, program, "kernel", "--config-path", "{connection_file}"];
  const spec = { argv, display_name: "tslab", language: "typescript" };
  writeFileSync(join(folder, "kernels/tslab/kernel.json"), JSON.stringify(spec));
  return folder;
}

/** @type {Promise<Record<string, Seen>> | undefined} */
let measured;

function all() {
  const script = join(root, "test/bench/kernels.py");
  measured ??= promisify(execFile)(venvPython(paths.venv), [script, "voxbook", "python3", "tslab"], {
    env: { ...projectEnvironment(), JUPYTER_PATH: tslab() },
    timeout: 300_000,
  }).then(({ stdout }) => JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  return measured;
}

/** @param {string} operation @param {"ready" | "result"} part */
const row = (operation, part) => ({
  operation,
  size: "",
  async beside() {
    const { voxbook, python3, tslab: plain } = await all();
    /** @param {string} name @param {Seen} seen */
    const peer = (name, seen) => ({ name, took: seen[part], off: 0, agrees: voxbook.value === seen.value });
    return { ours: [voxbook[part]], peers: [peer("ipykernel", python3), peer("tslab", plain)] };
  },
});

/** @type {typeof import("./rows.js").rows} */
export const rows = () => [row("kernel: start to ready", "ready"), row("kernel: ready to first result", "result")];
