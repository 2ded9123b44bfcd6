/** The reference volume of the benchmark: as raw files for the peers, as volumes for us. */
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";

const SEED = 20240607;

const python = process.env.VOXBOOK_TAUFACTOR_PYTHON;

/**
 * How TauFactor is asked: it needs PyTorch, which is larger than all other peers together, and stands in an environment of its own,
 * whose interpreter VOXBOOK_TAUFACTOR_PYTHON names.
 */
export const tauFactor = {
  python,
  missing:
    python === undefined &&
    "not installed: name an interpreter with taufactor 1.2.1 and torch in VOXBOOK_TAUFACTOR_PYTHON",
};

function hash(value) {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Spheres of active material in a jittered lattice and a noisy rest, as in test/support/reference-volume.ts, by integers only. */
export function phasesOf(n) {
  const phases = new Uint8Array(n ** 3);
  const lattice = (p, q, s) => hash(hash(hash(SEED ^ 0x5bd1e995 ^ p) ^ q) ^ s) & 255;
  const m = (n >> 3) + 2;
  const values = new Int32Array(m ** 3);
  for (let p = 0, k = 0; p < m; p++)
    for (let q = 0; q < m; q++) for (let s = 0; s < m; s++) values[k++] = lattice(p, q, s);
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++, i++) {
        let sum = 0;
        for (let k = 0; k < 8; k++) {
          const [a, b, c] = [k >> 2, (k >> 1) & 1, k & 1];
          const weight = (a ? z & 7 : 8 - (z & 7)) * (b ? y & 7 : 8 - (y & 7)) * (c ? x & 7 : 8 - (x & 7));
          sum += weight * values[(((z >> 3) + a) * m + (y >> 3) + b) * m + (x >> 3) + c];
        }
        if (sum >= 76800) phases[i] = 1;
      }
  const cells = Math.ceil(n / 20) + 2;
  for (let a = 0; a < cells; a++)
    for (let b = 0; b < cells; b++)
      for (let c = 0; c < cells; c++) {
        const h = hash(hash(hash(SEED ^ a) ^ b) ^ c);
        const r = 8 + ((h >>> 15) % 6);
        const [cz, cy, cx] = [
          (a - 1) * 20 + (h % 20),
          (b - 1) * 20 + ((h >>> 5) % 20),
          (c - 1) * 20 + ((h >>> 10) % 20),
        ];
        for (let z = Math.max(0, cz - r); z < Math.min(n, cz + r + 1); z++)
          for (let y = Math.max(0, cy - r); y < Math.min(n, cy + r + 1); y++)
            for (let x = Math.max(0, cx - r); x < Math.min(n, cx + r + 1); x++)
              if ((z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 <= r * r) phases[(z * n + y) * n + x] = 2;
      }
  return phases;
}

/** Grey values of the phases, with noise. */
function voxels(n) {
  const phases = phasesOf(n);
  const u8 = new Uint8Array(n ** 3);
  const u16 = new Uint16Array(n ** 3);
  for (let i = 0; i < u8.length; i++) {
    const h = hash(i ^ 0x9e3779b9);
    const noise = (h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510;
    const base = [60, 110, 180][phases[i]];
    u8[i] = Math.min(255, Math.max(0, base + ((noise * 24) >> 8)));
    u16[i] = Math.min(65535, Math.max(0, base * 200 + ((noise * 4800) >> 8)));
  }
  return { u8, u16 };
}

/** @returns both volumes of n × n × n; the files are kept for the next time */
export async function inputs(n, folder) {
  const path = (name) => join(folder, `${name}-${n}.raw`);
  const whole = (name, bytes) => existsSync(path(name)) && statSync(path(name)).size === bytes * n ** 3;
  if (!whole("u8", 1) || !whole("u16", 2))
    for (const [name, array] of Object.entries(voxels(n))) {
      writeFileSync(`${path(name)}.part`, array);
      renameSync(`${path(name)}.part`, path(name));
    }
  const input = async (name, dtype, Kind) => {
    const bytes = readFileSync(path(name));
    const array = new Kind(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const volume = await buildVolume(
      { shape: [n, n, n], dtype, role: "intensity", provenance: trace("bench", { n }) },
      (writer) => writer.writePlanes(0, array),
    );
    return { path: path(name), shape: [n, n, n], dtype, volume };
  };
  return { u8: await input("u8", "uint8", Uint8Array), u16: await input("u16", "uint16", Uint16Array) };
}
