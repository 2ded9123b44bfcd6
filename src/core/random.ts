/**
 * Random numbers by counting: each is a function of a seed and of where it is used, so that a result is the same in whatever
 * bricks, order and threads it is made.
 */

/** A step that fills 32 bits evenly when it is counted up (2³² over the golden ratio). */
export const STEP = 0x9e3779b1;

/** Mixes 32 bits (lowbias32 of C. Wellons' hash prospector): the low bits of the result are as random as the high ones. */
export function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** 32 random bits of a seed and whole numbers, such as the indices of a cell. */
export function bits(seed: number, a: number, b: number, c: number): number {
  return mix(mix(mix(mix(seed) + Math.imul(a, STEP)) + Math.imul(b, STEP)) + Math.imul(c, STEP));
}
