/** Threads that compute give way to a reader at a page, and to nobody else. */
import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import { afterEach, expect, test } from "vitest";
import { isolated } from "#src/compute/isolated.js";
import { pool } from "#src/compute/pool.js";
import { median } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { FakePage } from "../support/page.js";

const page = new FakePage();
afterEach(async () => {
  page.detach();
  await pool.stop();
});

/** How nice the threads of this process are, by the nineteenth field of proc(5). */
const nices = (): number[] =>
  readdirSync("/proc/self/task").map((thread) => {
    const text = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[16]);
  });
const telling = new URL(
  `data:text/javascript,${encodeURIComponent('import os from "node:os"; export const nice = () => os.getPriority(0);')}`,
);
const SHAPE = [8, 8, 8] as const;

test.skipIf(process.platform !== "linux").each([
  ["a page listens", () => page.attach(), 10],
  ["a notebook runs without a page", () => page.attach(false), undefined],
  ["there is no kernel", () => {}, undefined],
])("where %s", async (_, prepare, nice) => {
  prepare();
  const own = os.getPriority(0);
  const before = nices().filter((n) => n === 10).length;
  await median(memoryVolume(new Uint8Array(512), SHAPE), { radius: 1 });
  expect(pool.threads.length).toBeGreaterThan(0);
  const after = nices().filter((n) => n === 10).length;
  if (nice === undefined) expect(after).toBe(before);
  else expect(after - before).toBe(pool.threads.length);
  expect(await isolated<number>(telling, "nice", undefined, { what: "the test" })).toBe(nice ?? own);
  expect(os.getPriority(0)).toBe(own);
});
