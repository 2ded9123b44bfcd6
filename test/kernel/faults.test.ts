/** The list of faults that the conformance suite has to find is kept up with the kernel, which changes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/require.js";

interface Fault {
  name: string;
  patches: { file: string; find: string; replace: string }[];
  caught: string[];
}

const folder = join(root, "test/kernel/conformance");
const faults = JSON.parse(readFileSync(join(folder, "faults.json"), "utf8")) as Fault[];

test("there are twenty faults at least, each of its own name", () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(faults.length).toBeGreaterThanOrEqual(20);
});

test.each(faults)("fault: $name: each of its patches has one place in the built kernel", ({ patches }) => {
  expect(patches.length).toBeGreaterThan(0);
  const sources = new Map<string, string>();
  for (const { file, find, replace } of patches) {
    const source = sources.get(file) ?? readFileSync(join(root, "dist/kernel", file), "utf8");
    expect(source.split(find).length - 1, `${file} has how many times: ${find}`).toBe(1);
    expect(replace).not.toBe(find);
    sources.set(
      file,
      source.replace(find, () => replace),
    );
  }
});

test("the cases that are named for the faults are there", () => {
  const cases = join(folder, "cases");
  const functions = readdirSync(cases)
    .filter((file) => file.endsWith(".py"))
    .flatMap((file) => [...readFileSync(join(cases, file), "utf8").matchAll(/^def (\w+)\(/gm)])
    .map(([, name]) => name!.replaceAll("_", " "));
  for (const { name, caught } of faults) {
    expect(caught.length, name).toBeGreaterThan(0);
    expect(
      caught.filter((one) => !functions.includes(one)),
      name,
    ).toEqual([]);
  }
});
