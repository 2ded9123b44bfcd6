/**
 * Threads that compute beside a reader who looks and drags: where processors are few they give way to the thread that answers the page,
 * to the page itself and to what runs between the two. What computes alone has all of the machine as before.
 */
import os from "node:os";

/** Set in the environment of a process that has a page before it. */
const GIVE_WAY = "VOXBOOK_GIVE_WAY";
const NICE = 10;

/** To be called by a thread at its start. */
export function giveWay(): void {
  // Elsewhere a priority is that of the whole process, and the thread that answers would give way with it.
  if (process.env[GIVE_WAY] === undefined || process.platform !== "linux") return;
  try {
    os.setPriority(0, NICE);
  } catch {
    // Where it is not allowed, all are alike.
  }
}
