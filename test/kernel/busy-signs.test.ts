/** The extension of Jupyter Server that keeps quick answers of widgets from waiting behind the word "busy". */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectEnvironment } from "../../kernel/bin/project.mjs";
import { lacks, python, root } from "../support/require.js";

test.skipIf(lacks("python"))("busy is told of what takes long and of cells, idle always, and nothing is kept", () => {
  const told = execFileSync(python()!, [join(root, "test/kernel/busy_signs.py")], {
    env: { ...projectEnvironment(), PYTHONPATH: join(root, "kernel/server") },
    encoding: "utf8",
  });
  expect(JSON.parse(told)).toEqual({
    quick: ["answera", "idlea", 0],
    slow: ["busya", "answera", "idlea", 0],
    two: ["idleb", "busya", "idlea", 0],
    cell: ["busya", "idlea", 0],
    lost: ["busya", 0],
  });
});
