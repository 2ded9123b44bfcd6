/** 2048³ voxels, 8 GiB, by a process with a budget of 1 GiB that is killed twenty times. */
import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultWorkers } from "#src/compute/pool.js";
import { gaussian, median, open, pipeline, save, threshold } from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { attempt, bricksLost, killed, mostOpen, sha256 } from "../support/killed-run.js";
import { CELL, latticeScan, latticeValue } from "../support/lattice.js";
import { memoryVolume } from "../support/memory-volume.js";

const file = testFolder();
const GiB = 2 ** 30;
const MOST = 1.1 * GiB + 200 * 2 ** 20;
const EDGE = 2048;
/** The median and the Gaussian of the chain reach five voxels. */
const MARGIN = 8;

test("2048³ voxels pass a median, a Gaussian and a threshold in 1 GiB; twenty kills change no byte of the result", {
  timeout: 3 * 3_600_000,
}, async () => {
  const scan = file("scan.arrow");
  await save(latticeScan([EDGE, EDGE, EDGE]), scan);
  const chain = pipeline([median, { radius: 1 }], [gaussian, { sigma: 1 }], [threshold, 120]);
  const run = (name: string) => ({ scan, to: file(name), memoryLimit: GiB, recipe: chain.recipe });
  const undisturbed = await attempt(run("undisturbed.arrow"));
  const expected = await sha256(file("undisturbed.arrow"));
  rmSync(file("undisturbed.arrow"));

  const attempts = await killed(run("killed.arrow"), 20, undisturbed.told.length, 20240607);
  expect(attempts.filter((one) => one.killed).length).toBe(20);
  expect(bricksLost(attempts)).toBe(0);
  expect(mostOpen(attempts)).toBeLessThanOrEqual(defaultWorkers());
  const peaks = [undisturbed, ...attempts].map(({ peak }) => Math.round(peak / 2 ** 20));
  console.log(`peaks of the resident memory, MiB: ${peaks.join(" ")}`);
  expect(Math.max(...peaks)).toBeLessThanOrEqual(MOST / 2 ** 20);
  expect(await sha256(file("killed.arrow"))).toBe(expected);

  // At both ends of the volume a cell comes out as in a small volume of the same voxels.
  const result = await open(file("killed.arrow"));
  for (const corner of [CELL, EDGE - 2 * CELL]) {
    const [first, size] = [corner - MARGIN, CELL + 2 * MARGIN];
    const values = new Uint8Array(size ** 3);
    for (let z = 0, k = 0; z < size; z++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++, k++) values[k] = latticeValue(first + z, first + y, first + x);
    const small = await chain.run(memoryVolume(values, [size, size, size]));
    const box = (n: number) => ({ start: [n, n, n], stop: [n + CELL, n + CELL, n + CELL] }) as const;
    const labels = await result.read(box(corner));
    expect(labels).toEqual(await small.read(box(MARGIN)));
    expect(Array.from(labels).reduce((sum, label) => sum + label, 0)).toBeGreaterThan(CELL ** 3 / 10);
  }
});
