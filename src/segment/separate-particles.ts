import { copy, threshold } from "../compute/operations.js";
import { stageOf, type WholePass } from "../compute/planned.js";
import { checkMask, checkVolume, run } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { withDrift } from "../morphology/drift.js";
import { checkConnectivity, checkLabelled } from "../morphology/find-components.js";
import { phaseOf } from "../morphology/structuring.js";
import { between } from "./field-start.js";
import { madeWhole } from "./made-whole.js";
import { type MarkersBy, partParticles } from "./part-particles.js";
import { snowOptions } from "./snow-options.js";

/** Options of {@link separateParticles}. */
export interface SeparateParticlesOptions extends RunOptions {
  /** The phase whose particles are parted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** `h-maxima`: a marker for each maximum of the distance that stands out by h. `snow`: as of {@link snowPeaks}. Default `h-maxima`. */
  markers?: "h-maxima" | "snow";
  /**
   * How deep a neck must be to part two particles: the distance from the wall, in voxels, falls by so much from the smaller
   * one's middle to the neck. Above 0 to 1000; only with h-maxima. Default 1.
   */
  h?: number;
  /** Radius in voxels within which a peak is the highest, above 1 to 64; only with `snow`. Default 4. */
  radius?: number;
  /** Blur before peaks are looked for, in voxels, from 0 to 64; only with `snow`. Default 0.4. */
  sigma?: number;
  /** Neighbours of a voxel: 6, 18 or 26; only with h-maxima. Default 6. */
  connectivity?: 6 | 18 | 26;
  /** `labels`: a number for each particle. `mask`: the same mask with lines of a voxel between particles. Default `labels`. */
  result?: "labels" | "mask";
  /** Floods block by block, with the seam error in the provenance: see {@link watershed}. Default false. */
  approximate?: boolean;
  /** Voxels along the edge of a block, and by which floods begin outside of it; only with `approximate`. Defaults 192, 32. */
  block?: number;
  overlap?: number;
}

const OWN = [
  "phase",
  "markers",
  "h",
  "radius",
  "sigma",
  "connectivity",
  "result",
  "approximate",
  "block",
  "overlap",
] as const;

/**
 * Parts particles that touch: the distance transform of the phase has a maximum in each, from which a watershed floods it up
 * to the necks. Convex particles come out whole; a long or rough one falls into pieces if h is smaller than its roughness, and
 * two that have grown together without a neck stay one.
 * With h-maxima each piece of the phase has a marker, so that no voxel is lost. The provenance states the number of `markers`
 * (with `snow` also how many `peaks` there were at first, without saddles, and without near ones).
 * Same result for any brick shape and number of workers. Cost about 0.5 µs a voxel; memory as of {@link watershed}, whose limits
 * hold, before which distances and {@link hMaxima} take theirs.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new labels volume (uint32, without a phase table; numbers in the order of the markers, 0 elsewhere), or a mask
 * (uint8), with `drift` if it was made of one; of the region's shape, with `region`
 * @throws InvalidArgument if there is no such phase, it fills the whole volume, or an option is outside its limits
 * @throws MissingData if no voxel of the phase lies in region and mask
 * @throws LimitExceeded if the volume does not fit into memory
 * @see P. Soille, Morphological Image Analysis (2003), section 9.2.3; J. T. Gostick (2017), doi:10.1103/PhysRevE.96.023307 (SNOW)
 * @example const particles = await separateParticles(phases, { phase: "active material", h: 1.5 });
 */
export async function separateParticles(volume: Volume, options: SeparateParticlesOptions = {}): Promise<Volume> {
  const caller = "separateParticles";
  checkVolume(caller, volume);
  checkOptions(caller, options, [...OWN, ...RUN_OPTIONS]);
  const { phase, result = "labels", approximate = false, block, overlap, region, mask } = options;
  checkChoice("result", result, ["labels", "mask"]);
  if (typeof approximate !== "boolean")
    throw new InvalidArgument(`approximate is ${JSON.stringify(approximate)}; allowed are true and false`);
  checkLabelled(caller, volume);
  if (region !== undefined) checkRegion(region, volume.shape);
  checkMask(mask, volume);
  const label = phaseOf(caller, volume, phase);
  const markersBy = markersOf(options);
  const blocks = { approximate, ...(block !== undefined && { block }), ...(overlap !== undefined && { overlap }) };
  const { by: markers, ...marking } = markersBy;
  const named = { phase: label, markers, ...marking, result, ...blocks, region };
  const role = result === "mask" ? "mask" : "labels";
  const facts = { provenance: trace(caller, named, { volume, mask }), role, phases: null } as const;
  const outline = {
    ...stageOf(copy, volume, {}, facts, { region: region ?? wholeRegion(volume.shape) }).outline,
    dtype: result === "mask" ? "uint8" : "uint32",
  } as const;
  const pass: WholePass = {
    caller,
    outline,
    mask,
    why: "it floods the whole volume",
    parts: outline.shape[0],
    workers: 1,
    sharedBytes: 0,
    threadBytes: 0,
    seconds: 5e-7 * voxelCount(outline.shape),
  };
  const rest = between(options);
  const parted = await madeWhole(volume, pass, options, async () => {
    const how = {
      caller,
      markersBy,
      lines: result === "mask",
      approximate: approximate ? ({ ...blocks, approximate } as const) : undefined,
    };
    const where = { ...(region && { region }), ...(mask && { mask }) };
    const { labels, found } = await partParticles(volume, label, how, where, rest);
    const provenance = trace(caller, { ...named, found }, { volume, mask });
    if (result === "labels") return { provenance, volume: labels };
    const apart = await run(threshold, labels, { thresholds: [0] }, rest, facts).finally(() => labels.store.release());
    return { provenance, volume: apart };
  });
  // What the lines take away of a mask; labels of a phase become another kind of volume.
  return role === "mask" && volume.role === "mask" ? withDrift(volume, parted, options) : parted;
}

/** Checks how markers are found; options of the other way are refused. */
function markersOf({ markers = "h-maxima", h, radius, sigma, connectivity }: SeparateParticlesOptions): MarkersBy {
  checkChoice("markers", markers, ["h-maxima", "snow"]);
  const others = markers === "snow" ? { h, connectivity } : { radius, sigma };
  for (const [name, value] of Object.entries(others))
    if (value !== undefined)
      throw new InvalidArgument(
        `separateParticles: ${name} is ${value}, but markers by ${markers} have none; leave it out`,
      );
  if (markers === "snow") return snowOptions({ radius, sigma });
  checkNumber("h (voxels)", h ?? 1, 1e-6, 1000);
  checkConnectivity("separateParticles", connectivity ?? 6);
  return { by: "h-maxima", h: h ?? 1, connectivity: connectivity ?? 6 };
}
