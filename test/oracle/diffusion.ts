import type { Triple } from "#src/core/shape.js";
import { type Block, eachVoxel, voxel } from "./neighbourhood.js";

/** One experiment of diffusion, with reflecting borders. */
export interface Diffusion {
  readonly method?: "gradient" | "curvature";
  readonly conductance?: "exponential" | "reciprocal";
  /** K of each step, or times the root mean square of the gradient before it. */
  readonly edges: readonly number[];
  readonly relative?: boolean;
  readonly timeStep: number;
  readonly scale?: Triple;
}

const AXES = [0, 1, 2] as const;
const unit = (axis: number, by: number): Triple => [0, 1, 2].map((k) => (k === axis ? by : 0)) as unknown as Triple;

/** Root mean square of the length of the gradient by central differences. */
export function meanGradient(block: Block, scale: Triple = [1, 1, 1]): number {
  const squares = eachVoxel(block.shape, (z, y, x) =>
    AXES.reduce<number>((sum, axis) => sum + (scale[axis] * central(block, [z, y, x], axis)) ** 2, 0),
  );
  return Math.sqrt(squares.reduce((a, b) => a + b) / squares.length);
}

function at(block: Block, place: Triple, by: Triple): number {
  return voxel(block, place[0] + by[0], place[1] + by[1], place[2] + by[2]);
}

const central = (block: Block, place: Triple, axis: number): number =>
  (at(block, place, unit(axis, 1)) - at(block, place, unit(axis, -1))) / 2;

/** Difference across the face to the neighbour at `side` along an axis, and the square of the whole slope there. */
function slope(
  block: Block,
  place: Triple,
  axis: number,
  side: 1 | -1,
  scale: Triple,
): { across: number; square: number } {
  const there = place.map((n, k) => n + (k === axis ? side : 0)) as unknown as Triple;
  const across = scale[axis]! * (at(block, there, [0, 0, 0]) - at(block, place, [0, 0, 0]));
  let square = across ** 2;
  for (const other of AXES)
    if (other !== axis)
      square += ((scale[other] * (central(block, place, other) + central(block, there, other))) / 2) ** 2;
  return { across, square };
}

/** Voxels after all steps, in double precision. */
export function anisotropicDiffusion(block: Block, diffusion: Diffusion): number[] {
  const { method = "gradient", conductance = "exponential", edges, timeStep, scale = [1, 1, 1] } = diffusion;
  let now: Block = block;
  for (const given of edges) {
    const edge = diffusion.relative === true ? given * meanGradient(now, scale) : given;
    const part = (square: number): number => {
      const q = square / edge ** 2;
      return conductance === "exponential" ? Math.exp(-q) : 1 / (1 + q);
    };
    const before = now;
    const values = eachVoxel(block.shape, (z, y, x) => {
      const place: Triple = [z, y, x];
      let change = 0;
      const steps: number[] = [];
      for (const axis of AXES)
        for (const side of [1, -1] as const) {
          const { across, square } = slope(before, place, axis, side, scale);
          steps.push(across);
          const flows = method === "gradient" ? across : square === 0 ? 0 : across / Math.sqrt(square);
          change += scale[axis] * flows * part(square);
        }
      const value = at(before, place, [0, 0, 0]);
      if (method === "gradient") return value + timeStep * change;
      // A surface that moves: the gradient is seen from the side that the new value comes from.
      const towards = steps.filter((step) => (change > 0 ? step > 0 : step < 0));
      return value + timeStep * change * Math.hypot(...towards, 0);
    });
    now = { shape: block.shape, values };
  }
  return Array.from(now.values);
}
