import { expect, test } from "vitest";
import { type Readings, shortage } from "#kernel/memory-watch.js";

const GIB = 2 ** 30;
const readings = (rss: number, heap: number | undefined, available = 8 * GIB): Readings => ({
  rss: () => rss,
  heap: async () => heap,
  available: () => available,
});

test("a small process is not asked for its heap", async () => {
  const asked: Readings = { ...readings(GIB, 0), heap: () => Promise.reject(new Error("asked")) };
  expect(await shortage(asked, 4 * GIB)).toBeUndefined();
});

test("a large process whose memory is not JavaScript objects is let be", async () => {
  expect(await shortage(readings(20 * GIB, 0.1 * GIB), 4 * GIB)).toBeUndefined();
});

test("a filling heap is noted first, and the cell stopped before the engine ends the process", async () => {
  expect(await shortage(readings(3 * GIB, 2.8 * GIB), 4 * GIB)).toMatchObject({ stop: false });
  const found = await shortage(readings(4 * GIB, 3.6 * GIB), 4 * GIB);
  expect(found).toMatchObject({ stop: true });
  expect(found!.text).toContain("3.60 GiB of JavaScript objects and the limit is 4.00 GiB");
});

test("a machine without free memory stops the cell of the kernel that holds most of it", async () => {
  const found = await shortage(readings(6 * GIB, undefined, 0.1 * GIB), 4 * GIB);
  expect(found).toMatchObject({ stop: true });
  expect(found!.text).toContain("0.10 GiB are left");
  expect(await shortage(readings(0.05 * GIB, undefined, 0.1 * GIB), 4 * GIB)).toBeUndefined();
});

test("a main thread that does not answer is not stopped on a guess", async () => {
  expect(await shortage(readings(3.9 * GIB, undefined), 4 * GIB)).toBeUndefined();
});
