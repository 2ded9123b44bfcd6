import { gaussianReach } from "../compute/operations.js";
import { copyBox } from "../core/copy.js";
import { bits, mix } from "../core/random.js";
import { type Region, regionShape, type Shape, type Triple } from "../core/shape.js";
import { poisson } from "./counter.js";

/** How a scan is taken of a structure; lengths in voxels. */
export interface ScanParameters {
  readonly seed: number;
  readonly bits: 8 | 16;
  /** Absorbance of a voxel of each phase. */
  readonly attenuation: readonly number[];
  /** Standard deviation of the Gaussian point spread. */
  readonly blur: number;
  /** Mean number of photons that would pass an empty voxel; 0: no noise. */
  readonly photons: number;
  /** Standard deviation of the rings' absorbance over the difference of the phases. */
  readonly rings: number;
  /** Share by which the absorbance on the axis is too low. */
  readonly cupping: number;
}

/** Absorbances that grey value 0 and the largest grey value stand for. */
export const DARKEST = -0.1;
export const BRIGHTEST = 0.3;

/** Standard deviation of the sum of four bytes. */
const FOUR_BYTES = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/** Voxels that the point spread reaches along each axis. */
export const haloOf = ({ blur }: Pick<ScanParameters, "blur">): number => gaussianReach(blur);

/**
 * Grey values of a box, from the phases of the box and a halo of {@link haloOf} voxels around it.
 * @param shape shape of the whole scan: the axis of rotation runs along z through the middle of its planes
 */
export function greyValues(
  phases: Uint8Array,
  box: Region,
  shape: Shape,
  parameters: ScanParameters,
): Uint8Array | Uint16Array {
  const { seed, attenuation, photons, rings, cupping } = parameters;
  const size = regionShape(box);
  const absorbances = blurred(phases, size, parameters);
  const top = 2 ** parameters.bits - 1;
  const out = parameters.bits === 8 ? new Uint8Array(absorbances.length) : new Uint16Array(absorbances.length);
  const scale = top / (BRIGHTEST - DARKEST);
  const contrast = Math.max(...attenuation) - Math.min(...attenuation);
  const [middleY, middleX] = [(shape[1] - 1) / 2, (shape[2] - 1) / 2];
  const rim = Math.max(0.5, middleY * middleY + middleX * middleX);
  const offsets = rings === 0 ? undefined : ringOffsets(seed, Math.ceil(Math.sqrt(rim)) + 1, rings * contrast);
  const [noise, other] = [mix(seed ^ 0x6e6f6973), mix(seed ^ 0x72616e64)];
  for (let z = 0, k = 0; z < size[0]; z++)
    for (let y = 0; y < size[1]; y++) {
      const row = [
        bits(noise, box.start[0] + z, box.start[1] + y, 0),
        bits(other, box.start[0] + z, box.start[1] + y, 1),
      ];
      const dy = box.start[1] + y - middleY;
      for (let x = 0; x < size[2]; x++, k++) {
        const dx = box.start[2] + x - middleX;
        const squared = dy * dy + dx * dx;
        let value = absorbances[k]! * (1 - cupping * (1 - squared / rim));
        if (photons > 0) {
          const count = poisson(photons * Math.exp(-value), row as [number, number], box.start[2] + x);
          // No photon at all has no logarithm; half a one is the usual stand-in.
          value = -Math.log(Math.max(0.5, count) / photons);
        }
        if (offsets !== undefined) value += offsets[Math.round(Math.sqrt(squared))]!;
        out[k] = Math.min(top, Math.max(0, Math.round((value - DARKEST) * scale)));
      }
    }
  return out;
}

/** What each column of the detector adds, by its distance from the axis. */
function ringOffsets(seed: number, count: number, deviation: number): Float64Array {
  return Float64Array.from({ length: count }, (_, radius) => {
    const key = bits(mix(seed ^ 0x72696e67), radius, 0, 0);
    const sum = (key & 255) + ((key >>> 8) & 255) + ((key >>> 16) & 255) + (key >>> 24) - 510;
    return (sum / FOUR_BYTES) * deviation;
  });
}

/** Absorbances of the box after the point spread, axis by axis: first z, then y, then x. */
function blurred(phases: Uint8Array, size: Shape, { attenuation, blur }: ScanParameters): Float32Array {
  const values = Float32Array.from(phases, (phase) => attenuation[phase]!);
  if (blur === 0) return values;
  const half = gaussianReach(blur);
  const weights = Float64Array.from({ length: half + 1 }, (_, k) => Math.exp((-0.5 * k * k) / (blur * blur)));
  const sum = weights.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  for (let k = 0; k <= half; k++) weights[k]! /= sum;
  let shape = size.map((n) => n + 2 * half) as unknown as Shape;
  let from = values;
  for (const axis of [0, 1, 2] as const) {
    const next = shape.map((n, k) => (k === axis ? size[k]! : n)) as unknown as Shape;
    const stride = [shape[1] * shape[2], shape[2], 1][axis]!;
    const to = new Float32Array(next[0] * next[1] * next[2]);
    for (let z = 0, k = 0; z < next[0]; z++)
      for (let y = 0; y < next[1]; y++) {
        // Where the row starts; the halo of this axis lies before it.
        const at = (z * shape[1] + y) * shape[2] + half * stride;
        for (let x = 0; x < next[2]; x++, k++) {
          let mean = weights[0]! * from[at + x]!;
          for (let d = 1; d <= half; d++)
            mean += weights[d]! * (from[at + x - d * stride]! + from[at + x + d * stride]!);
          to[k] = mean;
        }
      }
    from = to;
    shape = next;
  }
  return from;
}

/** The phases of a box without its halo, padded to a brick. */
export function withoutHalo(phases: Uint8Array, size: Shape, halo: number, brick: Shape): Uint8Array {
  const out = new Uint8Array(brick[0] * brick[1] * brick[2]);
  const grown = size.map((n) => n + 2 * halo) as unknown as Shape;
  const start: Triple = [halo, halo, halo];
  copyBox(phases, grown, start, out, brick, [0, 0, 0], size);
  return out;
}
