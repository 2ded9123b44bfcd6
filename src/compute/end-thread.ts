/** The end of an isolated thread. */
import type { Worker } from "node:worker_threads";
import type { ToIsolated } from "./isolated.js";

/** A thread that does not go by itself after so many milliseconds is ended. */
const PATIENCE_MS = 1000;

/** Lets a thread that has no work go by itself, once nothing is compiled for it any more (isolated-thread.ts), and waits for it. */
export async function endThread(worker: Worker): Promise<void> {
  const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.postMessage("end" satisfies ToIsolated);
  const late = setTimeout(() => void worker.terminate(), PATIENCE_MS);
  await gone;
  clearTimeout(late);
}
