import { afterEach, expect, test } from "vitest";
import { progressSymbol, type RunInProgress } from "#src/core/progress.js";
import { median } from "#src/filters/median.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const volume = memoryVolume(randomVoxels("uint8", 16 ** 3, 3), [16, 16, 16], { brick: [8, 8, 8] });
const host = globalThis as { [progressSymbol]?: (run: RunInProgress) => void };

afterEach(() => {
  delete host[progressSymbol];
});

test("onProgress hears of each brick", async () => {
  const heard: string[] = [];
  await median(volume, { onProgress: ({ operation, done, total }) => heard.push(`${operation} ${done}/${total}`) });
  expect(heard).toEqual(Array.from({ length: 8 }, (_, k) => `median ${k + 1}/8`));
});

test("a hook under Symbol.for(voxbook.progress) is told of each run once, of its parts and of its end", async () => {
  const runs: RunInProgress[] = [];
  const states: string[] = [];
  host[progressSymbol] = (run) => {
    runs.push(run);
    run.onChange(({ done, state }) => states.push(`${done} ${state}`));
  };
  await median(volume, { workers: 1 });
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ operation: "median", total: 8, done: 8, state: "done" });
  expect(states).toEqual([...Array.from({ length: 8 }, (_, k) => `${k + 1} running`), "8 done"]);
  runs[0]!.stop();
  expect(runs[0]!.state).toBe("done");
});

test("stop ends the run with an AbortError that names it", async () => {
  let last: RunInProgress | undefined;
  host[progressSymbol] = (run) => {
    last = run;
    run.onChange(({ state }) => {
      if (state === "running") run.stop();
    });
  };
  const error = await median(volume, { workers: 1 }).catch((reason) => reason);
  expect(error).toMatchObject({ name: "AbortError", message: "median was stopped" });
  expect(last!.state).toBe("stopped");
});

test("an error that onProgress throws ends the run and comes out", async () => {
  const failure = new Error("the progress bar broke");
  const onProgress = (): void => {
    throw failure;
  };
  await expect(median(volume, { onProgress })).rejects.toBe(failure);
});
