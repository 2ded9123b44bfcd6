/** The controls are those of the published schema: their files are made from it, and nothing has been changed in them. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/require.js";
import { missing, render } from "./schema/render.js";
import { models } from "./schema/schema.js";

const folder = join(root, "widgets/model/controls");

function formatted(name: string, text: string): string {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const path = join(folder, name);
  const run = spawnSync(process.execPath, [biome, "check", "--write", `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: "utf8",
  });
  expect(run.stderr, name).not.toMatch(/error/i);
  return run.stdout;
}

test("every model of the schema has a class", () => {
  expect(models.length).toBe(68);
  expect(missing(models)).toEqual([]);
});

test("the files of the controls are what the schema makes them", async () => {
  const texts = render();
  for (const [name, text] of texts) await expect(formatted(name, text)).toMatchFileSnapshot(join(folder, name));
  expect(readdirSync(folder).filter((name) => !texts.has(name))).toEqual([]);
});
