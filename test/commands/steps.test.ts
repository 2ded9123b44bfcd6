import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Failure, root } from "../../kernel/bin/project.mjs";
import { fingerprint, isCurrent, mustRun, runProgram, runSteps, stamp, unstamp } from "../../kernel/bin/steps.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-steps-"));
  mkdirSync(join(folder, "sources/inner"), { recursive: true });
  writeFileSync(join(folder, "sources/a.ts"), "a");
  writeFileSync(join(folder, "sources/inner/b.ts"), "b");
});
afterEach(() => rmSync(folder, { recursive: true }));

const sum = (skip?: (path: string) => boolean) => fingerprint(["sources"], skip, folder);

test("a fingerprint changes with a content, a name, an added and a removed file, and with nothing else", () => {
  const seen = new Set([sum()]);
  writeFileSync(join(folder, "sources/a.ts"), "a");
  expect(seen.has(sum())).toBe(true);
  for (const change of [
    () => writeFileSync(join(folder, "sources/a.ts"), "A"),
    () => writeFileSync(join(folder, "sources/c.ts"), ""),
    () => rmSync(join(folder, "sources/inner"), { recursive: true }),
  ]) {
    change();
    expect(seen.has(sum())).toBe(false);
    seen.add(sum());
  }
});

test("a fingerprint leaves out what is skipped", () => {
  const before = sum((path) => path.startsWith("sources/inner"));
  writeFileSync(join(folder, "sources/inner/b.ts"), "changed");
  expect(sum((path) => path.startsWith("sources/inner"))).toBe(before);
});

test("a step is current only after its stamp, with the same inputs, and while its outputs exist", () => {
  const stamps = join(folder, "stamps");
  const output = join(folder, "output");
  const current = (inputs: string) => isCurrent("build", inputs, [output], stamps);
  writeFileSync(output, "");
  expect(current("1")).toBe(false);
  stamp("build", "1", stamps);
  expect(current("1")).toBe(true);
  expect(current("2")).toBe(false);
  rmSync(output);
  expect(current("1")).toBe(false);
  writeFileSync(output, "");
  unstamp("build", stamps);
  expect(current("1")).toBe(false);
});

test("steps are numbered and tell how they went; a failed one ends the row", async () => {
  const lines: string[] = [];
  const third = { title: "third", run: () => Promise.reject(new Failure("the third failed; mend it.")) };
  const row = runSteps(
    [{ title: "first", run: async () => "made" }, { title: "second", run: async () => false as const }, third, third],
    (line) => lines.push(line.replace(/\d+\.\d s/, "0.0 s")),
  );
  await expect(row).rejects.toThrow("the third failed; mend it.");
  expect(lines).toEqual([
    "[1/4] first …",
    "[1/4] first: made (0.0 s)",
    "[2/4] second …",
    "[2/4] second: already there (0.0 s)",
    "[3/4] third …",
  ]);
});

test("a program that fails is told as the sentence given; one that does not exist has status 127", async () => {
  const failing = [process.execPath, "-e", "process.exit(3)"];
  await expect(mustRun(failing, "it failed; do this.", { quiet: true })).rejects.toThrow("it failed; do this.");
  expect((await runProgram(failing, { quiet: true })).code).toBe(3);
  expect((await runProgram(["/nowhere/program"], { quiet: true, cwd: root })).code).toBe(127);
});
