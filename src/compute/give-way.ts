/**
 * Threads that compute beside a reader who looks and drags: where processors are few they give way to the thread that answers the page,
 * to the page itself and to what runs between the two. What computes alone has all of the machine as before.
 */
import os from "node:os";

/** Key on `globalThis` of what a notebook's kernel offers; no program that a cell starts has it. */
const kernelSymbol = Symbol.for("voxbook.kernel");
const NICE = 10;

/** Whether this thread gives way itself: what it starts does so, too. */
let gaveWay = false;

/** For the data of a thread that is started: whether there is a page that it has to give way to. */
export function givesWay(): boolean {
  const kernel = (globalThis as Record<symbol, unknown>)[kernelSymbol] as { interactive?: boolean } | undefined;
  return gaveWay || kernel?.interactive === true;
}

/** To be called by a thread at its start. @param data of the thread, with what {@link givesWay} has said */
export function giveWay({ givesWay: asked }: { readonly givesWay: boolean }): void {
  gaveWay = asked;
  // Elsewhere a priority is that of the whole process, and the thread that answers would give way with it.
  if (!asked || process.platform !== "linux") return;
  try {
    os.setPriority(0, NICE);
  } catch {
    // Where it is not allowed, all are alike.
  }
}
