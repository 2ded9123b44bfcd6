/** `.ci/run` on a bare machine: what it asks of the package manager, and that its last line is the one of `npm test`. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../support/require.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-ci-"));
  for (const name of ["bash", "dirname", "find", "grep", "env"]) {
    const found = process.env.PATH?.split(delimiter).map((path) => join(path, name));
    const real = found?.find((path) => spawnSync("test", ["-x", path]).status === 0);
    symlinkSync(real!, join(folder, name));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that notes how it was called. */
function fake(name: string, body: string) {
  const path = join(folder, name);
  writeFileSync(path, `#!${join(folder, "bash")}\necho "${name} $*" >>"${join(folder, "calls")}"\n${body}\n`);
  chmodSync(path, 0o755);
}

function run() {
  const { status, stdout } = spawnSync(join(folder, "bash"), [join(root, ".ci/run")], {
    encoding: "utf8",
    env: { PATH: folder },
  });
  return { status, stdout, calls: readFileSync(join(folder, "calls"), "utf8") };
}

const npm = (status: number) =>
  fake("npm", `echo "needs $VOXBOOK_REQUIRE, CI=$CI"\necho "3 passed, ${status} failed, 0 skipped"\nexit ${status}`);

test("what is missing is installed, then exactly npm test runs, with all requirements set", () => {
  fake("id", "echo 0");
  fake("apt-get", "");
  npm(0);
  const { status, stdout, calls } = run();
  expect(status).toBe(0);
  expect(calls).toMatch(/apt-get install -y -qq --no-install-recommends chromium .*python3 python3-venv\n/);
  expect(calls.trimEnd().split("\n").at(-1)).toBe("npm test");
  expect(stdout).toContain("needs data,chromium,python,pybamm,openpnm, CI=true");
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("3 passed, 0 failed, 0 skipped");
});

test("with everything there, the package manager is not asked", () => {
  for (const name of ["chromium", "python3"]) fake(name, "");
  fake("apt-get", "");
  npm(0);
  expect(run().calls).not.toMatch(/apt-get.* (?:chromium|python3)/);
});

test("without permission to install, and with a package manager that fails, the tests run all the same and decide", () => {
  fake("id", "echo 1000");
  npm(1);
  expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining("no permission to use it") });
  fake("id", "echo 0");
  fake("apt-get", "exit 100");
  const { status, stdout } = run();
  expect(status).toBe(1);
  expect(stdout).toContain("apt-get could not install chromium");
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("3 passed, 1 failed, 0 skipped");
});
