/** Pictures for a notebook file, which has to stay small: few colours, and no more pixels than there is room for. */
import type { Picture } from "./pictures.js";

/** A picture of at most 256 colours. */
export interface Indexed {
  readonly indices: Uint8Array;
  /** Red, green, blue of each colour. */
  readonly palette: Uint8Array;
}

/** The same picture, as exactly as 256 colours allow: those that differ least become one, their mean. */
export function fewColours({ pixels, width, height }: Picture): Indexed {
  const indices = new Uint8Array(width * height);
  for (let drop = 0; ; drop++) {
    const known = new Map<number, number>();
    const sums: number[] = [];
    let fits = true;
    for (let k = 0; k < indices.length && fits; k++) {
      const [r, g, b] = [pixels[4 * k]!, pixels[4 * k + 1]!, pixels[4 * k + 2]!];
      const key = ((r >> drop) << 16) | ((g >> drop) << 8) | (b >> drop);
      let index = known.get(key);
      if (index === undefined) {
        index = known.size;
        fits = index < 256;
        known.set(key, index);
        sums.push(0, 0, 0, 0);
      }
      indices[k] = index;
      const at = 4 * index;
      sums[at]! += r;
      sums[at + 1]! += g;
      sums[at + 2]! += b;
      sums[at + 3]! += 1;
    }
    if (!fits) continue;
    const palette = new Uint8Array(3 * known.size);
    for (let k = 0; k < palette.length; k++) {
      const at = 4 * Math.floor(k / 3);
      palette[k] = Math.round(sums[at + (k % 3)]! / sums[at + 3]!);
    }
    return { indices, palette };
  }
}

/** A smaller picture, each pixel the mean of what it covers. @param share of the sides, 0 to 1 */
export function smaller({ pixels, width, height }: Picture, share: number): Picture {
  const [w, h] = [Math.max(1, Math.floor(width * share)), Math.max(1, Math.floor(height * share))];
  const out = new Uint8ClampedArray(4 * w * h);
  for (let y = 0; y < h; y++) {
    const [top, bottom] = [Math.floor((y * height) / h), Math.max(1, Math.ceil(((y + 1) * height) / h))];
    for (let x = 0; x < w; x++) {
      const [left, right] = [Math.floor((x * width) / w), Math.max(1, Math.ceil(((x + 1) * width) / w))];
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0;
        for (let row = top; row < bottom; row++)
          for (let column = left; column < right; column++) sum += pixels[4 * (row * width + column) + channel]!;
        out[4 * (y * w + x) + channel] = sum / ((bottom - top) * (right - left));
      }
    }
  }
  return { pixels: out, width: w, height: h };
}
