/** A scan that is worked on with a small budget, by a process that is killed again and again. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultWorkers } from "#src/compute/pool.js";
import { gaussian, median, open, pipeline, save, threshold } from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { attempt, bricksLost, killed, mostOpen, sha256 } from "../support/killed-run.js";
import { latticeScan } from "../support/lattice.js";

const file = testFolder();
const MiB = 2 ** 20;

test("512³ voxels pass a median, a Gaussian and a threshold within a budget; three kills change no byte of the result", {
  timeout: 300_000,
}, async () => {
  const scan = file("scan.arrow");
  await save(latticeScan([512, 512, 512]), scan);
  const chain = pipeline([median, { radius: 1 }], [gaussian, { sigma: 1 }], [threshold, 120]);
  const run = (name: string) => ({ scan, to: file(name), memoryLimit: 96 * MiB, recipe: chain.recipe });
  const undisturbed = await attempt(run("undisturbed.arrow"));
  expect(undisturbed.peak).toBeLessThanOrEqual(1.1 * 96 * MiB + 200 * MiB);
  const attempts = await killed(run("killed.arrow"), 3, undisturbed.told.length, 20240607);
  expect(attempts.map((one) => one.killed)).toEqual([true, true, true, false]);
  expect(bricksLost(attempts)).toBe(0);
  expect(mostOpen(attempts)).toBeLessThanOrEqual(defaultWorkers());
  expect(await sha256(file("killed.arrow"))).toBe(await sha256(file("undisturbed.arrow")));
  const names = readdirSync(file("."), { encoding: "utf8" }).sort();
  expect(names).toEqual(["killed.arrow", "scan.arrow", "undisturbed.arrow"]);
  const result = await open(file("killed.arrow"));
  expect(result.phases?.length).toBe(2);
  expect([await result.at(32, 32, 32), await result.at(0, 0, 0), await result.at(480, 96, 160)]).toEqual([1, 0, 1]);
});
