/** Steps that look at voxels: what comes before them is computed first, and the rest is planned again. */
import { expect, test } from "vitest";
import { estimate, gaussian, median, memory, open, otsu, release, threshold, um, type Volume } from "#src/index.js";
import { Pipeline } from "#src/recipes/pipeline.js";
import type { StepFunction } from "#src/recipes/steps.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const file = testFolder();
const shape = [12, 21, 40] as const;
const scan = memoryVolume(randomVoxels("uint8", 12 * 21 * 40, 3), shape, { brick: [6, 16, 16] });
type Call = (volume: Volume, options?: object) => Promise<Volume>;
const chain = (...steps: Call[]): Pipeline =>
  new Pipeline(steps.map((call) => ({ name: call.name, function: call as StepFunction, arguments: [] })));

// The number of a function's arguments tells where its options stand.
async function smooth(volume: Volume, options?: object): Promise<Volume> {
  return gaussian(volume, { sigma: 0.7, ...options });
}
async function binary(volume: Volume, options?: object): Promise<Volume> {
  return threshold(volume, await otsu(volume), options);
}
async function sharpest(volume: Volume, options?: object): Promise<Volume> {
  const clean = await median(volume, options);
  return threshold(clean, (await otsu(clean)) + 1, options);
}
async function sized(volume: Volume): Promise<Volume> {
  return volume.with({ spacing: um(2) });
}
for (const step of [smooth, binary, sharpest, sized]) Object.defineProperty(step, "length", { value: 1 });

const apart = async (...steps: Call[]): Promise<Volume> => {
  let now = scan;
  for (const step of steps) now = await step(now);
  return now;
};
const rows = (table: { toArray(): { toJSON(): unknown }[] }): unknown[] => table.toArray().map((row) => row.toJSON());

test("a step that looks at what comes before gets it computed, and the chain gives the same bytes", async () => {
  for (const steps of [
    [binary],
    [smooth, binary],
    [smooth, binary, smooth],
    [smooth, sharpest, smooth],
    [sharpest],
    [smooth, sized],
    [sized],
  ]) {
    const before = memory().numRows;
    const one = await chain(...steps).run(scan);
    // What a function leaves of its own intermediate results is freed when nothing refers to it.
    expect(memory().numRows).toBeLessThanOrEqual(before + 1 + (steps.includes(sharpest) ? 1 : 0));
    const other = await apart(...steps);
    expect(await one.read()).toEqual(await other.read());
    expect([one.spacing, one.provenance, one.role]).toEqual([other.spacing, other.provenance, other.role]);
    if (other.store !== scan.store) release(one);
    if (other.store !== scan.store) release(other);
  }
});

test("such a chain goes into a file, too, with all its facts", async () => {
  for (const [k, steps] of [[smooth, binary], [smooth, sized], [sharpest], [sized]].entries()) {
    const to = file(`${k}.arrow`);
    await chain(...steps).run(scan, { to });
    const [one, other] = [await open(to), await apart(...steps)];
    expect(await one.read()).toEqual(await other.read());
    expect([one.spacing, one.provenance, one.phases]).toEqual([other.spacing, other.provenance, other.phases]);
  }
});

test("explain says which steps look at voxels", async () => {
  expect(rows(await chain(smooth, binary).explain(scan))).toMatchObject([
    { steps: "gaussian", "why apart": "" },
    { steps: "binary", "why apart": "it looks at the voxels of what comes before" },
  ]);
});

test("an estimate of a function that looks at the scan first takes this look at one brick", async () => {
  const told = await estimate(binary, scan);
  expect(told.tasks).toBe(2 * (2 * 2 * 3));
  await expect(estimate(sharpest, scan)).rejects.toMatchObject({ code: "UnsupportedFeature" });
});
