/**
 * An electrode-like volume from integers alone, so that any language makes the same bytes: phases 0 (pore: what is left),
 * 1 (binder: value noise above a level) and 2 (active material: spheres on a jittered lattice), grey values with noise.
 * test/golden/make/reference_volume.py is its twin, with the formulas in words.
 */
const SEED = 20240607;
const CELL = 20;

function hash(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

const hash3 = (seed: number, a: number, b: number, c: number): number => hash(hash(hash(seed ^ a) ^ b) ^ c);

/** Phases of an n × n × n volume, C order. */
export function referencePhases(n: number): Uint8Array {
  const phases = new Uint8Array(n ** 3);
  const corner = (p: number, q: number, s: number): number => hash3(SEED ^ 0x5bd1e995, p, q, s) & 255;
  const m = (n >> 3) + 2;
  const lattice = new Int32Array(m ** 3);
  for (let p = 0, k = 0; p < m; p++)
    for (let q = 0; q < m; q++) for (let s = 0; s < m; s++) lattice[k++] = corner(p, q, s);
  const weight = (far: number, at: number): number => (far === 1 ? at & 7 : 8 - (at & 7));
  for (let z = 0, k = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++, k++) {
        let value = 0;
        for (const a of [0, 1])
          for (const b of [0, 1])
            for (const c of [0, 1])
              value +=
                weight(a, z) *
                weight(b, y) *
                weight(c, x) *
                lattice[(((z >> 3) + a) * m + (y >> 3) + b) * m + (x >> 3) + c]!;
        if (value >= 76800) phases[k] = 1;
      }
  const cells = Math.ceil(n / CELL) + 2;
  for (let a = 0; a < cells; a++)
    for (let b = 0; b < cells; b++)
      for (let c = 0; c < cells; c++) {
        const h = hash3(SEED, a, b, c);
        const radius = 8 + ((h >>> 15) % 6);
        const centre = [
          (a - 1) * CELL + (h % 20),
          (b - 1) * CELL + ((h >>> 5) % 20),
          (c - 1) * CELL + ((h >>> 10) % 20),
        ] as const;
        const from = centre.map((at) => Math.max(0, at - radius));
        const to = centre.map((at) => Math.min(n, at + radius + 1));
        for (let z = from[0]!; z < to[0]!; z++)
          for (let y = from[1]!; y < to[1]!; y++)
            for (let x = from[2]!; x < to[2]!; x++)
              if ((z - centre[0]) ** 2 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2 <= radius ** 2)
                phases[(z * n + y) * n + x] = 2;
      }
  return phases;
}

/** Grey values of 8 or 16 bits; the noise has a standard deviation of about 13.9 levels of 8 bits. */
export function referenceGrey(phases: Uint8Array, bits: 8 | 16): Uint8Array | Uint16Array {
  const scale = bits === 8 ? 1 : 200;
  const top = bits === 8 ? 255 : 65535;
  const out = bits === 8 ? new Uint8Array(phases.length) : new Uint16Array(phases.length);
  for (let k = 0; k < out.length; k++) {
    const h = hash(k ^ 0x9e3779b9);
    const noise = (h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510;
    out[k] = Math.min(top, Math.max(0, [60, 110, 180][phases[k]!]! * scale + ((noise * 24 * scale) >> 8)));
  }
  return out;
}

/** Linear indices at which golden values are given. */
export const PROBES: readonly number[] = Array.from({ length: 16 }, (_, k) => hash(k ^ 0xabcdef) % 262144);
