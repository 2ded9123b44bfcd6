/** What a page loads of the labextension, as it travels. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { root } from "../support/require.js";

const folder = join(root, "widgets/labextension/static");
const chunks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".js")) : [];
const sizes = chunks.map((name) => {
  const code = readFileSync(join(folder, name));
  const text = code.toString("latin1");
  // Libraries that come with the first chart and the first view in space; all else counts as there from the beginning.
  const late = text.includes("plotly_afterplot") || text.includes("vtkRenderWindow");
  return { name, late, bytes: gzipSync(code, { level: 9 }).length };
});
const sum = (some: typeof sizes): number => some.reduce((all, { bytes }) => all + bytes, 0);

describe.skipIf(chunks.length === 0)("the labextension", () => {
  test("takes at most 250 KB before a chart or a view in space is shown", () => {
    const early = sizes.filter(({ late }) => !late);
    expect(early.length).toBeGreaterThan(1);
    expect(sum(early), JSON.stringify(early)).toBeLessThanOrEqual(250_000);
  });

  test("takes at most 1.2 MB with everything", () => {
    expect(sum(sizes), JSON.stringify(sizes)).toBeLessThanOrEqual(1_200_000);
  });

  test("loads its charts only when there is one", () => {
    expect(sizes.some(({ late }) => late)).toBe(true);
  });
});
