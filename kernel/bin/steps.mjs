/**
 * Steps that show what they are doing and that are skipped while nothing they depend on has changed. A step leaves its
 * stamp only after it has succeeded, so a step that was interrupted or has failed is done again.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Failure, paths, projectEnvironment, root } from "./project.mjs";

/**
 * Hash of files, of folders with everything in them, and of plain values (given as `{ value }`).
 * @param {(string | { value: unknown })[]} inputs paths relative to the root, or values
 * @param {(path: string) => boolean} [skip] files and folders that do not count, by path relative to the root
 * @param {string} [base] the root that names are relative to
 */
export function fingerprint(inputs, skip = () => false, base = root) {
  const hash = createHash("sha256");
  /** @param {string} path */
  const add = (path) => {
    const name = relative(base, path).replaceAll("\\", "/");
    if (skip(name)) return;
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) hash.update(`absent ${name}\0`);
    else if (status.isDirectory()) for (const entry of readdirSync(path).sort()) add(join(path, entry));
    else hash.update(`file ${name} ${status.size}\0`).update(readFileSync(path));
  };
  for (const input of inputs) {
    if (typeof input === "string") add(resolve(base, input));
    else hash.update(`value ${JSON.stringify(input.value)}\0`);
  }
  return hash.digest("hex");
}

/** @param {string} name @param {string} [folder] */
const stampFile = (name, folder = paths.stamps) => join(folder, `${name}.stamp`);

/**
 * True if the step named has succeeded with these inputs and its outputs are still there.
 * @param {string} name
 * @param {string} inputs fingerprint of what the step depends on
 * @param {string[]} [outputs] paths that the step makes
 * @param {string} [folder] where the stamps are
 */
export function isCurrent(name, inputs, outputs = [], folder) {
  const file = stampFile(name, folder);
  if (!existsSync(file) || readFileSync(file, "utf8") !== inputs) return false;
  return outputs.every((path) => existsSync(resolve(root, path)));
}

/** @param {string} name @param {string} inputs @param {string} [folder] */
export function stamp(name, inputs, folder) {
  const file = stampFile(name, folder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, inputs);
}

/** @param {string} name @param {string} [folder] */
export function unstamp(name, folder) {
  rmSync(stampFile(name, folder), { force: true });
}

/** Seconds with one decimal. @param {number} since time of `performance.now()` at the start */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * @typedef {object} Step
 * @property {string} title what is done, as shown
 * @property {() => Promise<string | false>} run does it and tells how it went; `false` = there was nothing to do
 */

/**
 * Runs steps one after the other, each on a numbered line with its time.
 * @param {Step[]} steps
 * @param {(line: string) => void} [say]
 */
export async function runSteps(steps, say = console.log) {
  for (const [index, step] of steps.entries()) {
    const begin = performance.now();
    const number = `[${index + 1}/${steps.length}]`;
    say(`${number} ${step.title} …`);
    const outcome = await step.run();
    say(`${number} ${step.title}: ${outcome === false ? "already there" : outcome} (${seconds(begin)})`);
  }
}

/**
 * Runs a program and shows its output indented; keeps the last lines for the failure.
 * @param {string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] `quiet` shows nothing unless it fails
 * @returns {Promise<{ code: number, output: string }>} code 127 if there is no such program
 */
export function runProgram([program, ...args], { cwd = root, env = projectEnvironment(), quiet = false } = {}) {
  return new Promise((settle) => {
    let output = "";
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const take = (/** @type {Buffer} */ chunk) => {
      const text = chunk.toString();
      output = (output + text).slice(-20_000);
      if (!quiet) process.stdout.write(text.replace(/^(?=.)/gm, "      "));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => settle({ code: 127, output: String(error) }));
    child.on("close", (code) => settle({ code: code ?? 1, output }));
  });
}

/**
 * Runs a program that has to succeed.
 * @param {string[]} command
 * @param {string} sentence what to tell and what to do if it fails
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 */
export async function mustRun(command, sentence, options = {}) {
  const { code, output } = await runProgram(command, options);
  if (code === 0) return output;
  if (options.quiet)
    process.stdout.write(`${output.trimEnd().split("\n").slice(-30).join("\n").replace(/^/gm, "      ")}\n`);
  throw new Failure(sentence);
}

/**
 * Body of a command: one sentence and exit status 1 for an expected failure, a stack only for a defect.
 * @param {() => Promise<number | void>} body returns the exit status
 */
export async function command(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exitCode = 1;
  }
}
