/** How evenly a page draws while something is done to it: for tests that set a limit, and for the table of measurements. */
import type { Page } from "playwright-core";

export interface FrameTimes {
  /** Milliseconds between frames, in order. */
  readonly frames: readonly number[];
  readonly median: number;
  /** 95 % of the frames took no longer. */
  readonly most: number;
}

/** Milliseconds between the frames of a page while `gesture` is done. */
export async function frameTimes(page: Page, gesture: () => Promise<void>): Promise<FrameTimes> {
  await page.evaluate(`(() => {
    const times = (window.voxbookFrames = []);
    const next = (now) => {
      times.push(now);
      if (window.voxbookFrames === times) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  })()`);
  await gesture();
  const times = (await page.evaluate(`(() => {
    const times = window.voxbookFrames;
    window.voxbookFrames = undefined;
    return times;
  })()`)) as number[];
  const frames = times.slice(1).map((time, k) => time - times[k]!);
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { frames, median: at(0.5), most: at(0.95) };
}
