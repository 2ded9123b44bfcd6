/** Every notebook is executed, small, free of traces of the machine it ran on, and runs. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Notebook, textOf } from "../kernel/bin/notebook.mjs";
import { data, dataFolder, lacks, root } from "./support/require.js";

const folder = join(root, "notebooks");
/** The scans that notebooks are run on besides their own; minutes each, so that by day there is one, in the tour. */
const SCANS = [
  "electrode-grey/puma_fiberform_ct_100_u8.tif",
  "cell-ct/mpj_cell_can_100x728x728_u8_deflate.tif",
  "electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif",
];
const commit = (process.env.VOXBOOK_TIER ?? "commit") === "commit";
const scansFor = (name: string): readonly string[] =>
  commit ? SCANS.slice(0, name.endsWith("01-from-scan-to-report.ipynb") ? 1 : 0) : SCANS;
const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints"))
  .sort();

test("there is at least the tour", () => {
  expect(names.map((name) => name.replaceAll("\\", "/"))).toContain("learn/01-from-scan-to-report.ipynb");
});

describe.each(names)("%s", (name) => {
  const path = join(folder, name);
  const text = readFileSync(path, "utf8");
  const notebook: Notebook = JSON.parse(text);
  // What was published has to be downloaded where it is not there; tests do without the network.
  const published = /samples\.published\w*\("/.test(notebook.cells.map(({ source }) => textOf(source)).join("\n"));
  const folderOfData = dataFolder();
  const env = { ...process.env, ...(folderOfData !== undefined && { VOXBOOK_DATA: folderOfData }) };
  const code = notebook.cells.filter((cell) => cell.cell_type === "code" && textOf(cell.source).trim() !== "");
  /** It begins with a scan that can be exchanged. */
  const takesScan = code.some(
    (cell) =>
      (cell.metadata?.tags as string[] | undefined)?.includes("parameters") &&
      /\blet input\b/.test(textOf(cell.source)),
  );

  test("is at most 2 MB", () => {
    expect(statSync(path).size).toBeLessThanOrEqual(2_000_000);
  });

  test("is for the voxbook kernel, in TypeScript", () => {
    expect(notebook.metadata.kernelspec).toMatchObject({ name: "voxbook", language: "typescript" });
  });

  test("has been executed from the first cell to the last, without an error", () => {
    expect(code.length).toBeGreaterThan(0);
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, index) => index + 1));
    expect(code.some((cell) => (cell.outputs ?? []).length > 0)).toBe(true);
    for (const cell of code)
      expect(
        (cell.outputs ?? []).filter((output) => output.output_type === "error"),
        textOf(cell.source),
      ).toEqual([]);
  });

  test("carries no path or name of the machine it ran on", () => {
    // Pictures are long runs of letters, in which anything may occur.
    const prose = text.replace(/[A-Za-z0-9+/=\\n]{200,}/g, "");
    for (const trace of [root, homedir(), `${tmpdir()}/`, "/home/", "/Users/", "/root/", "C:\\\\Users"])
      expect(prose, trace).not.toContain(trace);
    const { username } = userInfo();
    if (username.length > 4) expect(prose).not.toContain(username);
  });

  test("keeps at most 1 KB of state a widget", () => {
    const states = Object.values(notebook.metadata.widgets ?? {}).flatMap((kind) =>
      Object.values((kind as { state?: Record<string, unknown> }).state ?? {}),
    );
    for (const state of states) expect(JSON.stringify(state).length).toBeLessThanOrEqual(1024);
  });

  describe("run headless", () => {
    let scratch: string;
    beforeAll(() => {
      scratch = mkdtempSync(join(tmpdir(), "voxbook-notebook-"));
    });
    afterAll(() => rmSync(scratch, { recursive: true }));

    test.skipIf(lacks("data")).each(takesScan ? scansFor(name) : [])(
      "ends without an error on %s",
      { timeout: 900_000 },
      (scan) => {
        const copy = join(scratch, "tour.ipynb");
        copyFileSync(path, copy);
        const { status, stderr } = spawnSync(
          process.execPath,
          [join(root, "kernel/bin/voxbook.mjs"), "run", copy, "--param", `input=${data(scan)}`, "--out", copy],
          { cwd: scratch, encoding: "utf8", env },
        );
        expect(status, stderr).toBe(0);
        const { cells } = JSON.parse(readFileSync(copy, "utf8")) as Notebook;
        expect(JSON.stringify(cells.at(-1)!.outputs)).toContain("all checks passed");
      },
    );

    test.skipIf(published && lacks("data"))(
      "ends without an error on its default input, with an executed notebook and a page",
      { timeout: 900_000 },
      () => {
        const out = join(scratch, "out.ipynb");
        const html = join(scratch, "out.html");
        const { status, stderr } = spawnSync(
          process.execPath,
          [join(root, "kernel/bin/voxbook.mjs"), "run", path, "--out", out, "--html", html],
          { cwd: scratch, encoding: "utf8", env },
        );
        expect(status, stderr).toBe(0);
        const { cells } = JSON.parse(readFileSync(out, "utf8")) as Notebook;
        expect(
          cells.flatMap((cell) => cell.outputs ?? []).filter(({ output_type }) => output_type === "error"),
        ).toEqual([]);
        expect(JSON.stringify(cells.at(-1)!.outputs)).toContain("all checks passed");
        const page = readFileSync(html, "utf8");
        expect(page).toMatch(/<img [^>]*src="data:image\/png/);
        expect(page.match(/\s(?:src|srcset)="(?!data:image)[^"]*"/g)).toBeNull();
      },
    );
  });
});
