import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/require.js";

const read = (path: string) => readFileSync(join(root, path), "utf8");

test("the Binder image brings a Node and a Python that are new enough, and the same Python packages", () => {
  const environment = read("binder/environment.yml");
  const [, node] = environment.match(/nodejs=(\d+)/)!;
  const [, wanted] = JSON.parse(read("package.json")).engines.node.match(/>=(\d+)/)!;
  expect(Number(node)).toBeGreaterThanOrEqual(Number(wanted));
  expect(environment).toMatch(/python=3\.1[0-9]/);
  expect(environment).toContain("-r requirements.txt");
});

test.each(["binder/requirements.txt", "test/requirements.txt", "test/bench/requirements.txt"])(
  "%s pins every package to one version",
  (file) => {
    const lines = read(file)
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^[\w-]+==[\d.]+(?:; python_version [<>]=? "3\.\d+")?$/);
  },
);

test.each(["binder/postBuild", ".ci/run"])("%s can be executed", (file) => {
  expect(() => accessSync(join(root, file), constants.X_OK)).not.toThrow();
});
