import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { add, emptyTally, lastLine, readVitest } from "../../kernel/bin/tally.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-tally-"));
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

function report(...files: { status: string; tests: string[] }[]): string {
  const path = join(folder, "report.json");
  const testResults = files.map(({ status, tests }, index) => ({
    name: `file-${index}`,
    status,
    assertionResults: tests.map((test, at) => ({ fullName: `test ${index}.${at}`, status: test })),
  }));
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

test("passed, failed and skipped are counted and the skipped are named", () => {
  const path = report(
    { status: "passed", tests: ["passed", "skipped", "passed", "todo"] },
    { status: "failed", tests: ["failed", "passed", "pending"] },
  );
  expect(readVitest(path, 1)).toEqual({ passed: 3, failed: 1, skipped: ["test 0.1", "test 0.3", "test 1.2"] });
});

test("a file that does not load counts as a failure", () => {
  const path = report({ status: "failed", tests: [] }, { status: "passed", tests: ["passed"] });
  expect(readVitest(path, 1)).toEqual({ passed: 1, failed: 1, skipped: [] });
});

test("a file whose tests pass but whose clean-up fails counts as a failure", () => {
  expect(readVitest(report({ status: "failed", tests: ["passed"] }), 1).failed).toBe(1);
});

test("a runner that fails without any failed test counts as a failure", () => {
  expect(readVitest(report({ status: "passed", tests: ["passed"] }), 1).failed).toBe(1);
  expect(readVitest(join(folder, "absent.json"), 3).failed).toBe(1);
});

test("the last line is the sum over the runners", () => {
  const sum = emptyTally();
  add(sum, { passed: 2, failed: 0, skipped: ["a"] });
  add(sum, { passed: 3, failed: 1, skipped: ["b", "c"] });
  expect(lastLine(sum)).toBe("5 passed, 1 failed, 3 skipped");
});
