/** Where the outermost voxels of many labels lie, and how rough their surfaces are. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Region, Triple } from "../../core/shape.js";
import type { ReduceOperation } from "../operations.js";

export interface ParticleFormsParameters {
  /** Of a mask all but 0 is the label 1. */
  readonly mask: boolean;
  readonly none: number;
  readonly outside: number;
  readonly region: Region;
  readonly masked: boolean;
  /** Corners of the convex hull of each label in each plane are wanted. */
  readonly hulls: boolean;
  /** Radius of the ball, in voxels along z, y, x, in which a label's share around its surface is counted; 0: not at all. */
  readonly ball: Triple;
}

export interface ParticleForms {
  readonly labels: Float64Array;
  /** Of points of hulls: the place of the label in `labels`, then z, y, x. */
  readonly points: Int32Array;
  /** For each label: voxels of its surface, the sum of the voxels that their balls share with it, and of the squares of these. */
  readonly shares: Float64Array;
}

const reach = ({ ball }: ParticleFormsParameters): Triple =>
  ball.map((radius) => Math.max(1, Math.floor(radius + 1e-9))) as unknown as Triple;

export const particleForms: ReduceOperation<ParticleFormsParameters, ParticleForms> = {
  kind: "reduce",
  name: "particleForms",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  halo: reach,
  // Who runs it joins the parts.
  join: (a) => a,
  workBytes: ({ slab }, dtype) => slab * (DTYPES[dtype].bytes + 5) + 2 ** 22,
  cost: (_, { ball }) => (ball[0] === 0 ? 5 : 30),
};
