import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { isolated, startIsolated } from "#src/compute/isolated.js";
import { machine } from "#src/compute/memory.js";
import { ComputeFailed, MalformedFile } from "#src/core/errors.js";
import { testFolder } from "../support/folder.js";
import { root } from "../support/require.js";

const file = testFolder();
const module = (() => {
  const errors = pathToFileURL(`${root}/dist/src/core/errors.js`).href;
  const path = file("work.mjs");
  writeFileSync(
    path,
    `import { MalformedFile } from ${JSON.stringify(errors)};
    export const double = (values) => ({ values: values.map((value) => 2 * value) });
    export const hang = () => { for (;;); };
    export const damaged = () => { throw new MalformedFile("broken", { offset: 7 }); };
    export const die = () => process.exit(3);
    export const hungry = () => { const all = []; for (;;) all.push(new Array(1e5).fill(1.5)); };
    export const linger = () => { setTimeout(() => { for (;;); }); return 1; };
    let known = 0;
    export const know = (value) => { known = value; };
    export const tell = async () => ({ known, thread: (await import("node:worker_threads")).threadId });
    export const forget = () => { known = 0; };
    export const loud = () => { console.log("out"); console.error("err"); return 1; };`,
  );
  return pathToFileURL(path);
})();
const what = "the test";

test("a function runs in a thread of its own and its arrays come back", async () => {
  const answer = await isolated<{ values: Float64Array }>(module, "double", Float64Array.of(1, 2), { what });
  expect([...answer.values]).toEqual([2, 4]);
});

test("a step that hangs is ended at its deadline, which the error names", async () => {
  const began = performance.now();
  const error = await isolated(module, "hang", 0, { what, deadline: 300 }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ComputeFailed);
  expect((error as Error).message).toMatch(/deadline of 0\.3 s/);
  expect(performance.now() - began).toBeLessThan(3000);
});

test("an error keeps its class and its facts", async () => {
  const error = await isolated(module, "damaged", 0, { what }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(MalformedFile);
  expect((error as MalformedFile).offset).toBe(7);
});

test("a thread that dies or takes too much memory is an error, and the process lives on", async () => {
  await expect(isolated(module, "die", 0, { what })).rejects.toThrow(/the test failed: its thread died.*status 3/);
  await expect(isolated(module, "hungry", 0, { what, heap: 32 })).rejects.toBeInstanceOf(ComputeFailed);
});

test("stopping ends a hanging step with the signal's own reason", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  const running = isolated(module, "hang", 0, { what, signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await expect(running).rejects.toBe(reason);
});

test("one thread takes several calls, and calls after its end fail", async () => {
  const thread = startIsolated(module, { what });
  const calls = [1, 2, 3].map((n) => thread.call<{ values: number[] }>("double", [n]));
  expect((await Promise.all(calls)).map(({ values }) => values[0])).toEqual([2, 4, 6]);
  await thread.end();
  await expect(thread.call("double", [1])).rejects.toBeInstanceOf(ComputeFailed);
});

test("a thread that is asked nothing more goes by itself, and one that does not is ended", async () => {
  const idle = startIsolated(module, { what });
  await idle.call("double", [1]);
  await idle.end();
  // To wait for the compiler it sets a flag of the process, which would make what others have compiled useless.
  expect(() => runInThisContext("%FinalizeOptimization()")).toThrow(SyntaxError);
  const busy = startIsolated(module, { what });
  await busy.call("linger", 0);
  await busy.end();
  await expect(busy.call("double", [1])).rejects.toBeInstanceOf(ComputeFailed);
});

/** What a thread that may have been kept knows, and its number. */
async function told(know?: number): Promise<{ known: number; thread: number }> {
  const thread = startIsolated(module, { what, keep: true });
  try {
    if (know !== undefined) await thread.call("know", know);
    return await thread.call<{ known: number; thread: number }>("tell", undefined);
  } finally {
    await thread.end();
  }
}

test("a thread that is kept is the next one's of its module, and has let go of what it knew; it hears of a collection", async () => {
  const first = await told(7);
  expect(first.known).toBe(7);
  await machine.collect();
  expect(await told()).toEqual({ known: 0, thread: first.thread });
  // Of two at a time one is kept.
  const both = await Promise.all([told(), told()]);
  expect(new Set(both.map(({ thread }) => thread)).size).toBe(2);
  expect(both.map(({ thread }) => thread)).toContain((await told()).thread);
  const other = startIsolated(module, { what });
  expect((await other.call<{ thread: number }>("tell", 0)).thread).not.toBe(first.thread);
  await other.end();
});

test("a thread that failed, was stopped or has not answered is ended, whoever wanted it kept", async () => {
  const ends: ((thread: ReturnType<typeof startIsolated>, stop: () => void) => Promise<unknown>)[] = [
    (thread) => thread.call("die", 0).catch(() => undefined),
    async (thread, stop) => {
      const hanging = thread.call("hang", 0).catch(() => undefined);
      stop();
      await hanging;
    },
    async (thread) => void thread.call("hang", 0).catch(() => undefined),
  ];
  for (const end of ends) {
    const before = await told();
    const controller = new AbortController();
    const thread = startIsolated(module, { what, keep: true, signal: controller.signal });
    await end(thread, () => controller.abort(new Error("stop")));
    await thread.end();
    await thread.end();
    expect((await told()).thread).not.toBe(before.thread);
  }
});

test("so many threads of a module are kept as it is said", async () => {
  const pair = async (): Promise<Set<number>> => {
    const threads = [1, 2].map(() => startIsolated(module, { what, keep: 2 }));
    const found = await Promise.all(threads.map((thread) => thread.call<{ thread: number }>("tell", undefined)));
    await Promise.all(threads.map((thread) => thread.end()));
    return new Set(found.map(({ thread }) => thread));
  };
  const first = await pair();
  expect(first.size).toBe(2);
  expect(await pair()).toEqual(first);
});
test("a thread that is kept keeps no process alive", () => {
  const path = file("keeps.mjs");
  const isolatedPath = pathToFileURL(`${root}/dist/src/compute/isolated.js`).href;
  writeFileSync(
    path,
    `import { isolated } from ${JSON.stringify(isolatedPath)};
    console.log((await isolated(new URL(${JSON.stringify(module.href)}), "tell", 0, { what: "it", keep: true })).known);`,
  );
  const { status, stdout } = spawnSync(process.execPath, [path], { encoding: "utf8", timeout: 20_000 });
  expect([status, stdout.trim()]).toEqual([0, "0"]);
});

test("what a package prints in the thread reaches nobody", async () => {
  const written: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => written.push(String(text)) > 0) as typeof write;
  try {
    expect(await isolated(module, "loud", 0, { what })).toBe(1);
  } finally {
    process.stdout.write = write;
  }
  expect(written.join("")).not.toContain("out");
});
