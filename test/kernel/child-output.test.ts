/** Programs that a cell starts write into the cell, not into the server's log. */
import { execFileSync, execSync, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { captureChildren } from "#kernel/session/child-output.js";
import { captureStreams, contexts, OutputContext } from "#kernel/session/output.js";

const node = process.execPath;
const program = `console.log("out"); console.error("err")`;
const failing = `${program}; process.exitCode = 3`;
let written: string;
let context: OutputContext;
let release: (() => void)[];

beforeEach(() => {
  written = "";
  context = new OutputContext(1, (output) => {
    if (output.output_type === "stream") written += `${output.name}: ${output.text}`;
  });
  release = [captureStreams(), captureChildren()];
});
afterEach(() => {
  for (const undo of release.reverse()) undo();
});

/** What a cell with this code shows. */
async function shown(run: () => unknown): Promise<string> {
  await contexts.run(context, async () => run());
  context.flush();
  return written;
}

describe("a program that is waited for", () => {
  test.each([
    ["spawnSync", () => spawnSync(node, ["-e", program], { stdio: "inherit" })],
    ["spawnSync, by numbers", () => spawnSync(node, ["-e", program], { stdio: [0, 1, 2] })],
    ["execSync", () => execSync(`"${node}" -e '${program}'`, { stdio: "inherit" })],
    ["execFileSync", () => execFileSync(node, ["-e", program], { stdio: ["ignore", "inherit", process.stderr] })],
  ])("shows what it wrote: %s", async (_, run) => {
    // Two pipes have no order between them.
    expect((await shown(run)).split(/(?<=\n)/).sort()).toEqual(["stderr: err\n", "stdout: out\n"]);
  });

  test("returns what an inheriting one returns: nothing to read", () => {
    const outcome = spawnSync(node, ["-e", program], { stdio: "inherit" });
    expect([outcome.stdout, outcome.stderr, outcome.output, outcome.status]).toEqual([
      null,
      null,
      [null, null, null],
      0,
    ]);
    expect(execSync(`"${node}" -e '${program}'`, { stdio: "inherit" })).toBeNull();
  });

  test("keeps what is to be read and shows the rest", async () => {
    let read: unknown;
    const text = await shown(() => {
      read = execFileSync(node, ["-e", program], { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
    });
    expect(read).toBe("out\n");
    expect(text).toBe("stderr: err\n");
  });

  test("that fails has shown what it wrote, and fails", async () => {
    const text = await shown(() => expect(() => execSync(`"${node}" -e '${failing}'`, { stdio: "inherit" })).toThrow());
    expect([...text.matchAll(/(out|err)\n/g)].map(([, word]) => word).sort()).toEqual(["err", "out"]);
  });

  test("is left alone where it inherits nothing", async () => {
    expect(await shown(() => spawnSync(node, ["-e", program]))).toBe("");
    expect(await shown(() => execFileSync(node, ["-e", "console.log(1)"], { encoding: "utf8" }))).toBe("");
  });
});

describe("a program that runs beside the cell", () => {
  test("writes into the cell that started it", async () => {
    const text = await shown(async () => {
      const child = spawn(node, ["-e", program], { stdio: "inherit" });
      expect(child.stdout).toBeNull();
      await once(child, "close");
    });
    expect(text.split("stderr").length).toBe(2);
    expect(text).toContain("out\n");
  });

  test("does so from a fork, too, whose channel works", async () => {
    const folder = mkdtempSync(join(tmpdir(), "voxbook-fork-"));
    try {
      const file = join(folder, "child.mjs");
      writeFileSync(file, `${program}; process.on("message", (m) => { process.send(m + 1); process.disconnect(); });`);
      for (const options of [undefined, { stdio: "inherit" as const }]) {
        written = "";
        const text = await shown(async () => {
          const child = fork(file, options);
          child.send(1);
          const [answer] = await once(child, "message");
          expect(answer).toBe(2);
          await once(child, "close");
        });
        expect(text).toContain("out\n");
        expect(text).toContain("err\n");
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
