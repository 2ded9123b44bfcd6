/**
 * The conformance suite on the kernels that this project can start: `node test/kernel/conformance/run.mjs` runs ours,
 * ipykernel and plain tslab and puts the scoreboard into README.md; with a profile's name and options of the suite it runs
 * that kernel only: `node test/kernel/conformance/run.mjs voxbook --only interrupt`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { argv, execPath, exit } from "node:process";
import { fileURLToPath } from "node:url";
import { kernelspec } from "../../../kernel/bin/jupyter.mjs";
import { venvPython } from "../../../kernel/bin/platform.mjs";
import { paths, projectEnvironment, root } from "../../../kernel/bin/project.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const readme = join(here, "README.md");

/** Kernelspec of each profile; ipykernel brings its own into the project's Python. */
export const kernels = { voxbook: "voxbook-under-test", ipykernel: "python3", tslab: "tslab-under-test" };

/** @typedef {keyof typeof kernels} Profile */

/**
 * A folder with the kernelspecs under test and with all that Jupyter and IPython write.
 * @param {string} [node] the Node that runs the kernels; default the one that runs this
 * @returns {{ env: NodeJS.ProcessEnv, folder: string, remove: () => void }}
 */
export function workshop(node = execPath) {
  const folder = mkdtempSync(join(tmpdir(), "voxbook-kernels-"));
  const tslab = join(root, "node_modules/tslab/bin/tslab");
  const own = kernelspec();
  const specs = {
    [kernels.voxbook]: { ...own, argv: [node, ...own.argv.slice(1)] },
    [kernels.tslab]: {
      argv: [node, tslab, "kernel", "--config-path", "{connection_file}"],
      display_name: "tslab",
      language: "typescript",
    },
  };
  for (const [name, spec] of Object.entries(specs)) {
    mkdirSync(join(folder, "kernels", name), { recursive: true });
    writeFileSync(join(folder, "kernels", name, "kernel.json"), JSON.stringify(spec));
  }
  mkdirSync(join(folder, "empty"));
  const env = {
    ...projectEnvironment(),
    JUPYTER_PATH: folder,
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTER_PLATFORM_DIRS: "1",
    // A history of its own, or searches find what other runs have left.
    IPYTHONDIR: join(folder, "ipython"),
  };
  return { env, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Runs Python of the project.
 * @param {string[]} args @param {NodeJS.ProcessEnv} env @param {string} cwd
 * @param {"pipe" | "inherit"} [errors] where stderr goes
 * @returns {Promise<{ status: number | null, stdout: string, stderr: string }>}
 */
export function python(args, env, cwd, errors = "pipe") {
  const child = spawn(venvPython(paths.venv), args, { cwd, env, stdio: ["ignore", "pipe", errors] });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * @typedef {object} Result
 * @property {string} kernel @property {string} name @property {string} group
 * @property {"passed" | "failed" | "not applicable"} outcome
 * @property {number} seconds @property {string | null} detail @property {string | null} beyond
 */

/** @typedef {{ errors?: "pipe" | "inherit", node?: string }} Settings where stderr goes, and the Node of the kernels */

/**
 * Runs a program of this folder in a workshop of its own; without a name, the suite.
 * @param {string} name @param {string[]} options @param {Settings} [settings]
 */
export async function program(name, options, { errors = "pipe", node = execPath } = {}) {
  const { env, folder, remove } = workshop(node);
  try {
    return await python([join(here, name), ...options], env, join(folder, "empty"), errors);
  } finally {
    remove();
  }
}

/**
 * Runs the suite; `options` are its own.
 * @param {Profile[]} profiles @param {string[]} [options] @param {Settings} [settings]
 */
export function suite(profiles, options = [], settings = {}) {
  const chosen = profiles.flatMap((profile) => ["--kernel", kernels[profile], "--profile", profile]);
  return program("", [...chosen, ...options], settings);
}

/** Lines of JSON, as the programs print them. @template T @param {string} text @returns {T[]} */
export const records = (text) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

const [BEGIN, END] = ["<!-- scoreboard -->", "<!-- /scoreboard -->"];

/** The scoreboard that README.md shows. */
export function published() {
  const text = readFileSync(readme, "utf8");
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)).trim();
}

/** @param {string} table */
function publish(table) {
  const text = readFileSync(readme, "utf8");
  const [head, tail] = [text.slice(0, text.indexOf(BEGIN) + BEGIN.length), text.slice(text.indexOf(END))];
  writeFileSync(readme, `${head}\n${table.trim()}\n${tail}`);
}

/** @param {string[]} args */
async function main([profile, ...options]) {
  if (profile === undefined) {
    const all = /** @type {Profile[]} */ (Object.keys(kernels));
    const { stdout } = await suite(all, ["--table"], { errors: "inherit" });
    publish(stdout);
    console.log(stdout);
    return 0;
  }
  if (!(profile in kernels))
    throw new Error(`there is no profile ${profile}; there are ${Object.keys(kernels).join(", ")}`);
  const { status, stdout } = await suite([/** @type {Profile} */ (profile)], options, { errors: "inherit" });
  console.log(stdout.trim());
  return status ?? 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) exit(await main(argv.slice(2)));
