/** Angles of projections stay with the volume, through files and filters. */
import { expect, test } from "vitest";
import { crop } from "#src/filters/crop.js";
import { median } from "#src/filters/median.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";

const file = testFolder();
const angles = [0, 33.3, 70.25, 120];
const scan = memoryVolume(new Float32Array(4 * 5 * 6).fill(2), [4, 5, 6], { role: "projections", angles });

test.each(["scan.arrow", "scan.tif"])("angles are kept in %s", async (name) => {
  await save(scan, file(name));
  const again = await open(file(name));
  expect([again.role, again.angles]).toEqual(["projections", angles]);
});

test("angles stay with filtered projections and are cut with them", async () => {
  expect((await median(scan)).angles).toEqual(angles);
  expect((await crop(scan, { start: [1, 0, 0], stop: [3, 5, 6] })).angles).toEqual([33.3, 70.25]);
  expect(scan.with({ angles: [1, 2, 3, 4] }).angles).toEqual([1, 2, 3, 4]);
});

test("angles that do not fit the planes are refused", () => {
  expect(() => scan.with({ angles: [1, 2, 3] })).toThrow("angles: got 3 of them for 4 projections");
  expect(() => scan.with({ angles: [1, 2, 3, Number.NaN] })).toThrow("one finite number of degrees");
});
