/** From where a fluid comes, and how large the widest way is from there to each voxel. */
import { buildVolume } from "../compute/build.js";
import { labelMask, surfaceVoxels } from "../compute/operations/labels.js";
import { rescale } from "../compute/operations/rescale.js";
import { run } from "../compute/run.js";
import { trace } from "../core/provenance.js";
import { AXES } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { raised } from "../morphology/raised.js";
import type { Between } from "../segment/field-start.js";
import type { VolumeFace } from "./faces.js";

/**
 * For each voxel the radius of the largest ball that can be moved there from an inlet, from voxel to voxel across faces: the
 * distances, reconstructed from those at the inlets.
 * @param inside 1 in the phase, where there are voxels outside the sample; their distances count for nothing
 * @param from undefined: all around the sample
 */
export async function accessible(
  caller: string,
  distances: Volume,
  inside: Volume | undefined,
  from: readonly VolumeFace[] | undefined,
  options: Between,
): Promise<Volume> {
  const facts = { provenance: trace(caller, {}, { distances }), role: "field", phases: null } as const;
  const made: Volume[] = [];
  const keep = async (one: Promise<Volume>): Promise<Volume> => {
    made.push(await one);
    return made.at(-1)!;
  };
  try {
    const nothing = { map: undefined, low: 0, high: 0, dtype: "float32" } as const;
    let limit = distances;
    let away = await keep(awayFromFaces(distances, from, options));
    if (inside !== undefined) {
      const mask = { ...facts, role: "mask" } as const;
      const outside = await keep(run(labelMask, inside, { values: [0] }, options, mask));
      limit = await keep(run(rescale, distances, nothing, { ...options, mask: outside }, facts));
      if (from === undefined) {
        // Distances are 0 in walls and nowhere else: beside voxels that are neither phase nor wall the sample ends.
        const beyond = await keep(sampleEnds(distances, inside, options));
        away = await keep(run(labelMask, away, { values: [1] }, { ...options, mask: beyond }, mask));
      }
    }
    const seed = await run(rescale, limit, nothing, { ...options, mask: away }, facts);
    return await raised(seed, limit, { connectivity: 6, sinks: false }, options, facts);
  } finally {
    for (const one of made) one.store.release();
  }
}

/** 1 for all voxels but those at the faces. */
function awayFromFaces(
  { shape, grid }: Volume,
  from: readonly VolumeFace[] | undefined,
  options: Between,
): Promise<Volume> {
  const [depth, height, width] = shape;
  const at = (axis: "z" | "y" | "x", side: "low" | "high"): boolean =>
    from === undefined ? shape[AXES[axis]] > 1 : from.some((face) => face.axis === axis && face.side === side);
  const inner = new Uint8Array(height * width).fill(1);
  for (const side of ["low", "high"] as const) {
    const [y, x] = side === "low" ? [0, 0] : [height - 1, width - 1];
    if (at("y", side)) inner.fill(0, y * width, (y + 1) * width);
    if (at("x", side)) for (let k = 0; k < height; k++) inner[k * width + x] = 0;
  }
  const provenance = trace("faces", { from });
  return buildVolume(
    { shape, dtype: "uint8", role: "mask", provenance, brick: grid.brick },
    async (writer) => {
      for (let z = 0; z < depth; z++) {
        const face = (z === 0 && at("z", "low")) || (z === depth - 1 && at("z", "high"));
        await writer.writePlanes(z, face ? new Uint8Array(height * width) : inner);
      }
    },
    options,
  );
}

/** 1 for all voxels but those of the phase beside which the sample ends. */
async function sampleEnds(distances: Volume, inside: Volume, options: Between): Promise<Volume> {
  const mask = { provenance: distances.provenance, role: "mask", phases: null } as const;
  const made: Volume[] = [];
  try {
    // Beyond the sample distances are positive and nothing is inside.
    const positive = { map: { from: [0, 1], to: [0, 1] }, low: 0, high: 1, dtype: "uint8" } as const;
    made.push(await run(rescale, distances, positive, options, mask));
    made.push(await run(labelMask, inside, { values: [0] }, options, mask));
    made.push(await run(labelMask, made[0]!, { values: [1] }, { ...options, mask: made[1]! }, mask));
    const ends = await run(surfaceVoxels, made[2]!, { label: 1, except: true }, options, mask);
    made.push(ends);
    return await run(labelMask, ends, { values: [0] }, options, mask);
  } finally {
    for (const one of made) one.store.release();
  }
}
