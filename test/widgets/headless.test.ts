/** Widgets in a run without Jupyter, as `voxbook run` executes a notebook: what is seen is output of the cells. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSession, type HeadlessSession } from "#kernel/headless.js";

let folder: string;
let session: HeadlessSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-headless-"));
  session = createSession({ cwd: folder });
});
afterEach(async () => {
  await session.close();
  rmSync(folder, { recursive: true });
});

/** What a cell shows, in order, as text. */
async function shown(source: string): Promise<unknown[]> {
  const { outputs } = await session.execute(source);
  return outputs.map((output) =>
    "text" in output
      ? output.text
      : "data" in output
        ? output.data["text/plain"]
        : "ename" in output
          ? output.ename
          : "",
  );
}

test("controls are text, with what was given to them", async () => {
  expect(
    await shown(`import { IntSlider } from "voxbook/widgets"; new IntSlider({ value: 3, description: "n" })`),
  ).toEqual(['IntSlider(description: "n", value: 3)']);
});

test("interact shows its values and the result of the first of them", async () => {
  const source = `import { interact } from "voxbook/widgets";
interact(({ n, kind }) => { process.stdout.write("running\\n"); return n + kind.length; }, { n: [0, 10], kind: ["ball", "box"] });`;
  expect(await shown(source)).toEqual(['interactive(n: 5, kind: "ball")', "running\n", "9"]);
});

test("what an output captures is shown by the cell, errors with its line", async () => {
  const source = `import { Output } from "voxbook/widgets";
const out = new Output();
await out.capture(() => { process.stdout.write("inside\\n"); return 42; });
await out.capture(() => { throw new RangeError("bad"); });
void process.stdout.write("after\\n");`;
  expect(await shown(source)).toEqual(["inside\n", "42", "RangeError", "after\n"]);
});

test("progress is one line, the same in every run", async () => {
  const source = `import { progress } from "voxbook/widgets";
let sum = 0;
for (const n of progress([1, 2, 3], { title: "adding" })) sum += n;
sum`;
  expect(await shown(source)).toEqual(["adding: done, 3 of 3", "6"]);
});
