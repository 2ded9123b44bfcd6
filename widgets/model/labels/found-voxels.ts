/** Which voxels the tools mean that find them by themselves: fill, grow, interpolate. */
import { release } from "../../../src/compute/memory.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import {
  AXES,
  type Axis,
  type Region,
  regionShape,
  type Triple,
  voxelCount,
  wholeRegion,
} from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { crop } from "../../../src/filters/crop.js";
import { fromVoxels } from "../../../src/io/from-voxels.js";
import { distanceTransform } from "../../../src/morphology/distance-transform.js";
import { growRegion } from "../../../src/segment/grow-region.js";
import { type Runs, runsWhere } from "../../draw/runs.js";
import type { Limits } from "../../protocol.js";
import type { Editing } from "./changes.js";

/** No more voxels are looked through for one click. */
const MOST_GROWN = 2 ** 27;
/** Planes are interpolated between two that are at most this far apart. */
const FARTHEST = 128;

function planeAt(volume: Volume, axis: Axis, index: number): Region {
  const k = AXES[axis];
  const start = [0, 0, 0].map((n, axis) => (axis === k ? index : n)) as unknown as Triple;
  const stop = volume.shape.map((n, axis) => (axis === k ? index + 1 : n)) as unknown as Triple;
  return { start, stop };
}

/** The voxels with the label of the one at `at` that hang together with it by 4 neighbours in the plane across `axis`. */
export async function filled(editing: Editing, axis: Axis, at: Triple, { grey: range }: Limits): Promise<Runs> {
  const { now, grey } = editing;
  const k = AXES[axis];
  const { values, height, width } = await now.plane(axis, at[k]);
  const greys = range === undefined ? undefined : (await grey.plane(axis, at[k])).values;
  const [row, column] = at.filter((_, n) => n !== k) as [number, number];
  const first = row * width + column;
  const label = values[first]!;
  const wanted = (place: number): boolean =>
    values[place] === label && (greys === undefined || (greys[place]! >= range![0] && greys[place]! <= range![1]));
  const found = new Uint8Array(height * width);
  const stack = wanted(first) ? [first] : [];
  for (const place of stack) found[place] = 1;
  const visit = (place: number): void => {
    if (found[place] === 1 || !wanted(place)) return;
    found[place] = 1;
    stack.push(place);
  };
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    const x = place % width;
    if (x > 0) visit(place - 1);
    if (x < width - 1) visit(place + 1);
    if (place >= width) visit(place - width);
    if (place < (height - 1) * width) visit(place + width);
  }
  return runsWhere(planeAt(now, axis, at[k]), now.shape, (place) => found[place] === 1);
}

/** The voxels within a range of grey values that hang together with the one at `at`, by {@link growRegion}. */
export async function grown({ grey }: Editing, at: Triple, { grey: range, region }: Limits): Promise<Runs> {
  if (range === undefined) throw new InvalidArgument("growing needs a range of grey values: set it beside the tool");
  const box = region ?? wholeRegion(grey.shape);
  const size = regionShape(box);
  if (voxelCount(size) > MOST_GROWN)
    throw new InvalidArgument(`growing looks through at most ${MOST_GROWN} voxels, this volume has more; set a region`);
  if (at.some((n, k) => n < box.start[k]! || n >= box.stop[k]!))
    throw new InvalidArgument(`the voxel ${at.join(", ")} lies outside of the region that limits growing`);
  const seed = new Uint8Array(voxelCount(size));
  seed[((at[0] - box.start[0]) * size[1] + at[1] - box.start[1]) * size[2] + at[2] - box.start[2]] = 1;
  const part = region === undefined ? grey : await crop(grey, box);
  const seeds = await fromVoxels(seed, size, { role: "mask" });
  const mask = await growRegion(part, seeds, { low: range[0], high: range[1] });
  const inside = await mask.read();
  for (const used of [seeds, mask, ...(part === grey ? [] : [part])]) release(used);
  return runsWhere(box, grey.shape, (k) => inside[k] !== 0);
}

/** Signed distance of a plane of 0 and 1 to its edge, in voxels: positive inside. */
async function signedDistance(mask: Uint8Array, height: number, width: number): Promise<Float64Array> {
  const distances = async (values: Uint8Array): Promise<ArrayLike<number>> => {
    const plane = await fromVoxels(values, [1, height, width], { role: "mask" });
    const made = await distanceTransform(plane);
    const read = await made.read();
    release(plane);
    release(made);
    return read;
  };
  const inside = await distances(mask);
  const outside = await distances(mask.map((one) => 1 - one));
  return Float64Array.from(mask, (one, k) => (one === 1 ? inside[k]! - 0.5 : 0.5 - outside[k]!));
}

/**
 * The label in the planes around `at` that have none of it, between the nearest ones on both sides that have: the signed distances
 * to its edge go linearly from one to the other.
 * @throws InvalidArgument if the plane at `at` has the label, or a side has none within 128 planes
 * @see S. P. Raya & J. K. Udupa, Shape-based interpolation of multidimensional objects (1990), doi:10.1109/42.52980
 */
export async function interpolated({ now }: Editing, axis: Axis, at: Triple, label: number): Promise<Runs> {
  const k = AXES[axis];
  const masks = new Map<number, Uint8Array>();
  const maskAt = async (index: number): Promise<Uint8Array | undefined> => {
    if (index < 0 || index >= now.shape[k]) return undefined;
    const { values } = await now.plane(axis, index);
    if (!values.includes(label as never)) return undefined;
    const mask = Uint8Array.from(values, (value) => (value === label ? 1 : 0));
    masks.set(index, mask);
    return mask;
  };
  if ((await maskAt(at[k])) !== undefined)
    throw new InvalidArgument(`plane ${at[k]} has the label already; go to one between two planes that have it`);
  const nearest = async (by: 1 | -1): Promise<number> => {
    for (let far = 1; far <= FARTHEST; far++)
      if ((await maskAt(at[k] + by * far)) !== undefined) return at[k] + by * far;
    throw new InvalidArgument(
      `no plane with the label within ${FARTHEST} planes ${by < 0 ? "before" : "behind"} plane ${at[k]}: paint one on each side`,
    );
  };
  const [from, to] = [await nearest(-1), await nearest(1)];
  const [height, width] = now.shape.filter((_, n) => n !== k) as [number, number];
  const [low, high] = [
    await signedDistance(masks.get(from)!, height, width),
    await signedDistance(masks.get(to)!, height, width),
  ];
  const start = planeAt(now, axis, from + 1).start;
  const stop = planeAt(now, axis, to - 1).stop;
  const inside = (place: number, index: number): boolean =>
    (to - index) * low[place]! + (index - from) * high[place]! > 0;
  const size = regionShape({ start, stop });
  return runsWhere({ start, stop }, now.shape, (place) => {
    const voxel = [Math.floor(place / (size[1] * size[2])), Math.floor(place / size[2]) % size[1], place % size[2]];
    const [row, column] = voxel.filter((_, n) => n !== k) as [number, number];
    return inside(row * width + column, from + 1 + voxel[k]!);
  });
}
