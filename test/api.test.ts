/** The names that the package offers: a change of them is a decision, seen in the diff of the snapshot. */
import { expect, test } from "vitest";

test.each(["voxbook", "voxbook/widgets"])("the public names of %s are the ones agreed on", async (entry) => {
  const names = Object.keys(await import(entry)).sort();
  expect(names.length).toBeGreaterThan(0);
  await expect(`${names.join("\n")}\n`).toMatchFileSnapshot(`api/${entry.replace("/", "-")}.txt`);
});
