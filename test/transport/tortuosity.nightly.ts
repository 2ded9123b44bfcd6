/** The large published structures: all axes of the electrode, and the benchmark of 500³ voxels within 4 GiB. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { fromVoxels } from "#src/io/from-voxels.js";
import { open } from "#src/io/open.js";
import { tortuosity } from "#src/transport/tortuosity.js";
import { testFolder } from "../support/folder.js";
import { data, lacks, root } from "../support/require.js";
import { faceCentredPores } from "../support/transport-structures.js";

const file = testFolder();

test.skipIf(lacks("data"))("the electrode has the published factors along all axes", { timeout: 120_000 }, async () => {
  const labels = (await open(data("electrode-labels/taufactor_nmc_electrode_256_u8.tiff"))).with({ role: "labels" });
  const found = [...(await tortuosity(labels, { phase: 0 })).getChild("tortuosityFactor")!].map(Number);
  for (const [k, published] of [2.0776, 2.0766, 2.2103].entries())
    expect(Math.abs(found[k]! / published - 1)).toBeLessThan(2e-3);
});

test.skipIf(lacks("data"))("500³ voxels have the published factors, within 4 GiB", { timeout: 900_000 }, async () => {
  const [name, bytes] = Object.entries(
    unzipSync(readFileSync(data("tau-reference/TF-500x500x500-1x2x6-v3.tiff.zip"))),
  ).find(([one]) => one.endsWith(".tiff") && !one.startsWith("__"))!;
  expect(name).toContain("TF-500");
  const path = file("tf-500.tiff");
  writeFileSync(path, bytes);
  // In a process of its own, whose largest memory is then known.
  const script = `
    import { readFileSync } from "node:fs";
    import { open, tortuosity } from "voxbook";
    const labels = (await open(process.argv[1])).with({ role: "labels" });
    const table = await tortuosity(labels, { phase: 255, workers: 2 });
    const peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
    console.log(JSON.stringify({ factors: [...table.getChild("tortuosityFactor")], peak }));
    process.exit(0);`;
  const answer = execFileSync(process.execPath, ["--input-type=module", "-e", script, path], {
    cwd: join(root),
    encoding: "utf8",
  });
  const { factors, peak } = JSON.parse(answer) as { factors: number[]; peak: number };
  const published = [4.2431, 1.1513, 1.3905];
  const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
  for (const [k, factor] of sorted(factors).entries())
    expect(Math.abs(factor / sorted(published)[k]! - 1)).toBeLessThan(5e-3);
  expect(peak).toBeLessThan(2 ** 32);
});

test("threads that wait for each other sleep: two take about as much of the processors as one", {
  timeout: 900_000,
}, async () => {
  const n = 192;
  const pores = await fromVoxels(faceCentredPores(n), [n, n, n], { role: "labels" });
  const spent = async (workers: number): Promise<number> => {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < 3; k++) {
      const before = process.cpuUsage();
      await tortuosity(pores, { phase: 1, axis: "z", workers });
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, (user + system) / 1e6);
    }
    return least;
  };
  const one = await spent(1);
  // Who spins while the other works would take up to twice as much, and most where a third process has a core for itself.
  expect((await spent(2)) / one).toBeLessThan(1.4);
  expect((await spent(4)) / one).toBeLessThan(1.6);
});
