/** Removal of rings from one slice in polar coordinates; runs in the threads. */

import { medianOfRows } from "./column-ranks.js";
import type { PlaneTask } from "./plane-threads.js";

/** A slice with rings around a point. */
export interface RingTask extends PlaneTask {
  /** Where the rings' middle is, in pixels. */
  readonly centre: readonly [y: number, x: number];
  /** Width of the median along the radius, odd. */
  readonly size: number;
  /** Number of sectors in which rings are estimated apart. */
  readonly sectors: number;
}

/** Rings a voxel wide are blurred where they are sampled along rays: what a first pass leaves, a second one takes. */
const PASSES = 2;

/** The slice without its rings. */
export function removeRingsOf(task: RingTask): Float32Array {
  let { plane } = task;
  for (let pass = 0; pass < PASSES; pass++) plane = withoutRings({ ...task, plane });
  return plane;
}

function withoutRings(task: RingTask): Float32Array {
  const { plane: slice, height, width, centre, sectors } = task;
  const rings = ringsOf(task);
  const radii = rings.length / sectors;
  const out = new Float32Array(slice.length);
  for (let y = 0, k = 0; y < height; y++)
    for (let x = 0; x < width; x++, k++) {
      const [dy, dx] = [y - centre[0], x - centre[1]];
      const r = Math.min(radii - 1, Math.hypot(dy, dx));
      const at = Math.min(radii - 2, Math.floor(r));
      const along = (sector: number): number => {
        const row = sector * radii + Math.max(0, at);
        return (1 - r + at) * rings[row]! + (r - at) * rings[row + (radii > 1 ? 1 : 0)]!;
      };
      let ring = along(0);
      if (sectors > 1) {
        // Sectors join smoothly: between their middles both count.
        const turn = ((Math.atan2(dy, dx) / (2 * Math.PI) + 1) % 1) * sectors - 0.5;
        const near = Math.floor(turn);
        const share = turn - near;
        ring = (1 - share) * along((near + sectors) % sectors) + share * along((near + 1) % sectors);
      }
      out[k] = slice[k]! - ring;
    }
  return out;
}

/** Offsets by sector and radius: the median over a sector's angles of what stands out along the radius. */
export function ringsOf({ plane: slice, height, width, centre, size, sectors }: RingTask): Float32Array {
  const [cy, cx] = centre;
  const farthest = Math.hypot(Math.max(cy, height - 1 - cy), Math.max(cx, width - 1 - cx));
  const radii = Math.floor(farthest) + 1;
  // At the rim of the largest whole circle neighbouring rays are a pixel apart.
  const whole = Math.max(1, Math.min(cy, cx, height - 1 - cy, width - 1 - cx));
  const rays = Math.max(16, Math.ceil((2 * Math.PI * whole) / sectors));
  const rings = new Float32Array(sectors * radii);
  const line = new Float32Array(radii);
  for (let sector = 0; sector < sectors; sector++) {
    const high = new Float32Array(rays * radii).fill(Number.NaN);
    const seen = new Uint32Array(radii);
    for (let ray = 0; ray < rays; ray++) {
      const angle = (2 * Math.PI * (sector + (ray + 0.5) / rays)) / sectors;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      let count = 0;
      for (; count < radii; count++) {
        const [y, x] = [cy + count * sin, cx + count * cos];
        if (y < 0 || x < 0 || y > height - 1 || x > width - 1) break;
        line[count] = bilinear(slice, width, height, y, x);
      }
      if (count === 0) continue;
      const part = line.subarray(0, count);
      const smooth = medianOfRows(part, count, Math.min(size, count % 2 === 0 ? count - 1 : count));
      for (let r = 0; r < count; r++) {
        const value = part[r]! - smooth[r]!;
        if (!Number.isNaN(value)) high[r * rays + seen[r]!++] = value;
      }
    }
    for (let r = 0; r < radii; r++) {
      const values = high.subarray(r * rays, r * rays + seen[r]!);
      // Of a few rays at the corners the median is not that of a ring.
      if (values.length < rays / 8) continue;
      values.sort();
      const middle = values.length >> 1;
      rings[sector * radii + r] =
        values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
    }
  }
  return rings;
}

function bilinear(slice: Float32Array, width: number, height: number, y: number, x: number): number {
  const top = Math.min(height - 2, Math.floor(y));
  const left = Math.min(width - 2, Math.floor(x));
  const [v, u] = [y - top, x - left];
  const k = top * width + left;
  return (
    (1 - v) * ((1 - u) * slice[k]! + u * slice[k + 1]!) + v * ((1 - u) * slice[k + width]! + u * slice[k + width + 1]!)
  );
}
