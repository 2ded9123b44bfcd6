/** Where volumes are in a view of space: 1 is the largest side of the first one, and its first voxel's outer corner is at 0. */
import type { Region, Triple } from "../../src/core/shape.js";
import type { Member } from "../protocol/volume3d.js";
import { extentOf } from "./layout.js";
import type { Box, Vector } from "./turntable.js";

export interface SpaceUnit {
  /** Metres (voxels where the voxel size is unknown) of one unit. */
  readonly unit: number;
  /** Whether lengths are known. */
  readonly known: boolean;
}

/** From z, y, x to x, y, z. */
export const turned = ([z, y, x]: Triple): Vector => [x, y, z];

export function space([first]: readonly Member[]): SpaceUnit {
  const { shape, spacing } = first!;
  return { unit: Math.max(...extentOf(shape, spacing)), known: spacing !== null };
}

/** Size of a volume along x, y, z. */
export const extentIn = ({ unit }: SpaceUnit, { shape, spacing }: Member): Vector =>
  turned(extentOf(shape, spacing).map((n) => n / unit) as unknown as Triple);

/** Size of a block of voxels. */
export const voxelIn = ({ unit }: SpaceUnit, { spacing }: Pick<Member, "spacing">, step: Triple = [1, 1, 1]): Vector =>
  turned(step.map((n, k) => (n * (spacing?.[k] ?? 1)) / unit) as unknown as Triple);

/** What is left to see of a volume: the clip planes are in voxels of the first one. */
export function clipBox(unit: SpaceUnit, first: Member, member: Member, clip: Region | null): Box {
  const extent = extentIn(unit, member);
  if (clip === null) return { from: [0, 0, 0], to: extent };
  const voxel = voxelIn(unit, first);
  const [from, to] = [turned(clip.start), turned(clip.stop)];
  // A plane at a face of the first volume leaves all there is of a larger one.
  const whole = turned(first.shape);
  return {
    from: from.map((n, k) => n * voxel[k]!) as unknown as Vector,
    to: to.map((n, k) => (n >= whole[k]! ? Math.max(extent[k]!, n * voxel[k]!) : n * voxel[k]!)) as unknown as Vector,
  };
}

/** The middle of a voxel. */
export function placeOf(unit: SpaceUnit, member: Member, voxel: Triple): Vector {
  const size = voxelIn(unit, member);
  return turned(voxel).map((n, k) => (n + 0.5) * size[k]!) as unknown as Vector;
}

/** The voxel at a place, brought into the volume. */
export function voxelAt(unit: SpaceUnit, member: Member, place: Vector): Triple {
  const size = voxelIn(unit, member);
  const at = place.map((n, k) => Math.floor(n / size[k]!));
  return [at[2]!, at[1]!, at[0]!].map((n, k) => Math.min(member.shape[k]! - 1, Math.max(0, n))) as unknown as Triple;
}
