/** The kernel as Jupyter meets it: the official suite and our own cases, both driven by the real jupyter_client. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelspec } from "../../kernel/bin/jupyter.mjs";
import { lacks, python, root } from "../support/require.js";

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

describe.skipIf(lacks("python"))("the kernel under jupyter_client", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "voxbook-kernel-"));
    const spec = join(folder, "kernels/voxbook-under-test");
    mkdirSync(spec, { recursive: true });
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(spec, "kernel.json"), JSON.stringify(kernelspec()));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function runPython(script: string): Promise<Ended> {
    const env = {
      ...process.env,
      JUPYTER_PATH: folder,
      JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
      JUPYTER_PLATFORM_DIRS: "1",
      VOXBOOK_KERNEL_NAME: "voxbook-under-test",
      VOXBOOK_KERNEL_CWD: join(folder, "empty"),
    };
    const child = spawn(python()!, [join(root, "test/kernel", script)], { cwd: folder, env });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    return new Promise((resolve) => child.on("close", (status) => resolve({ status, stdout, stderr })));
  }

  test("passes every test of jupyter_kernel_test, none skipped", { timeout: 180_000 }, async () => {
    const { status, stderr } = await runPython("official.py");
    expect(status, stderr.slice(-3000)).toBe(0);
    expect(Number(/^Ran (\d+) tests/m.exec(stderr)?.[1])).toBeGreaterThanOrEqual(12);
    expect(stderr).toMatch(/^OK$/m);
  });

  test("passes every case of our own", { timeout: 180_000 }, async () => {
    const { stdout, stderr } = await runPython("behaviour.py");
    const cases = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { name: string; ok: boolean; detail: string | null });
    expect(cases.filter(({ ok }) => !ok)).toEqual([]);
    expect(cases.length, stderr.slice(-2000)).toBeGreaterThanOrEqual(25);
  });
});
