/**
 * `npm run bench:kernel [-- --rounds 5 --stops 50 --parts start,cells --ready]`: the kernel beside ipykernel and plain
 * tslab, in turns in one run. Times are medians over all rounds, beside them the 95th and 99th percentile of ours; the
 * ratio is ours / ipykernel's, so that less is better. `--ready` skips the set-up.
 */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { venvPython } from "../../../kernel/bin/platform.mjs";
import { Failure, paths, projectEnvironment, root } from "../../../kernel/bin/project.mjs";
import { setup } from "../../../kernel/bin/setup.mjs";
import { command } from "../../../kernel/bin/steps.mjs";

const folder = join(paths.cache, "bench");
const KERNELS = ["voxbook", "python3", "tslab"];

/** What the numbers are held against: a ratio to ipykernel, or a limit of our own. @type {Record<string, string>} */
const goals = {
  ready: "ratio ≤ 1.0",
  "first result": "≤ 100 ms",
  "cell 5": "≤ 10 ms",
  "cell 100": "as cell 5",
  "echo of 1 MiB": "ratio ≤ 1.0",
  "echo of 16 MiB": "ratio ≤ 1.0",
  "idle MiB": "≤ 120",
  messages: "≤ 50",
  "lines lost": "0",
  "lines after idle": "0",
  "Stop of a synchronous loop": "≤ 200 ms",
  "comm round trip while the pool works": "p95 ≤ 20 ms",
};
/** @param {string} name */
const goal = (name) =>
  goals[name] ??
  (name.endsWith("while spinning") && !name.startsWith("completion")
    ? "p99 ≤ 20 ms"
    : name.startsWith("Stop of")
      ? "≤ 500 ms"
      : "");

/** A folder with the kernelspec of plain tslab. */
function tslab() {
  const specs = join(folder, "jupyter");
  mkdirSync(join(specs, "kernels/tslab"), { recursive: true });
  const program = join(root, "node_modules/tslab/bin/tslab");
  const argv = [process.execPath, program, "kernel", "--config-path", "{connection_file}"];
  const spec = { argv, display_name: "tslab", language: "typescript" };
  writeFileSync(join(specs, "kernels/tslab/kernel.json"), JSON.stringify(spec));
  return specs;
}

/** @param {string[]} args @returns {Promise<Record<string, unknown>[]>} one record a round and kernel */
function measure(args) {
  const child = spawn(venvPython(paths.venv), [join(root, "test/bench/kernel/measure.py"), ...args], {
    cwd: folder,
    env: { ...projectEnvironment(), JUPYTER_PATH: tslab() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (/** @type {Buffer} */ chunk) => {
    // What the kernels themselves say would bury the progress.
    for (const line of chunk.toString().split("\n")) if (/^(\w+: \w+| {2}Stop of .*)$/.test(line)) console.log(line);
  });
  return new Promise((settle, fail) => {
    child.on("close", (code) => {
      const records = out
        .split("\n")
        .filter((line) => line.endsWith("}"))
        .map((line) => JSON.parse(line));
      if (records.length === 0) fail(new Failure(`the measurement ended with status ${code}`));
      // What was measured until then is shown all the same.
      else settle(code === 0 ? records : [...records, { kernel: "the measurement", failed: `status ${code}` }]);
    });
  });
}

/** @param {Record<string, unknown>[]} records */
function gather(records) {
  /** @type {Map<string, Map<string, number[]>>} */
  const rows = new Map();
  /** @type {string[]} */
  const failures = [];
  for (const { kernel, part, ...values } of records)
    for (const [name, value] of Object.entries(values)) {
      if (name === "failed") failures.push(`${kernel}: ${value}`);
      const row = rows.get(name) ?? rows.set(name, new Map()).get(name);
      const numbers = [value].flat().filter((one) => typeof one === "number");
      row?.set(String(kernel), [...(row.get(String(kernel)) ?? []), ...numbers]);
    }
  rows.delete("failed");
  return { rows, failures };
}

/** @param {number[] | undefined} values @param {number} share */
function percentile(values, share) {
  if (values === undefined || values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/** @param {string} name @param {number | undefined} value */
function shown(name, value) {
  if (value === undefined) return "none";
  if (/MiB( after|$)|lines (lost|after)|messages/.test(name) && !name.startsWith("echo"))
    return String(Math.round(value));
  const milliseconds = 1000 * value;
  return `${milliseconds < 10 ? milliseconds.toFixed(2) : milliseconds.toFixed(0)} ms`;
}

/** @param {Map<string, Map<string, number[]>>} rows */
function print(rows) {
  const head = ["measured", "ours", "p95", "p99", "ipykernel", "tslab", "ratio", "goal"];
  const lines = [...rows].map(([name, row]) => {
    const [ours, python, plain] = KERNELS.map((kernel) => percentile(row.get(kernel), 0.5));
    const ratio = ours === undefined || !python ? "" : (ours / python).toFixed(2);
    return [
      name,
      shown(name, ours),
      shown(name, percentile(row.get("voxbook"), 0.95)),
      shown(name, percentile(row.get("voxbook"), 0.99)),
      shown(name, python),
      shown(name, plain),
      ratio,
      goal(name),
    ];
  });
  const table = [head, ...lines];
  const widths = head.map((_, k) => Math.max(...table.map((row) => row[k].length)));
  const text = table.map((row) => `| ${row.map((cell, k) => cell.padEnd(widths[k])).join(" | ")} |`);
  text.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  console.log(text.join("\n"));
}

await command(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      stops: { type: "string", default: "50" },
      parts: { type: "string", default: "" },
      ready: { type: "boolean" },
    },
  });
  if (!values.ready) await setup({ requirements: ["test/requirements.txt"] });
  mkdirSync(folder, { recursive: true });
  const { rounds, stops, parts } = values;
  const records = await measure([
    "--rounds",
    rounds,
    "--stops",
    stops,
    "--parts",
    parts,
    "--kernels",
    KERNELS.join(","),
  ]);
  writeFileSync(join(folder, "kernel.json"), JSON.stringify(records, null, 1));
  const { rows, failures } = gather(records);
  console.log(`\n${os.cpus()[0].model}, ${os.availableParallelism()} cores, Node ${process.versions.node}\n`);
  print(rows);
  for (const failure of new Set(failures)) console.log(`not measured: ${failure}`);
});
