import { STATES } from "./collector-columns.js";

/** Thin voids at a collector, patch by patch. */
export interface Patches {
  /** For each column 0 none, 1 bonded, 2 delaminated, 3 pore. */
  readonly map: Uint8Array;
  /** Number of delaminated patches. */
  readonly count: number;
}

/**
 * Thin voids that hang together, by edges or corners, are delaminated where they are large enough, else pores.
 * @param least number of columns of the smallest patch that counts
 */
export function patchesOf(states: Uint8Array, [height, width]: readonly [number, number], least: number): Patches {
  const map = states.slice();
  const seen = new Uint8Array(states.length);
  let count = 0;
  const patch: number[] = [];
  for (let first = 0; first < states.length; first++) {
    if (states[first] !== STATES.thin || seen[first] === 1) continue;
    patch.length = 0;
    patch.push(first);
    seen[first] = 1;
    for (let k = 0; k < patch.length; k++) {
      const [y, x] = [Math.floor(patch[k]! / width), patch[k]! % width];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const at = v * width + u;
          if (states[at] !== STATES.thin || seen[at] === 1) continue;
          seen[at] = 1;
          patch.push(at);
        }
    }
    if (patch.length >= least - 1e-9) count++;
    else for (const at of patch) map[at] = STATES.pore;
  }
  return { map, count };
}
