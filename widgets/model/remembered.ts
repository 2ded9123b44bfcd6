/**
 * How a reader left the views of a scan: window and thresholds, kept beside the notebook by what the scan is, and taken up by the next
 * session. Only where someone sits before the page: a run without one gives the same numbers on every machine.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Volume } from "../../src/core/volume.js";
import type { SceneState } from "../protocol.js";
import { runningKernel } from "./core/kernel.js";
import { volumeKey } from "./volume-key.js";

/** What is remembered. */
export type Remembered = Partial<Pick<SceneState, "window" | "thresholds">>;

/** The file of a volume: volumes of the same origin share it. Undefined: nothing is kept. */
function fileOf(volume: Volume): string | undefined {
  const folder = runningKernel()?.stateFolder;
  return folder && join(folder, "views", `${volumeKey(volume)}.json`);
}

const numbers = (value: unknown, most: number): value is number[] =>
  Array.isArray(value) && value.length <= most && value.every((n) => typeof n === "number" && Number.isFinite(n));

/** How the reader left the views of this volume; nothing where there is no reader, or nothing that can be used. */
export function remembered(volume: Volume): Remembered {
  const file = fileOf(volume);
  if (file === undefined) return {};
  try {
    const { window, thresholds } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    return {
      ...(numbers(window, 2) && window.length === 2 && window[0]! < window[1]!
        ? { window: [window[0]!, window[1]!] }
        : {}),
      ...(numbers(thresholds, 16) ? { thresholds: [...thresholds].sort((a, b) => a - b) } : {}),
    };
  } catch {
    // Not there, or not to be read: the views begin as for any new scan.
    return {};
  }
}

/** Keeps how the reader leaves the views. That a folder cannot be written must not disturb who looks at a scan. */
export function remember(volume: Volume, { window, thresholds }: SceneState): void {
  const file = fileOf(volume);
  if (file === undefined) return;
  const partial = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch {
    return;
  }
  try {
    writeFileSync(partial, JSON.stringify({ window, thresholds }));
    renameSync(partial, file);
  } catch {
    rmSync(partial, { force: true });
  }
}
