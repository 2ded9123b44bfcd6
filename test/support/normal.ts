import { random } from "./random-volume.js";

/** Normal numbers of mean 0 and standard deviation 1 (Box & Muller), the same on all machines. */
export function normal(length: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}

/** The error function from −4 to 4, to 1e-5, by the midpoint rule. */
export function erf(x: number): number {
  let sum = 0;
  for (let k = 0; k < 100; k++) sum += Math.exp(-((((k + 0.5) * x) / 100) ** 2));
  return (2 / Math.sqrt(Math.PI)) * sum * (x / 100);
}
