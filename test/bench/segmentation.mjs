/**
 * `node test/bench/segmentation.mjs [--samples electrode --photons 3000,900,300 --methods threshold --notebook]`: how right
 * each family of segmentation is on structures that are known, at three levels of noise, how much binder it finds where there
 * is none, and how long it takes. Prints Markdown; `--notebook` puts it into notebooks/learn/03-segment.ipynb, too.
 *
 * The scans have 64 × 128 × 128 voxels and a point spread of one voxel. Errors are the same on every machine; times are those
 * of one call, after the method was set.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compareLabels, crop, open, phaseFractions, relabel, release, samples } from "../../dist/src/index.js";
import { Failure, root } from "../../kernel/bin/project.mjs";
import { command } from "../../kernel/bin/steps.mjs";
import { METHODS, prepare } from "./segmentation-methods.mjs";

/** @typedef {import("../../dist/src/index.js").Volume} Volume */
/** @typedef {(photons: number) => Promise<Volume>} Scan */

const notebook = join(root, "notebooks/learn/03-segment.ipynb");
const folder = process.env.VOXBOOK_DATA ?? resolve(root, "../shared/data");
const blur = 1;
const LEVELS = [3000, 900, 300];

/**
 * A sample: its scan, and that of the same without binder.
 * @type {Record<string, () => Promise<{ scan: Scan, without?: Scan } | undefined>>}
 */
const SAMPLES = {
  "simulated electrode": async () => ({
    scan: (photons) => samples.electrode({ shape: [64, 128, 128], blur, photons }),
    without: (photons) =>
      samples.electrode({ shape: [64, 128, 128], blur, photons, binder: 0, porosity: 0.5, seed: 3 }),
  }),
  "NMC electrode (TauFactor)": () =>
    labelled(
      "electrode-labels/taufactor_nmc_electrode_256_u8.tiff",
      [0, 0, 0],
      { 0: 0.02, 85: 0.11, 170: 0.06 },
      [170, 0],
    ),
  "bi-layer of two materials (MATBOX)": () =>
    labelled("electrode-labels/matbox_bi_layer_240_u8.tif", [48, 56, 56], { 0: 0.02, 1: 0.06, 2: 0.11 }),
  "NMC cathode, two phases (SuperRes)": () =>
    labelled("electrode-labels/superres_nmc_lr_128_i8.tif", [32, 0, 0], { 0: 0.02, 1: 0.11 }),
};

/**
 * Scans of a part of published labels; undefined where these are not on this machine.
 * @param {string} path @param {[number, number, number]} start
 * @param {Record<number, number>} absorbances of each label @param {[binder: number, pore: number]} [binder]
 */
async function labelled(path, start, absorbances, binder) {
  if (!existsSync(join(folder, path))) return undefined;
  const all = await open(join(folder, path), { role: "labels" });
  const labels = await crop(all, { start, stop: [start[0] + 64, start[1] + 128, start[2] + 128] });
  const scanOf = async (/** @type {Volume} */ structure, /** @type {number} */ photons) => {
    const found = (await phaseFractions(structure)).getChild("label")?.toArray() ?? [];
    return samples.scan(structure, {
      attenuation: Array.from(found, (label) => absorbances[label] ?? 0),
      blur,
      photons,
    });
  };
  const without = binder && (await relabel(labels, { [binder[0]]: binder[1] }));
  return {
    scan: (/** @type {number} */ photons) => scanOf(labels, photons),
    ...(without && { without: (/** @type {number} */ photons) => scanOf(without, photons) }),
  };
}

/** What one method does on one scan. @param {string} method @param {Awaited<ReturnType<typeof prepare>>} prepared @param {Volume} [without] */
async function judge(method, prepared, without) {
  const { scan } = prepared;
  const segment = await METHODS[method](prepared);
  const begin = performance.now();
  const labels = await segment(scan);
  const seconds = (performance.now() - begin) / 1000;
  const compared = await compareLabels(labels, scan.truth);
  const errors = Array.from(compared.getChild("error") ?? [], (error) => Math.abs(Number(error)));
  release(labels);
  if (without === undefined) return { wrong: 1 - compared.accuracy, error: Math.max(...errors), seconds };
  const other = await segment(without);
  const [, falseBinder] = (await phaseFractions(other)).getChild("fraction")?.toArray() ?? [];
  release(other);
  return { wrong: 1 - compared.accuracy, error: Math.max(...errors), falseBinder, seconds };
}

const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);

/** All figures of a sample: method → one record a level. */
export async function figures(sample, levels = LEVELS, methods = Object.keys(METHODS)) {
  const made = await SAMPLES[sample]?.();
  if (made === undefined) return undefined;
  const rows = Object.fromEntries(methods.map((method) => [method, []]));
  for (const photons of levels) {
    const scan = await made.scan(photons);
    const without = await made.without?.(photons);
    const names = scan.truth.phases.length === 3 ? ["pore", "binder", "active material"] : ["pore", "active material"];
    const prepared = await prepare(scan, names);
    for (const method of methods) rows[method].push(await judge(method, prepared, without));
  }
  return rows;
}

/** A table in Markdown. @param {string} sample @param {number[]} levels */
function tableOf(sample, levels, rows) {
  const binder = Object.values(rows).some((records) => records[0].falseBinder !== undefined);
  const at = `at ${levels.join(" / ")} photons`;
  const heads = [
    "method",
    `wrong voxels (%) ${at}`,
    "largest error of a fraction (%)",
    ...(binder ? ["false binder (%)"] : []),
    "time (s)",
  ];
  const each = (records, key) => records.map((record) => percent(record[key])).join(" / ");
  const lines = Object.entries(rows).map(([method, records]) => [
    method,
    each(records, "wrong"),
    each(records, "error"),
    ...(binder ? [each(records, "falseBinder")] : []),
    (records.reduce((sum, { seconds }) => sum + seconds, 0) / records.length).toFixed(1),
  ]);
  return [
    `**${sample}**`,
    "",
    ...[heads, heads.map((_, k) => (k === 0 ? "---" : "---:")), ...lines].map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

/** Puts the tables into the notebook's cell with the tag `methods`. */
function intoNotebook(/** @type {string} */ text) {
  const whole = JSON.parse(readFileSync(notebook, "utf8"));
  const cell = whole.cells.find(({ metadata }) => metadata.tags?.includes("methods"));
  if (cell === undefined) throw new Failure("notebooks/learn/03-segment.ipynb has no cell with the tag methods.");
  cell.source = text.split(/(?<=\n)/);
  writeFileSync(notebook, `${JSON.stringify(whole, undefined, 1)}\n`);
}

if (process.argv[1] === import.meta.filename)
  await command(async () => {
    const { values } = parseArgs({
      options: {
        samples: { type: "string", default: "" },
        methods: { type: "string", default: "" },
        photons: { type: "string", default: LEVELS.join(",") },
        notebook: { type: "boolean", default: false },
      },
    });
    const levels = values.photons.split(",").map(Number);
    const chosen = (all, word) => Object.keys(all).filter((name) => name.toLowerCase().includes(word.toLowerCase()));
    const tables = [];
    for (const sample of chosen(SAMPLES, values.samples)) {
      const rows = await figures(sample, levels, chosen(METHODS, values.methods));
      const table = rows === undefined ? `**${sample}**: not on this machine` : tableOf(sample, levels, rows);
      console.log(`${table}\n`);
      tables.push(table);
    }
    if (values.notebook) intoNotebook(tables.join("\n\n"));
    process.exit(0);
  });
