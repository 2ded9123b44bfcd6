import { buildVolume, defaultBrick } from "../compute/build.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { OUTSIDE, type Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { BrickGrid, regionShape, type Triple } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { countPhases } from "../statistics/phase-counts.js";
import type { ScanParameters } from "./scan.js";
import { checkScan, SCAN_DEFAULTS, SCAN_RUN_OPTIONS, type ScanOptions } from "./scan-options.js";
import { type PhasesOf, takeScan } from "./take-scan.js";

/** Options of `samples.scan`. */
export interface LabelsScanOptions extends ScanOptions {
  /** Absorbance of one voxel of each phase, from 0 to 0.2: by name, or as many numbers as phases, in their order. */
  attenuation: readonly number[] | Readonly<Record<string, number>>;
}

/**
 * A simulated scan of a structure that is known, such as a labelled electrode: what a segmentation makes of it can be held
 * against the labels, which are its `truth`. Attenuation, blur, noise, cupping and rings are those of `samples.electrode`,
 * whose documentation has the formulas; beyond its borders the structure is mirrored.
 *
 * The phases of the truth are in the order of their attenuation, from dark to bright, as thresholds find them. A phase of
 * which the labels have no voxel is left out. The same bytes for any brick shape.
 * Cost about 0.2 µs a voxel on one thread; memory the result and about 60 bytes a voxel of one brick, which the memory limit
 * does not count.
 * @param labels labels or a mask, of at most 256 phases
 * @returns uint16 (or uint8) volume of role intensity with the voxel size of the labels, truth and provenance
 * @throws InvalidArgument if a number is outside its limits or a phase has no attenuation; UnsupportedFeature for voxels
 * that belong to no phase, and masks of other values than 0 and 1; LimitExceeded if neither memory nor disk has room
 * @example const scan = await samples.scan(labels, { attenuation: { pore: 0.02, CBD: 0.05, NMC: 0.11 }, photons: 300 });
 */
export async function scan(labels: Volume, options: LabelsScanOptions): Promise<Volume> {
  const caller = "samples.scan";
  checkVolume(caller, labels);
  checkOptions(caller, options, ["attenuation", ...Object.keys(SCAN_DEFAULTS), ...SCAN_RUN_OPTIONS]);
  if (labels.role !== "labels" && labels.role !== "mask")
    throw new InvalidArgument(`${caller}: the volume is of role ${labels.role}; give labels, such as threshold makes`);
  if (labels.role === "mask" && (labels.range[0] < 0 || labels.range[1] > 1))
    throw new UnsupportedFeature(
      `${caller}: the mask goes from ${labels.range.join(" to ")}; only one of 0 and 1 is a truth to compare with: labelMask(…) makes it`,
    );
  const { signal, onProgress, memoryLimit, brick, attenuation, ...given } = options;
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const limits = { ...(memoryLimit !== undefined && { memoryLimit }), ...(signal && { signal }) };
  const phases = await phasesOf(labels, limits);
  const all = { ...SCAN_DEFAULTS, ...(known as Partial<typeof SCAN_DEFAULTS>) };
  const values = attenuationsOf(attenuation, phases);
  const parameters: ScanParameters = {
    ...all,
    attenuation: values,
    blur: checkScan({ ...all, attenuation: values }, labels.spacing),
  };
  const { shape } = labels;
  const grid = new BrickGrid(shape, brick ?? defaultBrick(shape));
  const told = Object.fromEntries(phases.map(({ name }, k) => [name, values[k]]));
  const provenance = trace(caller, { attenuation: told, ...all }, { volume: labels });
  const facts = { shape, spacing: labels.spacing, brick: grid.brick, role: "intensity" } as const;
  const dtype = parameters.bits === 8 ? "uint8" : "uint16";
  const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const grey = await watched(caller, grid.length, watch, (run) =>
    buildVolume(
      { ...facts, dtype, provenance },
      (writer) => takeScan(writer, parameters, mirrored(labels, phases), run),
      { ...limits, signal: run.signal },
    ),
  );
  const ascending = phases.map((phase, k) => ({ phase, value: values[k]! })).sort((a, b) => a.value - b.value);
  const table = ascending.map(({ phase }) => phase);
  const truth = new Volume({ ...labels, role: "labels", brick: labels.grid.brick, phases: table });
  return new Volume({ ...grey, brick: grid.brick, truth });
}

/** The phases that have voxels. */
async function phasesOf(labels: Volume, options: Pick<ScanOptions, "memoryLimit" | "signal">): Promise<Phase[]> {
  const { phases, voxels, outside } = await countPhases("samples.scan", labels, options);
  if (outside > 0)
    throw new UnsupportedFeature(
      `samples.scan: ${outside} voxels have the label ${OUTSIDE} and belong to no phase, so they have no attenuation; crop the labels to where they are known`,
    );
  const present = phases.filter((_, k) => voxels[k]! > 0);
  if (present.length > 256)
    throw new InvalidArgument(`samples.scan: the labels have ${present.length} phases; at most 256 are allowed`);
  return present;
}

function attenuationsOf(given: LabelsScanOptions["attenuation"], phases: readonly Phase[]): number[] {
  const names = phases.map(({ name }) => name);
  const wanted = `samples.scan: attenuation is ${JSON.stringify(given) ?? String(given)}; give one number for each phase, such as { ${names.map((name, k) => `${JSON.stringify(name)}: ${(0.02 + 0.04 * k).toFixed(2)}`).join(", ")} }`;
  if (typeof given !== "object" || given === null) throw new InvalidArgument(wanted);
  if (!Array.isArray(given)) {
    const byName = given as Readonly<Record<string, number>>;
    if (
      Object.keys(byName).some((name) => !names.includes(name)) ||
      !names.every((name) => Object.hasOwn(byName, name))
    )
      throw new InvalidArgument(wanted);
    return names.map((name) => byName[name]!);
  }
  if (given.length !== phases.length) throw new InvalidArgument(wanted);
  return [...(given as readonly number[])];
}

/** Reads a box of labels as numbers of phases; what lies beyond the volume is mirrored at its faces. */
function mirrored(labels: Volume, phases: readonly Phase[]): PhasesOf {
  const numbers = new Map(phases.map(({ label }, k) => [label, k]));
  return async (start, size) => {
    const places = size.map((n, axis) =>
      Array.from({ length: n }, (_, k) => reflected(start[axis]! + k, labels.shape[axis]!)),
    );
    const from = places.map((along) => Math.min(...along)) as unknown as Triple;
    const stop = places.map((along) => Math.max(...along) + 1) as unknown as Triple;
    const values = await labels.read({ start: from, stop });
    const [, height, width] = regionShape({ start: from, stop });
    const out = new Uint8Array(size[0] * size[1] * size[2]);
    let to = 0;
    for (const z of places[0]!)
      for (const y of places[1]!) {
        const row = ((z - from[0]) * height + y - from[1]) * width - from[2];
        for (const x of places[2]!) out[to++] = numbers.get(values[row + x]!)!;
      }
    return out;
  };
}

/** The voxel that stands at a place beyond a face: that face is a mirror. */
function reflected(at: number, length: number): number {
  const k = ((at % (2 * length)) + 2 * length) % (2 * length);
  return k < length ? k : 2 * length - 1 - k;
}
