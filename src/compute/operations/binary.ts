/** Morphology of a mask, or of one phase of labels. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { reach, type VolumeOperation } from "../operations.js";

export type Element = "ball" | "box" | "cross";

export interface BinaryParameters {
  readonly element: Element;
  /** In voxels along z, y, x; 0 leaves an axis out. */
  readonly radius: Triple;
  /** One after the other: true is an erosion, false a dilation. */
  readonly erodes: readonly boolean[];
  /** The phase's label; undefined for a mask, where all that is not 0 is inside. */
  readonly label: number | undefined;
  /** A label that is no phase: it neither erodes nor spreads, and its voxels stay. */
  readonly neutral: number | undefined;
}

/** A row of a structuring element: where its middle lies, and how many voxels it reaches along x on either side. */
export interface ElementRow {
  readonly dz: number;
  readonly dy: number;
  readonly half: number;
}

/** The rows of a structuring element: a ball has the voxels whose centres lie within the radius, a cross those along the axes. */
export function elementRows(element: Element, radius: Triple): ElementRow[] {
  const [hz, hy, hx] = radius.map(reach) as [number, number, number];
  const rows: ElementRow[] = [];
  for (let dz = -hz; dz <= hz; dz++)
    for (let dy = -hy; dy <= hy; dy++) {
      const half = halfLength(element, radius, dz, dy, hx);
      if (half >= 0) rows.push({ dz, dy, half });
    }
  return rows;
}

function halfLength(element: Element, radius: Triple, dz: number, dy: number, hx: number): number {
  if (element === "box") return hx;
  if (element === "cross") return dz === 0 && dy === 0 ? hx : dz === 0 || dy === 0 ? 0 : -1;
  // As for all balls, with a hair of tolerance (`ballOffsets`).
  const part = (d: number, r: number): number => (d === 0 ? 0 : (d / r) ** 2);
  const beside = part(dz, radius[0]) + part(dy, radius[1]);
  let half = hx;
  while (half >= 0 && beside + part(half, radius[2]) > 1 + 1e-9) half--;
  return half;
}

export const binaryMorphology: VolumeOperation<BinaryParameters> = {
  kind: "volume",
  name: "binaryMorphology",
  dtypes: (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer),
  result: (dtype) => dtype,
  halo: ({ radius, erodes }) => radius.map((r) => erodes.length * reach(r)) as unknown as Triple,
  outside: undefined,
  // Voxels, bits before and after each step (with their padding half a byte a voxel), and where other phases are looked for.
  workBytes: ({ brick, slab }, dtype, { radius, label, erodes }) => {
    const around = label === undefined ? 0 : radius.reduce((product, r) => product * (2 * reach(r) + 1), 8);
    return (brick + slab) * DTYPES[dtype].bytes + slab * (0.5 + erodes.length) + around + 2 ** 16;
  },
  cost: (_, { element, radius, erodes }) => 0.3 + 0.01 * erodes.length * elementRows(element, radius).length,
};
