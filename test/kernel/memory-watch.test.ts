import { beforeEach, describe, expect, test } from "vitest";
import { MemoryWatch, type Readings, shortage } from "#kernel/io/memory-watch.js";

const GIB = 2 ** 30;
const readings = (rss: number, heap: number | undefined, available = 8 * GIB): Readings => ({
  rss: () => rss,
  heap: async () => heap,
  collect: () => {},
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

describe("a cell that fills memory", () => {
  let heap: number;
  let stops: number;
  let collections: number;
  let watch: MemoryWatch;
  beforeEach(() => {
    stops = 0;
    collections = 0;
    const filling: Readings = { ...readings(4 * GIB, 0), heap: async () => heap, collect: () => void collections++ };
    const stop = async (): Promise<void> => {
      stops++;
      // It goes on until it hears.
      heap += 0.2 * GIB;
    };
    watch = new MemoryWatch(4 * GIB, { short: () => {}, well: () => {}, stop }, filling);
  });
  const look = async (gib: number): Promise<number> => {
    heap = gib * GIB;
    await watch.look();
    return stops;
  };

  test("is stopped, and the next one only if it fills more", async () => {
    expect(await look(3.0)).toBe(0);
    expect(await look(3.4)).toBe(1);
    expect(await look(3.6)).toBe(1);
    expect(await look(3.7)).toBe(1);
    expect(await look(3.75)).toBe(2);
  });

  test("is stopped again after memory was freed", async () => {
    await look(3.4);
    await look(1);
    expect(await look(3.3)).toBe(2);
  });

  test("leaves garbage, which is collected after the next cells, but not again and again", async () => {
    watch.cellEnded();
    expect(collections).toBe(0);
    await look(3.4);
    for (let k = 0; k < 10; k++) watch.cellEnded();
    expect(collections).toBe(2);
  });
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
