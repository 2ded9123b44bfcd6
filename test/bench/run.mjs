/**
 * `npm run bench [-- --size 256 --only median --alone --ready]`: how fast each operation is beside its Python peers, in one
 * run on one machine; `--alone` leaves the peers out, and `--only` may be given several times.
 *
 * Ours is timed with one and with two worker threads, best of five after a first run (fewer if one takes long); each peer runs in a process of its
 * own with its best setting of threads, best of up to three (fewer if one takes long). A ratio is printed only if our
 * output agrees with that peer's in this run. Beside it stand how much faster two threads are than one, which share of the
 * time it would take to read the input and write the output at the speed of the memory, and the memory that a thread
 * takes beyond input and output. Rows come from the `*.bench.mjs` files of this folder: each exports
 * `rows(bench)`, an array of the rows described in rows.d.ts. `--ready` skips the set-up.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs, promisify } from "node:util";
import { machine } from "../../dist/src/compute/memory.js";
import { Volume } from "../../dist/src/core/volume.js";
import { kernelEnvironment } from "../../kernel/bin/jupyter.mjs";
import { venvPython } from "../../kernel/bin/platform.mjs";
import { Failure, paths, projectEnvironment, root } from "../../kernel/bin/project.mjs";
import { setup } from "../../kernel/bin/setup.mjs";
import { command, runSteps } from "../../kernel/bin/steps.mjs";
import { inputs } from "./inputs.mjs";
import { memoryBandwidth, peakOf } from "./machine.mjs";

const here = join(root, "test/bench");
const folder = join(paths.cache, "bench");
const REPEATS = 5;
/** After so long no further call is begun. */
const LONG_SECONDS = 60;
/** A peer's process may take this long in all. */
const PATIENCE_MS = 600_000;

const seconds = (s) => (s >= 10 ? `${s.toFixed(1)} s` : s >= 1 ? `${s.toFixed(2)} s` : `${(s * 1000).toFixed(1)} ms`);

/** Rows of a file that are wanted. What they are made of is made only if there are any. */
async function rowsOf(file, bench, wanted) {
  const { prepare, rows } = await import(join(here, file));
  if (!rows(bench, {}).some(wanted)) return [];
  return rows(bench, (await prepare?.(bench)) ?? {}).filter(wanted);
}

/** Best of several calls, in seconds, and what the last one gave. Each begins without what the one before gave, as a peer's does. */
async function timed(work) {
  let best = Number.POSITIVE_INFINITY;
  let result;
  const since = performance.now();
  for (let k = 0; k <= REPEATS; k++) {
    if (k > 1 && performance.now() - since > LONG_SECONDS * 1000) break;
    result?.store?.release();
    result = undefined;
    await machine.collect();
    const begin = performance.now();
    result = await work();
    const took = (performance.now() - begin) / 1000;
    // The first call starts threads and lets V8 make its fast code.
    if (k > 0) best = Math.min(best, took);
  }
  return { best, result };
}

