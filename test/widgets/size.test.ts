import { describe, expect, test } from "vitest";
import { bytesOf, chunks } from "../support/labextension.js";

const all = chunks();

describe.skipIf(all.length === 0)("the labextension", () => {
  test("takes at most 250 KB before a chart or a view in space is shown", () => {
    const early = all.filter(({ late }) => !late);
    expect(early.length).toBeGreaterThan(1);
    expect(bytesOf(early), JSON.stringify(early)).toBeLessThanOrEqual(250_000);
  });

  test("takes at most 1.2 MB with everything", () => {
    expect(bytesOf(all), JSON.stringify(all)).toBeLessThanOrEqual(1_200_000);
  });

  test("loads its charts only when there is one", () => {
    expect(all.some(({ late }) => late)).toBe(true);
  });
});
