/** What thin voids look like, component by component: size, walls, and how flat they are. */
import { setImmediate } from "node:timers/promises";
import { watched } from "../compute/progress.js";
import type { RunOptions } from "../core/options.js";
import { OUTSIDE } from "../core/phases.js";
import { type Region, regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Of each component, at its label; 0 stands for none. */
export interface ThinFeatures {
  readonly voxels: Float64Array;
  /** How many of these are of the cracked phase, and not of the voids. */
  readonly hosts: Float64Array;
  /** Faces between the component and matter, across z, y, x. */
  readonly faces: readonly [Float64Array, Float64Array, Float64Array];
  /** Sum of the sheetness of the voxels. */
  readonly sheetness: Float64Array;
}

/** Bytes for each component. */
export const FEATURE_BYTES = 48;

/**
 * @param components labels of thin voids, uint32
 * @param sheets how much each voxel of them lies in a sheet
 * @param labels of the cracked phase and of the voids: what is neither void nor a component is matter
 */
export async function thinFeatures(
  components: Volume,
  sheets: Volume,
  phases: Volume,
  { host, hollow }: { readonly host: number; readonly hollow: number },
  count: number,
  options: Pick<RunOptions, "signal" | "onProgress">,
): Promise<ThinFeatures> {
  const [voxels, hosts, sheetness] = [0, 1, 2].map(() => new Float64Array(count + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const faces = [0, 1, 2].map(() => new Float64Array(count + 1)) as unknown as ThinFeatures["faces"];
  const none = phases.dtype === "uint8" && !phases.phases?.some(({ label }) => label === OUTSIDE) ? OUTSIDE : undefined;
  const { grid, shape } = components;
  await watched("thin voids", grid.length, options, async ({ signal, step }) => {
    for (let index = 0; index < grid.length; index++) {
      await setImmediate();
      signal.throwIfAborted();
      const box = grid.region(index);
      // With the next voxel along each axis, where there is one.
      const wide: Region = {
        start: box.start,
        stop: box.stop.map((n, k) => Math.min(shape[k]!, n + 1)) as unknown as Triple,
      };
      const [planes, rows, columns] = regionShape(box);
      const [, height, width] = regionShape(wide);
      const [labels, phase, sheet] = [await components.read(wide), await phases.read(wide), await sheets.read(box)];
      const steps = [height * width, width, 1];
      const next = wide.stop.map((n, k) => n > box.stop[k]!);
      const solid = (k: number): boolean => labels[k] === 0 && phase[k] !== hollow && phase[k] !== none;
      for (let z = 0, n = 0; z < planes; z++)
        for (let y = 0; y < rows; y++)
          for (let x = 0; x < columns; x++, n++) {
            const k = z * steps[0]! + y * width + x;
            const label = labels[k]!;
            if (label !== 0) {
              voxels[label]!++;
              if (phase[k] === host) hosts[label]!++;
              sheetness[label]! += sheet[n]!;
            }
            const last = [z + 1 === planes, y + 1 === rows, x + 1 === columns];
            for (let axis = 0; axis < 3; axis++) {
              if (last[axis] && !next[axis]) continue;
              const other = k + steps[axis]!;
              const beyond = labels[other]!;
              if (label !== 0 && solid(other)) faces[axis]![label]!++;
              if (beyond !== 0 && solid(k)) faces[axis]![beyond]!++;
            }
          }
      step();
    }
  });
  return { voxels, hosts, faces, sheetness };
}

/** One thin void. */
export interface ThinVoid {
  readonly component: number;
  readonly voxels: number;
  /** Those of the cracked phase. */
  readonly hosts: number;
  /** Volume in cubes of the unit, the area of one side, and the mean width. */
  readonly volume: number;
  readonly area: number;
  readonly opening: number;
  /** √area over the width. */
  readonly aspect: number;
  /** Mean sheetness over that of a flat sheet: 1 at most. */
  readonly flatness: number;
}

/** What a flat sheet twice as wide as σ gets for a depth of 1. */
export const IDEAL = (2 * Math.exp(-0.5)) / Math.sqrt(2 * Math.PI);

/**
 * The shape of a component.
 * @param edges of a voxel along z, y, x
 */
export function shapeOf(
  { voxels, hosts, faces, sheetness }: ThinFeatures,
  component: number,
  [z, y, x]: Triple,
): ThinVoid {
  const count = voxels[component]!;
  const volume = count * z * y * x;
  const across = [faces[0][component]! * y * x, faces[1][component]! * z * x, faces[2][component]! * z * y];
  const area = areaOf(across, volume);
  const opening = volume / area;
  return {
    component,
    voxels: count,
    hosts: hosts[component]!,
    volume,
    area,
    opening,
    aspect: Math.sqrt(area) / opening,
    flatness: sheetness[component]! / count / IDEAL,
  };
}

/**
 * The area of one side of a flat crack with the normal n, from the area F of its faces across each axis: 2 A |n| is what its two walls
 * have there, whatever the direction. Its rim has faces, too: a disc of this area, of radius r and opening w, has 4 r w √(1 − n²)
 * of them. Found by iteration, as r and w follow from A; of what is no sheet, all rim, a tenth of the faces is left.
 */
function areaOf(faces: readonly number[], volume: number): number {
  const all = Math.hypot(...faces) / 2;
  let area = all;
  let normal = faces.map((face) => face / 2 / all);
  for (let k = 0; k < 50; k++) {
    const rim = (4 * Math.sqrt(area / Math.PI) * volume) / area;
    const walls = faces.map(
      (face, axis) => Math.max(0, face - rim * Math.sqrt(Math.max(0, 1 - normal[axis]! ** 2))) / 2,
    );
    const next = Math.max(all / 10, Math.hypot(...walls));
    if (next > all / 10) normal = walls.map((wall) => wall / next);
    if (Math.abs(next - area) < 1e-9 * all) return next;
    area = next;
  }
  return area;
}
