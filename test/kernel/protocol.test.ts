/** The kernel as Jupyter meets it: the official suite and our own, both driven by the real jupyter_client. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lacks, root } from "../support/require.js";
import { kernels, python, type Result, records, suite, workshop } from "./conformance/run.mjs";

describe.skipIf(lacks("python"))("the kernel under jupyter_client", () => {
  test("passes every test of jupyter_kernel_test, none skipped", { timeout: 180_000 }, async () => {
    const { env, folder, remove } = workshop();
    const named = { ...env, VOXBOOK_KERNEL_NAME: kernels.voxbook };
    const { status, stderr } = await python([join(root, "test/kernel/official.py")], named, folder);
    remove();
    expect(status, stderr.slice(-3000)).toBe(0);
    expect(Number(/^Ran (\d+) tests/m.exec(stderr)?.[1])).toBe(12);
    expect(stderr).toMatch(/^OK$/m);
  });

  test("passes every case of the conformance suite", { timeout: 400_000 }, async () => {
    const { stdout, stderr } = await suite(["voxbook"]);
    const all = records<Result>(stdout);
    const failed = all.filter(({ outcome }) => outcome === "failed");
    expect(failed.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([]);
    expect(all.length, stderr.slice(-2000)).toBeGreaterThanOrEqual(250);
  });
});
