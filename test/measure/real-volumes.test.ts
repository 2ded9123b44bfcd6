/** Numbers that are known of real volumes, read in place. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { open } from "#src/io/open.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { multiOtsu } from "#src/segment/multi-otsu.js";
import { otsu } from "#src/segment/otsu.js";
import { histogram } from "#src/statistics/histogram.js";
import { data, lacks, root } from "../support/require.js";

const { ebner } = JSON.parse(readFileSync(join(root, "test/golden/segment.json"), "utf8")) as {
  ebner: { otsu: number; multiOtsu: number[]; "crc32 of counts": number };
};

test.skipIf(lacks("data"))("Otsu of the NMC slice is 126, multi-Otsu 116 and 136, on the counts of numpy", async () => {
  const scan = await open(data("electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif"));
  const counted = await histogram(scan);
  const counts = new Uint32Array(256);
  counts.set(Array.from(counted.counts), counted.centres[0]);
  expect(crc32(new Uint8Array(counts.buffer))).toBe(ebner["crc32 of counts"]);
  expect([await otsu(scan), await multiOtsu(scan)]).toEqual([126, [116, 136]]);
  expect([ebner.otsu, ebner.multiOtsu]).toEqual([126, [116, 136]]);
});

test.skipIf(lacks("data"))("phase fractions of the NMC electrode are the published ones", async () => {
  const labels = await open(data("electrode-labels/taufactor_nmc_electrode_256_u8.tiff"), { role: "labels" });
  const table = await phaseFractions(labels);
  expect([...table.getChild("label")!]).toEqual([0, 85, 170]);
  expect([...table.getChild("fraction")!].map((value: number) => value.toFixed(6))).toEqual([
    "0.449917",
    "0.400466",
    "0.149616",
  ]);
});
