/** SNOW of a volume that does not fit: block by block, within 6 GiB for 1024 voxels along each edge. Ten minutes on two free cores, and 25 GB of disk. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../support/folder.js";
import { root } from "../support/require.js";

const file = testFolder();

test("SNOW of 1024 × 1024 × 1024 voxels stays within 6 GiB and 30 minutes", { timeout: 2_000_000 }, () => {
  const out = execFileSync(
    process.execPath,
    [join(root, "test/support/snow-large.mjs"), "1024", String(4.5e9), file(".")],
    {
      encoding: "utf8",
    },
  );
  const { bytes, took, found, range } = JSON.parse(out.trim().split("\n").at(-1)!);
  expect(bytes).toBeLessThan(6 * 2 ** 30);
  expect(took).toBeLessThan(1800);
  expect(found.markers).toBe(range[1]);
  expect(found.markers).toBeGreaterThan(100_000);
  expect(found.seamError).toBeLessThan(1e-3);
});
