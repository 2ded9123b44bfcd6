/** A plane read at its places in the file is the plane that was saved. */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fromVoxels, median, open, pipeline, release, save } from "#src/index.js";
import { quickPlane } from "#widgets/model/brick-planes.js";
import { slices } from "#widgets/model/index.js";

const folder = mkdtempSync(join(tmpdir(), "voxbook-planes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHAPE = [150, 130, 260] as const;
const voxels = Float32Array.from({ length: SHAPE[0] * SHAPE[1] * SHAPE[2] }, (_, k) => (k * 7919) % 10_007);

test.each(["memory", "file"])("plane by plane as it lies in %s, in bricks that are not full too", async (where) => {
  const made = await fromVoxels(voxels, SHAPE);
  const path = join(folder, "planes.arrow");
  if (where === "file") await save(made, path);
  const volume = where === "file" ? await open(path) : made;
  const size = SHAPE[1] * SHAPE[2];
  for (const z of [0, 63, 64, 127, 128, 149])
    expect(await quickPlane(volume, z), `plane ${z}`).toEqual(voxels.slice(z * size, (z + 1) * size));
  if (where === "file") release(volume);
});

test("a lazy volume, which has no bricks, computes its plane", async () => {
  const lazy = await pipeline([median, { radius: 1 }]).lazy(await fromVoxels(voxels, SHAPE));
  expect(await quickPlane(lazy, 75)).toEqual((await lazy.plane("z", 75)).values);
});

test("a brick that is damaged is no plane of a view: its picture says so", async () => {
  const path = join(folder, "damaged.arrow");
  await save(await fromVoxels(voxels, SHAPE), path);
  const file = openSync(path, "r+");
  writeSync(file, Uint8Array.of(1, 2, 3, 4), 0, 4, Math.round(statSync(path).size / 2));
  closeSync(file);
  const volume = await open(path);
  const view = await slices(volume, { cursor: [75, 65, 130] });
  await expect(view.shown()).rejects.toThrow(/damaged\.arrow: brick \d+, .* is damaged: its checksum is wrong/);
});

test("a file that has become shorter since says so", async () => {
  const path = join(folder, "short.arrow");
  await save(await fromVoxels(voxels, SHAPE), path);
  const volume = await open(path);
  truncateSync(path, 4096);
  await expect(quickPlane(volume, 75)).rejects.toThrow(/short\.arrow was changed after it was opened; open it again/);
});
