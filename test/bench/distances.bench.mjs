/**
 * Distances where they are long: the adversarial set. Implementations that look around each voxel as far as its distance take
 * longest here; ours has to be 1.5 times as fast as its peer on each of them, and 4 times on an electrode (morphology.bench.mjs).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";
import { distanceTransform } from "../../dist/src/morphology/distance-transform.js";

/** Where voxels are not inside, of n × n × n. */
const ADVERSARIAL = {
  "one voxel outside": (n) => (z, y, x) => z === n >> 1 && y === n >> 1 && x === n >> 1,
  "the plane z = 0 outside": () => (z) => z === 0,
  "the plane x = 0 outside": () => (_z, _y, x) => x === 0,
  "a slanted plane outside": (n) => (z, y, x) => z + y + x === Math.floor(1.5 * n),
  "1 of 17000 voxels outside": () => (z, y, x) =>
    Math.imul((z * 521 + y) * 521 + x, 0x9e3779b1) >>> 0 < 2 ** 32 / 17000,
  "all but a ball outside": (n) => (z, y, x) => (z - n / 2) ** 2 + (y - n / 2) ** 2 + (x - n / 2) ** 2 >= n ** 2 / 4,
};

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder }) => {
  const shape = [size, size, size];
  const inputs = {};
  for (const [k, [name, outsideOf]] of Object.entries(ADVERSARIAL).entries()) {
    const outside = outsideOf(size);
    const mask = new Uint8Array(size ** 3);
    for (let z = 0, at = 0; z < size; z++)
      for (let y = 0; y < size; y++) for (let x = 0; x < size; x++, at++) mask[at] = outside(z, y, x) ? 0 : 1;
    const path = join(folder, `far-${k}-${size}.raw`);
    writeFileSync(path, mask);
    const facts = { shape, dtype: "uint8", role: "mask", provenance: trace("bench", {}) };
    const volume = await buildVolume(facts, (writer) => writer.writePlanes(0, mask));
    inputs[name] = { path, shape, dtype: "uint8", volume };
  }
  return { inputs };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { inputs }) =>
  Object.keys(ADVERSARIAL).map((name) => ({
    operation: `distances, ${name}`,
    size,
    input: inputs?.[name],
    run: (workers) => distanceTransform(inputs[name].volume, { workers }),
    output: (result) => result.read(),
    peer: "distances",
    peers: { edt: { tolerance: 1e-6 } },
  }));
