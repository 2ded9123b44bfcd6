/**
 * `npm run build`: TypeScript, wasm and the labextension, each only where something has changed.
 * `--types` only checks types, tests and commands included.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmCommand } from "./platform.mjs";
import { root } from "./project.mjs";
import { command, fingerprint, isCurrent, mustRun, seconds, stamp } from "./steps.mjs";

// By its path: node_modules/.bin/tsc can be the compiler that tslab brings.
const tsc = join(root, "node_modules/typescript/bin/tsc");
const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
const projects = ["src/core", "src", "kernel", "widgets/tsconfig.shared.json", "widgets/model", "widgets/view"];
const assembly = "src/compute/assembly";
/** The kernels that each thread has in a memory of its own, and those of a memory that threads share. */
const modules = {
  "asconfig.json": "dist/src/compute/kernels.wasm",
  "conduction.asconfig.json": "dist/src/compute/conduction.wasm",
};
const generated = /^widgets\/(labextension|lib|node_modules)(\/|$)|\.tsbuildinfo$/;

const sources = ["src", "kernel", "widgets", "tsconfig.base.json", "package-lock.json"];

/** What the whole build depends on: to tell in a moment that there is nothing to do. */
export const buildInputs = () => fingerprint(sources, (path) => generated.test(path) || path.startsWith("kernel/bin"));

/** @returns {string[]} files that a build has made, to notice that someone removed them */
function outputs() {
  /** @type {[string, string][]} */
  const made = [
    ["src/index.ts", "dist/src/index.js"],
    ["kernel/main.ts", "dist/kernel/main.js"],
    ["widgets/model/index.ts", "dist/widgets/model/index.js"],
    .../** @type {[string, string][]} */ (
      Object.entries(modules).map(([config, wasm]) => [`${assembly}/${config}`, wasm])
    ),
    ["widgets/plugin.ts", "widgets/labextension/package.json"],
  ];
  return made.filter(([source]) => existsSync(join(root, source))).map(([, output]) => output);
}

/** @returns {Promise<string | false>} */
export async function build() {
  const inputs = buildInputs();
  if (isCurrent("build", inputs, outputs())) return false;
  /** @type {string[]} */
  const done = [];
  /** @param {string} name @param {() => Promise<boolean>} body */
  const part = async (name, body) => {
    const begin = performance.now();
    if (await body()) done.push(`${name} ${seconds(begin)}`);
  };
  await part("TypeScript", compile);
  await part("code cache", cacheCode);
  await part("wasm", assemble);
  await part("labextension", bundle);
  stamp("build", inputs);
  return done.join(", ");
}

/** What was made from a source that is no more would still be imported, and published. */
function removeOrphans() {
  for (const folder of ["src", "kernel", "widgets"]) {
    const made = join(root, "dist", folder);
    if (!existsSync(made)) continue;
    for (const name of readdirSync(made, { recursive: true, encoding: "utf8" })) {
      const source = name.replace(/\.(?:js|d\.ts)(?:\.map)?$/, ".ts");
      if (source !== name && !existsSync(join(root, folder, source))) rmSync(join(made, name));
    }
  }
}

async function compile() {
  await mustRun(
    [process.execPath, tsc, "-b", ...projects],
    "TypeScript found errors in the sources (above); mend them and try again.",
  );
  removeOrphans();
  return true;
}

/** For this Node; another one makes its own when it first runs a cell. */
async function cacheCode() {
  const inputs = fingerprint([
    "node_modules/typescript/package.json",
    "kernel/cells/typescript.ts",
    { value: process.version },
  ]);
  const made = readdirSync(join(root, "dist/kernel/cells")).some((name) =>
    name.startsWith(`typescript-${process.versions.v8}-`),
  );
  if (made && isCurrent("code-cache", inputs)) return false;
  await mustRun(
    [process.execPath, join(root, "kernel/bin/code-cache.mjs")],
    "The compiler could not be started (above); remove node_modules and try again.",
  );
  stamp("code-cache", inputs);
  return true;
}

async function assemble() {
  if (!existsSync(join(root, assembly, "asconfig.json"))) return false;
  const inputs = fingerprint([assembly, "package-lock.json"]);
  if (isCurrent("wasm", inputs, Object.values(modules))) return false;
  for (const config of Object.keys(modules))
    await mustRun(
      [process.execPath, asc, "--config", join(root, assembly, config), "--target", "release"],
      `AssemblyScript found errors in ${assembly} (above); mend them and try again.`,
    );
  stamp("wasm", inputs);
  return true;
}

async function bundle() {
  const { scripts } = JSON.parse(readFileSync(join(root, "widgets/package.json"), "utf8"));
  if (scripts?.build === undefined) return false;
  // From what the compiler made, too: the bundler reads dist.
  const inputs = fingerprint(["widgets", "dist/widgets", "src/core", "package-lock.json"], (path) =>
    generated.test(path),
  );
  if (isCurrent("labextension", inputs, ["widgets/labextension/package.json"])) return false;
  await mustRun(
    [...npmCommand(), "run", "--silent", "build", "-w", "widgets"],
    "The labextension could not be built (above); mend it and try again.",
  );
  stamp("labextension", inputs);
  return true;
}

/** Checks the types of everything, tests and commands included; writes nothing that a user needs. */
export async function checkTypes() {
  await mustRun([process.execPath, tsc, "-b"], "TypeScript found errors (above); mend them and try again.");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await command(async () => {
    const begin = performance.now();
    if (process.argv.includes("--types")) {
      await checkTypes();
      console.log(`types are right (${seconds(begin)})`);
    } else {
      const done = await build();
      console.log(`${done === false ? "nothing has changed" : `built: ${done}`} (${seconds(begin)})`);
    }
  });
}