/** Largest difference of two outputs relative to the largest value, over the voxels that both compute alike. */
function difference(ours, theirs, { margin = 0, shape } = {}) {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let largest = 0;
  const inner = (k) => {
    if (margin === 0) return true;
    const at = [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
    return at.every((n, axis) => n >= margin && n < shape[axis] - margin);
  };
  for (let k = 0; k < ours.length; k++) {
    largest = Math.max(largest, Math.abs(theirs[k]));
    const off = Math.abs(ours[k] - theirs[k]);
    if (off > worst && inner(k)) worst = off;
  }
  return largest === 0 ? worst : worst / largest;
}

const ARRAYS = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** Without what ours is told about its allocator. */
function peerEnvironment() {
  const own = Object.keys(kernelEnvironment);
  return Object.fromEntries(Object.entries(projectEnvironment()).filter(([name]) => !own.includes(name)));
}

/** Runs one peer in its own process and reads what it made. */
async function peerOf(row, name, python = venvPython(paths.venv)) {
  const out = join(folder, "peer.raw");
  rmSync(out, { force: true });
  const { stdout } = await promisify(execFile)(
    python,
    ["-B", join(here, "peers.py"), row.peer, name, row.input.path, row.input.shape.join(","), row.input.dtype, out],
    { env: peerEnvironment(), timeout: PATIENCE_MS, maxBuffer: 1e8 },
  );
  const { seconds: took, dtype } = JSON.parse(stdout);
  const bytes = readFileSync(out);
  return {
    took,
    output: new ARRAYS[dtype](bytes.buffer, bytes.byteOffset, bytes.length / ARRAYS[dtype].BYTES_PER_ELEMENT),
  };
}

/** Times one row and everything beside it. */
async function measure(row, alone, bandwidth) {
  if (row.beside !== undefined) return { ...row, ...(await row.beside()) };
  const one = await timed(() => row.run(1));
  const two = await timed(() => row.run(2));
  const output = await row.output(two.result);
  const peers = [];
  for (const [name, options] of alone ? [] : Object.entries(row.peers)) {
    if (options.missing) {
      peers.push({ name, failed: options.missing, absent: true });
      continue;
    }
    try {
      const { took, output: theirs } = await peerOf(row, name, options.python);
      const off = difference(output, theirs, { ...options, shape: row.input.shape });
      peers.push({ name, took, off, agrees: off <= (options.tolerance ?? 0) });
    } catch (error) {
      const why = error.stderr?.trim().split("\n").at(-1) ?? error.message;
      peers.push({ name, failed: why, absent: why.startsWith("skipped") });
    }
  }
  const written = two.result instanceof Volume ? two.result.bytes : 0;
  two.result.store?.release();
  const peak = await peakOf(() => row.run(2));
  peak.result.store?.release();
  const moved = (row.input.volume.bytes + written) / bandwidth;
  return {
    ...row,
    ours: [one.best, two.best],
    peers,
    bandwidth: moved / Math.min(one.best, two.best),
    extra: (peak.bytes - written) / 2,
  };
}

function line({ operation, size, ours, peers, bandwidth, extra }) {
  const asked = peers.filter((peer) => !peer.absent);
  const agreeing = peers.filter((peer) => peer.agrees).sort((a, b) => a.took - b.took)[0];
  return [
    operation,
    String(size),
    seconds(ours[0]),
    ours.length > 1 ? seconds(ours[1]) : "",
    agreeing === undefined ? (asked.length > 0 ? "none agrees" : "") : `${seconds(agreeing.took)} ${agreeing.name}`,
    agreeing === undefined ? "" : `${(agreeing.took / Math.min(...ours)).toFixed(1)}`,
    ours.length > 1 ? (ours[0] / ours[1]).toFixed(2) : "",
    bandwidth === undefined ? "" : `${(100 * bandwidth).toFixed(bandwidth < 0.1 ? 1 : 0)} %`,
    extra === undefined ? "" : `${Math.max(0, extra / 2 ** 20).toFixed(0)} MiB`,
  ];
}

const HEAD = [
  "operation",
  "n",
  "ours, 1 worker",
  "2 workers",
  "fastest peer that agrees",
  "ratio",
  "1 to 2",
  "of bandwidth",
  "beyond in and out, a worker",
];

function print(results) {
  const table = [HEAD, ...results.map(line)];
  const widths = HEAD.map((_, k) => Math.max(...table.map((row) => row[k].length)));
  const text = table.map(
    (row) =>
      `| ${row.map((cell, k) => (k < 1 || k === 4 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join(" | ")} |`,
  );
  text.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  console.log(text.join("\n"));
  const rest = results.flatMap(({ operation, peers }) => peers.map((peer) => ({ operation, ...peer })));
  console.log("\nEach peer (largest difference from our output, relative to the largest value):");
  for (const { operation, name, took, off, agrees, failed } of rest)
    console.log(
      failed === undefined
        ? `  ${operation}: ${name} ${seconds(took)}, difference ${off === 0 ? "none" : off.toExponential(1)}${agrees ? "" : ": does not agree, no ratio"}`
        : `  ${operation}: ${name} failed: ${failed}`,
    );
}

await command(async () => {
  // As the kernel runs; the peers run as Python does (NumPy asks for large pages by itself).
  if (!isDeepStrictEqual({ ...process.env, ...kernelEnvironment }, { ...process.env })) {
    const again = spawnSync(process.execPath, process.argv.slice(1), {
      env: { ...process.env, ...kernelEnvironment },
      stdio: "inherit",
    });
    return again.status ?? 1;
  }
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "256" },
      only: { type: "string", multiple: true },
      alone: { type: "boolean", default: false },
      ready: { type: "boolean" },
    },
  });
  const size = Number(values.size);
  if (!Number.isInteger(size) || size < 16 || size > 1024)
    throw new Failure(`--size is ${values.size}; give a whole number of voxels along an edge, from 16 to 1024.`);
  if (!values.ready) await setup({ requirements: ["test/bench/requirements.txt"] });
  mkdirSync(folder, { recursive: true });
  const bench = { size, folder, ...(await inputs(size, folder)) };
  const wanted = ({ operation }) => values.only?.some((words) => operation.includes(words)) ?? true;
  const rows = [];
  for (const name of readdirSync(here).sort())
    if (name.endsWith(".bench.mjs")) rows.push(...(await rowsOf(name, bench, wanted)));
  if (rows.length === 0)
    throw new Failure(
      `no row has ${values.only.join(" or ")} in its name; give words of the first column, or leave --only out.`,
    );
  const results = [];
  const bandwidth = await memoryBandwidth();
  /** @type {string[]} */
  const failed = [];
  await runSteps(
    rows.map((row) => ({
      title: row.operation,
      run: async () => {
        // A row that cannot be measured must not cost the others.
        try {
          results.push(await measure(row, values.alone, bandwidth));
          return "measured";
        } catch (error) {
          failed.push(`${row.operation}: ${error.message}`);
          return "failed";
        }
      },
    })),
  );
  console.log(
    `\n${os.cpus()[0].model}, ${os.availableParallelism()} cores, Node ${process.versions.node}, memory ${(bandwidth / 1e9).toFixed(1)} GB/s\n`,
  );
  print(results);
  writeFileSync(
    join(folder, "results.json"),
    JSON.stringify(
      results.map(({ operation, size: n, ours, peers, bandwidth, extra }) => ({
        operation,
        n,
        ours,
        peers,
        bandwidth,
        extra,
      })),
      null,
      1,
    ),
  );
  rmSync(join(folder, "peer.raw"), { force: true });
  for (const text of failed) console.error(`not measured: ${text}`);
  // A row whose peers all disagree is a wrong result, ours or theirs.
  const wrong = ({ peers }) => peers.some(({ absent }) => !absent) && !peers.some(({ agrees }) => agrees);
  return failed.length > 0 || results.some(wrong) ? 1 : 0;
});
