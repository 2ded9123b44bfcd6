/**
 * `node snow-large.mjs SIZE LIMIT FOLDER`: SNOW block by block of a volume of SIZE voxels along each edge, its reference volume's pores
 * mirrored again and again, with LIMIT bytes for volumes and threads. Prints the largest memory of the process, the seconds, and what was
 * found, as JSON.
 */
import { join } from "node:path";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";
import { snowPartition } from "../../dist/src/segment/snow-partition.js";
import { phasesOf } from "../bench/inputs.mjs";

const [size, memoryLimit] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4];
const edge = Math.min(size, 128);
const part = phasesOf(edge);
const at = (k) => (Math.floor(k / edge) % 2 === 0 ? k % edge : edge - 1 - (k % edge));
const began = performance.now();
const volume = await buildVolume(
  { shape: [size, size, size], dtype: "uint8", role: "mask", provenance: trace("snow-large", { size }) },
  async (writer) => {
    const plane = new Uint8Array(size * size);
    for (let z = 0; z < size; z++) {
      for (let y = 0, k = 0; y < size; y++)
        for (let x = 0; x < size; x++, k++) plane[k] = part[(at(z) * edge + at(y)) * edge + at(x)] === 0 ? 1 : 0;
      await writer.writePlanes(z, plane);
    }
  },
  { memoryLimit },
);
const made = performance.now();
const marks = [];
const regions = await snowPartition(volume, {
  approximate: true,
  memoryLimit,
  workers: 2,
  to: join(folder, "regions.arrow"),
  onProgress: ({ operation }) => {
    if (marks.at(-1)?.[0] !== operation) marks.push([operation, Math.round((performance.now() - made) / 1000)]);
  },
});
const took = (performance.now() - made) / 1000;
const { found } = regions.provenance.parameters;
const bytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ size, bytes, making: (made - began) / 1000, took, found, range: regions.range, marks }));
process.exit(0);
