/**
 * Threads that wait for more work of their kind. A fresh one takes longer to start, and V8 to make fast code of what it runs, than
 * work on a small volume takes.
 */
import type { Worker } from "node:worker_threads";
import { endThread } from "./end-thread.js";
import type { ToIsolated } from "./isolated.js";
import { machine } from "./memory.js";

/** How long a thread waits. */
const IDLE_MS = 30_000;
const COLLECT_MS = 1000;

interface Kept {
  readonly worker: Worker;
  leave(): void;
}

/** Those of each kind. */
const kept = new Map<string, Set<Kept>>();

/** A thread of a kind that waits, if one does. */
export function takeThread(kind: string): Worker | undefined {
  const [found] = kept.get(kind) ?? [];
  found?.leave();
  found?.worker.ref();
  return found?.worker;
}

/**
 * Lets a thread wait that is asked nothing more; it keeps no process alive. It ends where enough of its kind wait already.
 * @param most threads of this kind that may wait
 */
export async function keepThread(worker: Worker, kind: string, most: number): Promise<void> {
  const alike = kept.get(kind) ?? new Set<Kept>();
  if (alike.size >= most) {
    await endThread(worker);
    return;
  }
  const leave = (): void => {
    clearTimeout(late);
    alike.delete(own);
    if (alike.size === 0 && kept.get(kind) === alike) kept.delete(kind);
    worker.off("error", leave);
    worker.off("exit", leave);
  };
  const late = setTimeout(() => {
    leave();
    void endThread(worker);
  }, IDLE_MS).unref();
  // A thread that dies while it waits is nobody's error.
  worker.on("error", leave);
  worker.on("exit", leave);
  worker.postMessage("rest" satisfies ToIsolated);
  worker.unref();
  const own: Kept = { worker, leave };
  kept.set(kind, alike.add(own));
}

/** Lets the threads free memory of other threads' that they have seen: it is not free before. */
async function collect(): Promise<void> {
  await Promise.all(
    [...kept.values()]
      .flatMap((alike) => [...alike])
      .map(
        ({ worker }) =>
          new Promise<void>((resolve) => {
            const done = (): void => {
              clearTimeout(late);
              worker.off("message", done);
              worker.off("exit", done);
              resolve();
            };
            // One that is taken meanwhile answers after its work.
            const late = setTimeout(done, COLLECT_MS);
            worker.on("message", done);
            worker.on("exit", done);
            worker.postMessage("collect" satisfies ToIsolated);
          }),
      ),
  );
}

machine.onCollect(collect);
