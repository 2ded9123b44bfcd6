/** The package as npm would publish it: complete, nothing more, and it works where it is installed. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { npmCommand } from "../../kernel/bin/platform.mjs";
import { root } from "../support/require.js";

describe("the packed package", () => {
  let folder: string;
  let files: string[];
  const installed = () => join(folder, "node_modules/voxbook");

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "voxbook-package-"));
    const [npm, ...args] = [...npmCommand(), "pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const [report] = JSON.parse(
      execFileSync(npm, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
    files = report.files.map((file: { path: string }) => file.path);
    mkdirSync(join(folder, "node_modules"));
    execFileSync("tar", ["-xzf", report.filename], { cwd: folder });
    // Its dependencies are those installed here: what is tested is the package, not the registry.
    for (const name of readdirSync(join(root, "node_modules")))
      if (!name.startsWith(".") && name !== "voxbook")
        symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    renameSync(join(folder, "package"), installed());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("holds library, kernel, wasm, widgets, commands and licence", () => {
    for (const file of [
      "README.md",
      "LICENSE",
      "dist/src/index.js",
      "dist/src/index.d.ts",
      "dist/src/compute/conduction.wasm",
      "dist/src/compute/kernels.wasm",
      "dist/kernel/main.js",
      "dist/kernel/headless.js",
      "dist/widgets/model/index.js",
      "dist/widgets/model/index.d.ts",
      "kernel/bin/voxbook.mjs",
      "widgets/labextension/package.json",
    ])
      expect(files, file).toContain(file);
  });

  test("holds no tests, no caches, no build notes", () => {
    expect(
      files.filter((file) => /^test\/|tsbuildinfo|\.cache|\.venv|node_modules|\.(?:test|bench|fuzz)\./.test(file)),
    ).toEqual([]);
  });

  test("every file that package.json points to is in it", () => {
    const { exports, bin } = JSON.parse(readFileSync(join(installed(), "package.json"), "utf8"));
    const targets = [...Object.values(exports), ...Object.values(bin)].flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target as Record<string, string>),
    );
    expect(targets.length).toBeGreaterThan(4);
    for (const target of targets) expect(existsSync(join(installed(), target)), target).toBe(true);
  });

  test("imports by its names and runs its command", () => {
    const script =
      'for (const name of ["voxbook", "voxbook/widgets"]) console.log(Object.keys(await import(name)).length > 0)';
    const imported = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(imported).toBe("true\ntrue\n");
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const command = [join(installed(), "kernel/bin/voxbook.mjs"), "--version"];
    expect(execFileSync(process.execPath, command, { cwd: folder, encoding: "utf8" }).trim()).toBe(version);
  });
});
