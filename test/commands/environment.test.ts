/** Nothing is left outside the project folder: not in the home folder, not in the temporary one. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectEnvironment } from "../../kernel/bin/project.mjs";
import { lacks, root } from "../support/require.js";

let outside: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "voxbook-outside-"));
  for (const name of ["home", "tmp", "work"]) mkdirSync(join(outside, name));
});
afterEach(() => rmSync(outside, { recursive: true }));

/** Runs a command of ours with a bare environment, an empty home folder and an empty temporary folder. */
function bare(args: string[], extra: NodeJS.ProcessEnv = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: join(outside, "home"),
    USERPROFILE: join(outside, "home"),
    TMPDIR: join(outside, "tmp"),
    TEMP: join(outside, "tmp"),
    TMP: join(outside, "tmp"),
    ...extra,
  };
  const [script, ...rest] = args;
  const command = [resolve(root, "kernel/bin", script), ...rest];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: join(outside, "work"),
    encoding: "utf8",
    env,
  });
  return { status, text: stdout + stderr };
}

const left = () =>
  readdirSync(outside, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(outside.length + 1));

test.skipIf(lacks("python"))(
  "a start that finds everything there answers, stops, and leaves no file outside",
  { timeout: 180_000 },
  () => {
    const { status, text } = bare(["start.mjs", "--check"]);
    expect(status, text).toBe(0);
    expect(text).toMatch(/http:\/\/127\.0\.0\.1:\d+\/lab\S*\?token=[0-9a-f]{32,}/);
    expect(text).toContain("checked and stopped.");
    expect(left()).toEqual([]);
  },
);

test("a headless run leaves no file outside", () => {
  const notebook = join(outside, "work/lesson.ipynb");
  const cells = [
    { cell_type: "code", metadata: {}, source: "const a: number = 20;\na + 1", outputs: [], execution_count: null },
  ];
  writeFileSync(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  const { status, text } = bare(["voxbook.mjs", "run", notebook, "--html", join(outside, "work/page.html")]);
  expect(status, text).toBe(0);
  expect(left().sort()).toEqual(["work/lesson.ipynb", "work/page.html"]);
});

/** A project of its own with packages and build already there, but without a Python environment. */
function freshProject(): string {
  const project = join(outside, "work/project");
  mkdirSync(join(project, "kernel"), { recursive: true });
  cpSync(join(root, "kernel/bin"), join(project, "kernel/bin"), { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(root, file), join(project, file));
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  const built = `
    import { buildInputs } from "./kernel/bin/build.mjs";
    import { stamp } from "./kernel/bin/steps.mjs";
    stamp("build", buildInputs());`;
  execFileSync(process.execPath, ["--input-type=module", "-e", built], { cwd: project });
  return project;
}

test("without a Python, start says so in one sentence, offers the headless way and has status 1", () => {
  const start = join(freshProject(), "kernel/bin/start.mjs");
  const { status, text } = bare([start, "--check"], { VOXBOOK_PYTHON: join(outside, "absent/python3") });
  expect(status).toBe(1);
  const last = text.trimEnd().split("\n").at(-1);
  expect(last).toMatch(
    /^VOXBOOK_PYTHON names .*absent.python3, which does not start as Python; .* npx voxbook run notebooks/,
  );
  const empty = bare([start], { PATH: join(outside, "home") });
  expect(empty.status).toBe(1);
  expect(empty.text).toContain("JupyterLab needs Python 3.10 or newer, and there is no Python here");
});

test("a Python that cannot make an environment is told, and no half-made one is left", { timeout: 120_000 }, () => {
  const project = freshProject();
  const python = join(outside, "home/python3");
  writeFileSync(python, '#!/bin/sh\ncase "$*" in *version_info*) echo 3.12.0;; *) exit 1;; esac\n', { mode: 0o755 });
  mkdirSync(join(project, ".venv/bin"), { recursive: true });
  const { status, text } = bare([join(project, "kernel/bin/start.mjs")], { VOXBOOK_PYTHON: python });
  expect(status).toBe(1);
  expect(text).toContain("has neither venv nor pip");
  expect(existsSync(join(project, ".venv"))).toBe(false);
});

test("every folder that the environment names is inside the project", () => {
  const changed = Object.entries(projectEnvironment()).filter(([name, value]) => value !== process.env[name]);
  for (const [name, value] of changed)
    if (value !== undefined && /[\\/]/.test(value)) expect(value.startsWith(root), `${name}=${value}`).toBe(true);
  for (const name of ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "PIP_CACHE_DIR"])
    expect(dirname(projectEnvironment()[name]!).startsWith(root), name).toBe(true);
});
