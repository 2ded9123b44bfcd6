import { type Region, regionShape, type Triple } from "../core/shape.js";

/**
 * Boxes spread over a region by a sequence that leaves no gaps (generalised golden ratio, Roberts 2018), always the same ones;
 * the region itself if it has no more voxels than they have together.
 */
export function sampleBoxes(region: Region, box: Triple, count: number): Region[] {
  const size = regionShape(region);
  if (size[0] * size[1] * size[2] <= count * box[0] * box[1] * box[2]) return [region];
  const ratio = 1.2207440846057596;
  return Array.from({ length: count }, (_, n) => {
    const start = size.map((length, k) => {
      const at = (0.5 + (n + 1) / ratio ** (k + 1)) % 1;
      return region.start[k]! + Math.floor(at * (length - Math.min(length, box[k]!) + 1));
    });
    const stop = start.map((at, k) => at + Math.min(size[k]!, box[k]!));
    return { start, stop } as unknown as Region;
  });
}
