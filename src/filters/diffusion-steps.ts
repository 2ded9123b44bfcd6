/** The steps of anisotropic diffusion, over as many passes as they need. */
import { inSteps } from "../compute/chain.js";
import {
  anisotropicDiffusion,
  type DiffusionParameters,
  type GradientSumParameters,
  meanSquareGradient,
} from "../compute/operations/diffusion.js";
import { reduce, run } from "../compute/run.js";
import type { BorderOptions } from "../core/border.js";
import { InvalidArgument } from "../core/errors.js";
import type { Provenance } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

type Flow = Omit<DiffusionParameters, "edges">;

/**
 * Steps that a brick goes through in one task: each makes the halo wider by a voxel, which from about here on costs more
 * than an intermediate volume.
 */
const TOGETHER = 5;

/** The options of steps whose result is not the last one: region, mask and file belong to that. */
function between({ region: _, mask: __, to: ___, ...rest }: BorderOptions): BorderOptions {
  return rest;
}

/** True if an intermediate volume has all that the next step sees: beyond other borders voxels flow by themselves. */
const isWhole = ({ border = "reflect" }: BorderOptions): boolean => border === "reflect" || border === "wrap";

/** As many steps as there are edges. */
export async function diffuse(
  volume: Volume,
  flow: Flow,
  edges: readonly number[],
  options: BorderOptions,
  provenance: Provenance,
): Promise<Volume> {
  const facts = { provenance };
  // Outside a mask stands what was there before the first step, not before the last few.
  if (edges.length <= TOGETHER || options.mask !== undefined || !isWhole(options))
    return run(anisotropicDiffusion, volume, { ...flow, edges }, options, facts);
  const parts = Math.ceil(edges.length / TOGETHER);
  const start = (part: number): number => Math.floor((part * edges.length) / parts);
  const steps = async (first: Volume): Promise<Volume> => {
    let now = first;
    for (let k = 0; k < parts - 1; k++) {
      const parameters = { ...flow, edges: edges.slice(start(k), start(k + 1)), dtype: "float32" } as const;
      now = await run(anisotropicDiffusion, now, parameters, between(options), facts);
    }
    return run(anisotropicDiffusion, now, { ...flow, edges: edges.slice(start(parts - 1)) }, options, facts);
  };
  return inSteps(volume, options, steps);
}

/** An edge in multiples of the mean gradient, which is measured again after so many steps. */
export interface RelativeEdge {
  readonly relative: number;
  readonly every?: number;
}

/** Steps whose edge is relative to the mean gradient before them. */
export async function diffuseRelative(
  volume: Volume,
  flow: Flow,
  iterations: number,
  { relative, every = 1 }: RelativeEdge,
  options: BorderOptions,
  provenance: Provenance,
): Promise<Volume> {
  if (!isWhole(options))
    throw new InvalidArgument(
      `border is ${JSON.stringify(options.border)} and edge is relative; allowed are then "reflect" and "wrap", or give edge in grey values per voxel`,
    );
  const apart = between(options);
  const edges: number[] = [];
  let now = volume;
  try {
    const gradient = meanGradient(volume, flow.scale, apart);
    for (;;) {
      // Where there is no gradient nothing flows, whatever the edge.
      const edge = relative * (await gradient(now)) || 1;
      const part = new Array<number>(Math.min(every, iterations - edges.length)).fill(edge);
      edges.push(...part);
      if (edges.length === iterations) {
        const masked = options.mask !== undefined;
        return await diffuse(masked ? volume : now, flow, masked ? edges : part, options, provenance);
      }
      const next = await diffuse(now, { ...flow, dtype: "float32" }, part, apart, provenance);
      if (now !== volume) now.store.release();
      now = next;
    }
  } finally {
    if (now !== volume) now.store.release();
  }
}

/** Root mean square of the gradient of a volume whose values lie within the range of the first one. */
function meanGradient(first: Volume, scale: Triple, options: BorderOptions): (volume: Volume) => Promise<number> {
  const [low, high] = first.range;
  const largest = (Math.max(0, high - low) / 2) * Math.hypot(...scale);
  if (!Number.isFinite(largest))
    throw new InvalidArgument(
      "edge is relative, but the volume has infinite values; give edge in grey values per voxel",
    );
  // Squares up to 2²⁶ units: those of a hundred million voxels of a plane have an exact sum in float64.
  const unit = 2 ** (Math.ceil(Math.log2(largest || 1)) - 13);
  const parameters: GradientSumParameters = { scale: scale.map((s) => s / unit) as unknown as Triple };
  return async (volume) => {
    const { units, voxels } = await reduce(meanSquareGradient, volume, parameters, options);
    return unit * Math.sqrt(Number(units) / Math.max(1, voxels));
  };
}
