/** Code of a cell cannot end the process, and with it every variable, without a word. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSession, type HeadlessSession } from "#kernel/headless.js";

const own = { exit: process.exit, abort: process.abort, kill: process.kill };
let folder: string;
let session: HeadlessSession;
let heard: (message: string) => void = () => {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-exits-"));
  session = createSession({
    cwd: folder,
    onOutput: (output) => {
      if (output.output_type === "error") heard(output.evalue);
    },
  });
  await session.execute("const kept = 7; const bye = () => process.exit(4)");
});
afterAll(async () => {
  await session.close();
  rmSync(folder, { recursive: true });
});

test.each([
  ["process.exit(3)", "process.exit(3)"],
  ["process.exit()", "process.exit()"],
  ["bye()", "process.exit(4)"],
  ["process.abort()", "process.abort()"],
  ["(process as any).reallyExit(1)", "process.reallyExit(1)"],
  ["process.kill(process.pid)", `process.kill(${process.pid})`],
  ["process.kill(process.pid, 'SIGKILL')", `process.kill(${process.pid}, "SIGKILL")`],
  ["process.kill(0, 'SIGTERM')", 'process.kill(0, "SIGTERM")'],
  ["process.kill(-process.pid, 15)", `process.kill(-${process.pid}, 15)`],
  ["await null; process.exit(3)", "process.exit(3)"],
])("%s is an error that says what to do instead", async (source, call) => {
  const { error } = await session.execute(source);
  expect(error!.evalue).toBe(
    `${call} would end the session and lose every variable; to end the cell throw an error, to start anew restart the kernel`,
  );
  expect(error!.traceback.join("\n")).toMatch(/Cell \[\d+\], line 1/);
  const { outputs } = await session.execute("kept");
  expect(outputs).toMatchObject([{ data: { "text/plain": "7" } }]);
});

test("from a promise that nobody awaits, too", async () => {
  const error = new Promise<string>((resolve) => {
    heard = resolve;
  });
  await session.execute("void Promise.resolve().then(() => process.exit(5))");
  expect(await error).toMatch(/^process\.exit\(5\) would end the session/);
});

test("signals that end nothing are let through", async () => {
  const source = `let told = 0; process.once('SIGUSR2', () => { told++ });
process.kill(process.pid, 0); process.kill(process.pid, 'SIGUSR2');
while (told === 0) await new Promise((done) => setTimeout(done, 1));
told`;
  expect((await session.execute(source)).outputs).toMatchObject([{ data: { "text/plain": "1" } }]);
});

test("once the session is closed everything is as it was", async () => {
  const other = createSession({ cwd: folder });
  await other.close();
  await session.close();
  expect({ exit: process.exit, abort: process.abort, kill: process.kill }).toEqual(own);
});
