#!/usr/bin/env node
/** The `voxbook` command. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure, isCheckout, paths, projectEnvironment, root } from "./project.mjs";
import { command } from "./steps.mjs";

const usage = `voxbook run FILE.ipynb [--param name=value]… [--html out.html] [--out executed.ipynb]
    executes a notebook without Jupyter, server or Python; exit status 1 on the first error, with the cell named;
    --param: values are JSON or text; a path is relative to the current folder

voxbook kernel install|uninstall|status [--prefix DIR | --user | --sys-prefix]
    the kernel and the widgets in a Jupyter that you already have; the active environment by default, else your own folder

voxbook --version`;

/**
 * @template {import("node:util").ParseArgsConfig["options"]} T
 * @param {string[]} args @param {T} options
 */
function parse(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message.split("\n")[0]}\n\n${usage}`);
  }
}

/** In a fresh clone the command is there before what it needs. */
async function makeReady() {
  if (!isCheckout || [paths.kernelMain, join(root, "node_modules/typescript")].every((path) => existsSync(path)))
    return;
  const { setup } = await import("./setup.mjs");
  await setup({ python: false, say: console.error });
}

/** @param {string[]} args */
async function run(args) {
  const { values, positionals } = parse(args, {
    param: { type: "string", multiple: true },
    html: { type: "string" },
    out: { type: "string" },
  });
  if (positionals.length !== 1)
    throw new Failure(`voxbook run takes one notebook, not ${positionals.length}.\n\n${usage}`);
  await makeReady();
  // A checkout keeps downloads and scratch files in itself.
  if (isCheckout) {
    const { VOXBOOK_SCRATCH, VOXBOOK_CACHE } = projectEnvironment();
    Object.assign(process.env, { VOXBOOK_SCRATCH, VOXBOOK_CACHE });
  }
  const { runNotebook } = await import("./run.mjs");
  const status = await runNotebook({ file: positionals[0], ...values });
  // A notebook may leave a timer or a server behind, which would keep the command from ending.
  setTimeout(() => process.exit(), 2000).unref();
  return status;
}

/** @param {string[]} args */
async function kernel(args) {
  const { values, positionals } = parse(args, {
    prefix: { type: "string" },
    user: { type: "boolean" },
    "sys-prefix": { type: "boolean" },
  });
  const [action, ...rest] = positionals;
  if (!["install", "uninstall", "status"].includes(action) || rest.length > 0)
    throw new Failure(`voxbook kernel takes one of install, uninstall, status.\n\n${usage}`);
  const { prefix, user, "sys-prefix": sysPrefix } = values;
  if ([prefix !== undefined, user, sysPrefix].filter(Boolean).length > 1)
    throw new Failure("give one of --prefix, --user and --sys-prefix, not several.");
  if (action === "install") await makeReady();
  const jupyter = await import("./jupyter.mjs");
  const share = await jupyter.shareFolder({ prefix, user, sysPrefix });
  if (action === "install") {
    const { kernelspec, labextension } = jupyter.install(share);
    console.log(`kernel   ${kernelspec}\nwidgets  ${labextension}`);
    console.log("Restart Jupyter, or reload its page, and choose TypeScript (voxbook).");
    return 0;
  }
  if (action === "uninstall") {
    const removed = jupyter.uninstall(share);
    console.log(removed.length === 0 ? `nothing of voxbook in ${share}` : `removed ${removed.join("\nremoved ")}`);
    return 0;
  }
  const { kernelspec, labextension, remarks } = jupyter.status(share);
  console.log(`in ${share}\nkernel   ${kernelspec}\nwidgets  ${labextension}`);
  for (const remark of remarks) console.log(remark);
  return kernelspec === "current" && labextension === "current" ? 0 : 1;
}

await command(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (name === "run") return run(args);
  if (name === "kernel") return kernel(args);
  if (name === "--version") {
    console.log(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
    return 0;
  }
  if (name === undefined || name === "--help" || name === "help") {
    console.log(usage);
    return name === undefined ? 1 : 0;
  }
  throw new Failure(`voxbook has no command ${name}.\n\n${usage}`);
});
