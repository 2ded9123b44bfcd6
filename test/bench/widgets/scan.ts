/** A scan of any size that is made in a moment: what a view costs hangs on the size, and on grey values that have noise. */

/**
 * A cell that makes `scan`, uint16: a simulated electrode of 64³ voxels, again and again.
 * @param shape along z, y, x
 */
export const scanOf = (
  shape: readonly [number, number, number],
): string => `import { fromVoxels, samples, um } from "voxbook";
const tile = await samples.electrode({ shape: [64, 64, 64] });
const grey = await tile.read();
const [planes, rows, columns] = [${shape.join(", ")}];
const voxels = new Uint16Array(planes * rows * columns);
for (let line = 0; line < planes * rows; line++) {
  const from = 64 * (64 * (Math.floor(line / rows) % 64) + (line % rows % 64));
  for (let x = 0; x < columns; x += 64)
    voxels.set(grey.subarray(from, from + Math.min(64, columns - x)), line * columns + x);
}
const scan = await fromVoxels(voxels, [planes, rows, columns], { spacing: um(0.5) });`;
