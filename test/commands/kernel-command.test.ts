import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { kernelspec } from "../../kernel/bin/jupyter.mjs";
import { lacks, python, root } from "../support/require.js";

let prefix: string;
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), "voxbook-prefix-"));
});
afterEach(() => rmSync(prefix, { recursive: true }));

function voxbook(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "kernel/bin/voxbook.mjs"), ...args], {
    encoding: "utf8",
    cwd: prefix,
  });
  return { status, text: stdout + stderr };
}

const spec = () => join(prefix, "share/jupyter/kernels/voxbook/kernel.json");

test("install, status and uninstall work in a prefix and leave nothing", () => {
  expect(voxbook("kernel", "status", "--prefix", prefix)).toMatchObject({ status: 1 });
  expect(voxbook("kernel", "install", "--prefix", prefix)).toMatchObject({ status: 0 });
  expect(JSON.parse(readFileSync(spec(), "utf8"))).toEqual(kernelspec());
  const { text } = voxbook("kernel", "status", "--prefix", prefix);
  expect(text).toContain("kernel   current");
  if (existsSync(join(root, "widgets/labextension/package.json"))) expect(text).toContain("widgets  current");
  expect(voxbook("kernel", "uninstall", "--prefix", prefix)).toMatchObject({ status: 0 });
  expect(existsSync(spec())).toBe(false);
  expect(voxbook("kernel", "uninstall", "--prefix", prefix).text).toContain("nothing of voxbook");
});

test("everything that the kernelspec starts exists", () => {
  const { argv } = kernelspec();
  const files = argv.filter((part) => part.includes("/"));
  expect(files.length).toBeGreaterThanOrEqual(2);
  for (const file of files) expect(existsSync(file), file).toBe(true);
});

test("status tells of a kernelspec that starts another or a vanished program", () => {
  mkdirSync(join(spec(), ".."), { recursive: true });
  writeFileSync(spec(), JSON.stringify({ ...kernelspec(), argv: ["/gone/node", "main.js"] }));
  const { status, text } = voxbook("kernel", "status", "--prefix", prefix);
  expect(status).toBe(1);
  expect(text).toContain("kernel   other");
  expect(text).toContain("names /gone/node, which does not exist; run install again");
  writeFileSync(spec(), "{ half");
  expect(voxbook("kernel", "status", "--prefix", prefix).text).toContain("(unreadable)");
});

test("a developer's link to the labextension is replaced, and what it points to stays", () => {
  const target = join(prefix, "developer");
  mkdirSync(target);
  writeFileSync(join(target, "package.json"), "{}");
  const link = join(prefix, "share/jupyter/labextensions/@voxbook/widgets");
  mkdirSync(join(link, ".."), { recursive: true });
  symlinkSync(target, link);
  expect(voxbook("kernel", "uninstall", "--prefix", prefix).text).toContain(link);
  expect(existsSync(link)).toBe(false);
  expect(existsSync(join(target, "package.json"))).toBe(true);
});

test.skipIf(lacks("python"))("Jupyter itself finds the installed kernel", () => {
  voxbook("kernel", "install", "--prefix", prefix);
  const script =
    "from jupyter_client.kernelspec import KernelSpecManager as M; print(M().get_kernel_spec('voxbook').display_name)";
  const env = { ...process.env, JUPYTER_PATH: join(prefix, "share/jupyter") };
  expect(execFileSync(python()!, ["-c", script], { env, encoding: "utf8" }).trim()).toBe("TypeScript (voxbook)");
});

test.each([
  [["kernel"], "takes one of install, uninstall, status"],
  [["kernel", "remove"], "takes one of install, uninstall, status"],
  [["kernel", "status", "--user", "--prefix", "x"], "give one of --prefix, --user and --sys-prefix"],
  [["kernel", "status", "--everywhere"], "Unknown option '--everywhere'"],
  [["fly"], "voxbook has no command fly"],
  [["run"], "voxbook run takes one notebook, not 0"],
  [["run", "absent.ipynb"], "absent.ipynb cannot be read (ENOENT)"],
])("voxbook %j is refused with a sentence, not a stack", (args, sentence) => {
  const { status, text } = voxbook(...args);
  expect(status).toBe(1);
  expect(text).toContain(sentence);
  expect(text).not.toMatch(/^\s+at /m);
});

test("--version is the package's version", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(voxbook("--version").text.trim()).toBe(version);
});
