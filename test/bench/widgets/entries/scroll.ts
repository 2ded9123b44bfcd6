/** Scrolling a large volume along each axis, at the pace of a key that is held. */
import type { Axis } from "#src/core/shape.js";
import type { OpenNotebook } from "../../../support/lab.js";
import { SHOWN_PLANE } from "../coded-volume.js";
import type { Bench, Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";

/** Where the cursor is before a scroll, as a share of an edge: no band is near. */
const START = 0.41;
/** Milliseconds between key strokes. */
const PACE = 33;

export interface Scroll {
  readonly frames: readonly number[];
  readonly latencies: readonly number[];
  /** Frames that showed another plane than they said. */
  readonly stale: number;
  /** Planes between the cursor and what was shown, one frame after the last key. */
  readonly backlog: number;
  /** Until the last plane was shown in all its voxels. */
  readonly sharp: number;
}

const showing = (path: string, edge: number): string => `import { open } from "voxbook";
import { slices } from "voxbook/widgets";
const scan = await open(${JSON.stringify(path)});
const view = await slices(scan, { cursor: [${[1, 1, 1].map(() => Math.floor(START * edge)).join(", ")}], window: [0, 65535] });
view`;

/** A notebook with the large volume. */
export async function largeVolume(bench: Bench): Promise<OpenNotebook> {
  const { path, edge } = await bench.volume();
  const notebook = await bench.notebook("large", [showing(path, edge)]);
  await notebook.page.locator(".voxbook-readout", { hasText: "grey" }).waitFor({ timeout: 30_000 });
  return notebook;
}

/** Holds a key down in the page. */
export const scrolled = (axis: Axis, from: number, steps: number): string => `(async () => {
  ${IN_PAGE}${SHOWN_PLANE}
  const canvas = document.querySelector("canvas[data-axis=${axis}]");
  const root = canvas.closest(".voxbook");
  root.focus();
  press(root, "${axis}");
  await pause(1500);
  const [frames, seen, events] = [[], [], []];
  let running = true;
  const watching = (async () => {
    let before = await frame();
    while (running) {
      const now = await frame();
      frames.push(now - before);
      before = now;
      seen.push({ at: now, shown: shownPlane(canvas, "${axis}"), said: Number(canvas.dataset.plane) });
    }
  })();
  const begin = performance.now();
  for (let k = 1; k <= ${steps}; k++) {
    await pause(Math.max(0, begin + k * ${PACE} - performance.now()));
    events.push({ at: performance.now(), plane: ${from} + k });
    press(root, "PageDown");
  }
  await frame();
  await frame();
  const backlog = ${from} + ${steps} - shownPlane(canvas, "${axis}");
  const released = performance.now();
  while (canvas.dataset.exact !== "true" && performance.now() - released < 3000) await frame();
  const sharp = performance.now() - released;
  await pause(300);
  running = false;
  await watching;
  const latencies = events.map(({ at, plane }) => {
    const found = seen.find((one) => one.at >= at && one.shown >= plane);
    return found === undefined ? 5000 : found.at - at;
  });
  const stale = seen.filter(({ shown, said }) => shown !== said).length;
  for (let k = 0; k < ${steps}; k++) press(root, "PageUp");
  return { frames, latencies, stale, backlog, sharp };
})()`;

async function scroll(bench: Bench, axis: Axis): Promise<Scroll> {
  return bench.once(`scroll ${axis}`, async () => {
    const { page } = await largeVolume(bench);
    const { edge } = await bench.volume();
    return page.evaluate<Scroll>(scrolled(axis, Math.floor(START * edge), bench.quick ? 40 : 200));
  });
}

const rowsOf = (axis: Axis): Row[] => [
  {
    name: `scroll across ${axis}: frame interval`,
    unit: "ms",
    goal: 33,
    measure: async (bench) => (await scroll(bench, axis)).frames,
  },
  {
    name: `scroll across ${axis}: input to pixel`,
    unit: "ms",
    goal: 100,
    measure: async (bench) => (await scroll(bench, axis)).latencies,
  },
  {
    name: `scroll across ${axis}: frames with a stale slice`,
    unit: "frames",
    goal: 0,
    statistic: "max",
    measure: async (bench) => [(await scroll(bench, axis)).stale],
  },
  {
    name: `scroll across ${axis}: planes behind, a frame after release`,
    unit: "frames",
    goal: 0,
    statistic: "max",
    measure: async (bench) => [(await scroll(bench, axis)).backlog],
  },
  {
    name: `scroll across ${axis}: release to all voxels`,
    unit: "ms",
    measure: async (bench) => [(await scroll(bench, axis)).sharp],
  },
];

export const rows: readonly Row[] = (["z", "y", "x"] as const).flatMap(rowsOf);
