import { buildVolume } from "../compute/build.js";
import { release } from "../compute/memory.js";
import { outlineOf, type WholePass } from "../compute/planned.js";
import { checkVolume } from "../compute/run.js";
import { makeWhole } from "../compute/whole.js";
import { voxelArray } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { type Region, sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { gradientMagnitude } from "../filters/gradient-magnitude.js";
import type { PerAxis } from "../filters/neighbourhood.js";
import { withDrift } from "../morphology/drift.js";
import { opening } from "../morphology/opening.js";
import { neutralOf, phaseOf } from "../morphology/structuring.js";
import { runOnly } from "../morphology/where.js";
import { labelMask } from "./label-mask.js";
import { watershed } from "./watershed.js";

/** Options of {@link removeRim}. */
export interface RemoveRimOptions extends Omit<RunOptions, "region" | "mask"> {
  /** The phase of middle grey values, by name or label, such as the binder. */
  phase: string | number;
  /**
   * Radius of the ball that has to fit into the phase, one for all axes or `[z, y, x]`. A bare number is voxels, a length such
   * as `um(0.6)` is converted per axis. About one and a half times the standard deviation of the point spread. Default 1.
   */
  radius?: PerAxis;
  /** Standard deviation of the Gaussian whose derivatives make the gradient, as for {@link gradientMagnitude}. Default 0.7. */
  sigma?: PerAxis;
}

/**
 * Takes away the rim that blur makes: where a dark and a bright phase meet, the voxels of the edge have middle grey values and
 * are taken for the phase in between, so that every particle wears a thin shell of binder (the partial volume effect). No
 * threshold parts that shell from binder, for their grey values are the same; how thick they are does.
 *
 * Where a ball does not fit into the phase (its {@link opening}), its voxels are given to the phase that a flood of the
 * gradient reaches first, so that the border of the two phases comes to lie on the edge ({@link watershed}). True
 * films of the phase that are thinner than the ball go, too: `drift` says how much of each phase went where, and a scan of
 * the same labels (`samples.scan`) how much of that was wrong.
 *
 * Label 255, which is no phase, stays. Same result for any brick shape and number of workers. Cost and memory those of
 * {@link watershed} (20 bytes a voxel, the volume has to fit memory) and nine bytes a voxel.
 * @param labels whole numbers from 0, as a segmentation of the scan makes them
 * @param scan grey values of the same shape: filtered, where the scan is noisy
 * @returns new labels volume of the same type, phases and voxel size, with `drift`
 * @throws InvalidArgument if the shapes differ or there is no such phase
 * @throws LimitExceeded if the volume does not fit into memory
 * @see the flood: F. Meyer, Color image segmentation (1992)
 * @example const phases = await removeRim(await threshold(clean, [90, 140], { names }), clean, { phase: "binder" });
 */
export async function removeRim(labels: Volume, scan: Volume, options: RemoveRimOptions): Promise<Volume> {
  const caller = "removeRim";
  checkVolume(caller, labels);
  checkVolume(caller, scan);
  checkOptions(caller, options, ["phase", "radius", "sigma", "signal", "onProgress", "memoryLimit", "workers", "to"]);
  const { phase, radius = 1, sigma = 0.7, ...rest } = options;
  if (labels.role !== "labels")
    throw new InvalidArgument(
      `${caller}: the first volume is of role ${labels.role}; give labels, and then their scan`,
    );
  if (labels.range[0] < 0)
    throw new UnsupportedFeature(`${caller}: labels are 0 or more, these begin at ${labels.range[0]}`);
  if (!sameShape(labels.shape, scan.shape))
    throw new InvalidArgument(
      `${caller}: the scan has the shape ${scan.shape.join(" × ")}, the labels ${labels.shape.join(" × ")}; they must be the same`,
    );
  const label = phaseOf(caller, labels, phase)!;
  const neutral = neutralOf(labels);
  const provenance = trace(caller, { phase: label, radius, sigma }, { labels, scan });
  const pass: WholePass = {
    caller,
    outline: { ...outlineOf(labels), provenance },
    why: "it floods the whole volume",
    parts: labels.grid.counts[0],
    workers: 1,
    sharedBytes: 0,
    threadBytes: 9 * labels.grid.brick[0] * labels.shape[1] * labels.shape[2],
    seconds: 2e-7 * labels.voxels,
  };
  const { to: _, onProgress: __, ...between } = runOnly(rest);
  let made: Volume | undefined;
  try {
    const result = await makeWhole(labels, pass, rest, async () => {
      const flooded = await flood(labels, scan, { label, neutral, radius, sigma }, between);
      made = flooded;
      return {
        provenance,
        async fill(writer, { signal, step }) {
          for (const layer of layersOf(labels, writer.missingFrom(0))) {
            signal.throwIfAborted();
            const [was, is] = [await labels.read(layer), await flooded.read(layer)];
            const out = voxelArray(labels.dtype, was.length);
            for (let k = 0; k < out.length; k++) out[k] = was[k] === label && is[k]! > 0 ? is[k]! - 1 : was[k]!;
            await writer.writePlanes(layer.start[0], out);
            step();
          }
        },
      };
    });
    return await withDrift(labels, result, between);
  } finally {
    if (made !== undefined) release(made);
  }
}

/** The layers of bricks from the first on that reaches beyond a plane. */
function* layersOf({ shape, grid }: Volume, from: number): Generator<Region> {
  for (let z = from; z < shape[0]; ) {
    const stop = Math.min(shape[0], (Math.floor(z / grid.brick[0]) + 1) * grid.brick[0]);
    yield { start: [z, 0, 0], stop: [stop, shape[1], shape[2]] };
    z = stop;
  }
}

interface Rim {
  readonly label: number;
  /** The label that is no phase. */
  readonly neutral: number | undefined;
  readonly radius: PerAxis;
  readonly sigma: PerAxis;
}

/** Labels + 1 of the floods that begin wherever a voxel is sure of its phase; 0 where none has come. */
async function flood(labels: Volume, scan: Volume, { label, neutral, radius, sigma }: Rim, options: RunOptions) {
  const { shape, spacing, grid, provenance } = labels;
  const made: Volume[] = [];
  const keep = (one: Volume): Volume => {
    made.push(one);
    return one;
  };
  try {
    // Of the labels and not of a mask: what lies outside the sample does not erode the phase.
    const thick = keep(await opening(labels, { phase: label, radius, ...options }));
    const facts = { shape, spacing, brick: grid.brick, dtype: "uint32", role: "labels", provenance } as const;
    const markers = await buildVolume(
      facts,
      async (writer) => {
        for (const layer of layersOf(labels, 0)) {
          const [values, kept] = [await labels.read(layer), await thick.read(layer)];
          const out = new Uint32Array(values.length);
          for (let k = 0; k < out.length; k++)
            if (values[k] !== neutral && (values[k] !== label || kept[k] === label)) out[k] = values[k]! + 1;
          await writer.writePlanes(layer.start[0], out);
        }
      },
      options,
    );
    keep(markers);
    const { workers: _, ...one } = options;
    const gradient = keep(await gradientMagnitude(scan, { sigma, ...options }));
    if (neutral === undefined) return await watershed(gradient, markers, one);
    const every = Array.from({ length: neutral }, (_, k) => k);
    const known = keep(await labelMask(labels, every, options));
    return await watershed(gradient, markers, { ...one, mask: known });
  } finally {
    for (const one of made) release(one);
  }
}
