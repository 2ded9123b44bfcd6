import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { isolated, startIsolated } from "#src/compute/isolated.js";
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
