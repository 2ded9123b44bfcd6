/** How volumes side by side go together: voxel by voxel, or by where they lie in space. */
import { after, gridMap, inverted, mapped } from "../../../src/core/affine.js";
import { InvalidArgument, MissingData } from "../../../src/core/errors.js";
import { formatLength } from "../../../src/core/length.js";
import { sameShape, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { meets, NAMES, type PlacedGrid, wholeGrid } from "../../draw/placed-grid.js";

/** Voxel by voxel, or by the position in space. */
export type Link = "voxels" | "position";

type Named = readonly [name: string, volume: Volume];
type Placed = Volume & { readonly spacing: Triple };

const near = (a: number, b: number, scale: number): boolean => Math.abs(a - b) <= 1e-6 * scale;

/** Whether voxels have one size; one that is not known may be any. */
const sameSize = ({ spacing: a }: Volume, { spacing: b }: Volume): boolean =>
  a === undefined || b === undefined || a.every((size, k) => near(size, b[k]!, size));

/** What volumes are linked by where nobody has chosen it: voxels, where all have as many, and of one size. */
export const linkOf = ([first, ...others]: readonly Volume[]): Link =>
  others.every((one) => sameShape(one.shape, first!.shape) && sameSize(one, first!)) ? "voxels" : "position";

/** In voxels of the first volume, whose edges are at whole numbers; without what the last digits say. */
const rounded = (at: Triple): Triple => at.map((n) => Number((n + 0.5).toFixed(6)) + 0) as unknown as Triple;

/** Where a volume lies in the voxels of the first one. @throws InvalidArgument if their planes are not parallel */
function placed([name, volume]: readonly [string, Placed], [firstName, first]: readonly [string, Placed]): PlacedGrid {
  const map = after(inverted(gridMap(first)), gridMap(volume));
  const largest = Math.max(...map.matrix.map(Math.abs));
  const parallel = map.matrix.every((n, k) => (k % 4 === 0 ? n > 0 : near(n, 0, largest)));
  if (!parallel)
    throw new InvalidArgument(
      `sideBySide: the planes of ${name} are not parallel to those of ${firstName}: they have different directions; resample one onto the other by applyTransform(…, { like }), or see alignment(…)`,
    );
  const { shape } = volume;
  const start = mapped(map, [-0.5, -0.5, -0.5]);
  const stop = mapped(map, [shape[0] - 0.5, shape[1] - 0.5, shape[2] - 0.5]);
  return { shape, start: rounded(start), stop: rounded(stop) };
}

/** Throws unless a volume lies where the first one does, at least in part. */
function checkMeeting(name: string, grid: PlacedGrid, [firstName, first]: readonly [string, Placed]): void {
  const whole = wholeGrid(first.shape);
  if (meets(grid, whole)) return;
  const k = ([0, 1, 2] as const).find((axis) => grid.stop[axis] <= 0 || grid.start[axis] >= whole.stop[axis])!;
  const at = (voxels: number): string => formatLength(voxels * first.spacing[k]);
  throw new InvalidArgument(
    `sideBySide: ${name} and ${firstName} have no place in common: along ${NAMES[k]} ${firstName} reaches from 0 to ${at(whole.stop[k])}, ${name} from ${at(grid.start[k])} to ${at(grid.stop[k])}; bring it there by alignment(…) and applyTransform(…), or link them by "voxels"`,
  );
}

/**
 * Where each volume lies in the voxels of the first one.
 * @throws InvalidArgument if shapes differ that are to be linked by voxels, planes are not parallel, or volumes have no place in common
 * @throws MissingData if the place of a volume is not known
 */
export function placementOf(named: readonly Named[], link: Link): PlacedGrid[] {
  const [firstName, first] = named[0]!;
  const size = ({ shape }: Volume): string => shape.join(" × ");
  if (link === "voxels")
    return named.map(([name, { shape }]) => {
      if (sameShape(shape, first.shape)) return wholeGrid(shape);
      throw new InvalidArgument(
        `sideBySide: ${name} has the shape ${shape.join(" × ")}, ${firstName} ${size(first)}; crop or resample them to one, or link them by "position"`,
      );
    });
  const unknown = named.find(([, { spacing }]) => spacing === undefined);
  if (unknown !== undefined)
    throw new MissingData(
      `sideBySide: ${named.map(([name, volume]) => `${name} has the shape ${size(volume)}`).join(", ")}; volumes that differ are linked by their position, but the voxel size of ${unknown[0]} is not known: set it by with({ spacing: um(…) }), or crop or resample all to one shape`,
    );
  return (named as readonly (readonly [string, Placed])[]).map((one, k, all) => {
    const grid = placed(one, all[0]!);
    if (k > 0) checkMeeting(one[0], grid, all[0]!);
    return grid;
  });
}
