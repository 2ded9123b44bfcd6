/** Runs work on a network, which may take seconds: with progress, and so that it can be stopped at any time. */
import { setImmediate } from "node:timers/promises";
import { tableToIPC } from "apache-arrow";
import { memoryLimitOf } from "../compute/build.js";
import { startIsolated } from "../compute/isolated.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import type { RunOptions } from "../core/options.js";
import { PORE_NUMBERS, PORE_TEXTS, type PoreNetwork, THROAT_ENDS, THROAT_NUMBERS } from "./network.js";
import { recordOf } from "./network-record.js";
import { beginTask, type NetworkTask, type TaskArgument, type TaskResult } from "./network-tasks.js";
import type { ThreadAnswer, ThreadTask } from "./network-thread.js";
import type { Steps } from "./steps.js";

/** Options of long work on a network. */
export type NetworkRunOptions = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">;
export const NETWORK_RUN_OPTIONS = ["signal", "onProgress", "memoryLimit"] as const;

/** Parts that are told of. */
const PARTS = 100;
/** Throats of a network for which no thread is asked: all is done in the time that it takes to send it there. */
const FEW_THROATS = 1000;
/** Throats of a network whose thread is kept: one that has worked on more is left with a large heap. */
const KEPT_THROATS = 2e5;
/** Milliseconds after which the thread tells how far it is; and after which others have their turn where there is none. */
const LOOK_MS = 100;
const PAUSE_MS = 20;
/** Milliseconds until an answer: between two a hundred are asked for, but what cannot be cut into steps takes longer. */
const DEADLINE = 24 * 3_600_000;
/** Bytes of a throat and of a pore: copies of their columns, lists, and vectors of the solver. */
const THROAT_BYTES = 300;
const PORE_BYTES = 200;

/** What a task makes of a network: in this thread where it is small, else in one of its own. */
export function runOnNetwork<K extends NetworkTask>(
  caller: string,
  network: PoreNetwork,
  name: K,
  argument: TaskArgument<K>,
  { signal, onProgress, memoryLimit }: NetworkRunOptions,
): Promise<TaskResult<K>> {
  const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  return watched(caller, PARTS, watch, async (run) => {
    let told = 0;
    const tell = (share: number): void => {
      for (; told < Math.floor(share * PARTS); told++) run.step();
    };
    const watcher = { signal: run.signal, tell };
    const result =
      network.throats.numRows <= FEW_THROATS
        ? await inPlace(beginTask(name, network, argument), watcher)
        : await inThread(caller, network, { name, argument }, watcher, memoryLimit);
    tell(1);
    return result;
  });
}

interface Watcher {
  readonly signal: AbortSignal;
  /** Is told how far it is, from 0 to 1. */
  tell(share: number): void;
}

async function inPlace<R>(steps: Steps<R>, { signal, tell }: Watcher): Promise<R> {
  let last = performance.now();
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - last < PAUSE_MS) continue;
    tell(value);
    await setImmediate();
    signal.throwIfAborted();
    last = performance.now();
  }
}

async function inThread<K extends NetworkTask>(
  caller: string,
  network: PoreNetwork,
  asked: Pick<ThreadTask<K>, "name" | "argument">,
  { signal, tell }: Watcher,
  memoryLimit: number | undefined,
): Promise<TaskResult<K>> {
  const { pores, throats } = network;
  const bytes = THROAT_BYTES * throats.numRows + PORE_BYTES * pores.numRows;
  const what = `${caller} of ${pores.numRows} pores and ${throats.numRows} throats`;
  const limit = memoryLimitOf(memoryLimit === undefined ? {} : { memoryLimit }, machine);
  const claim = await machine.claim(what, bytes, limit);
  try {
    const thread = startIsolated(new URL("./network-thread.js", import.meta.url), {
      what,
      signal,
      deadline: DEADLINE,
      heap: 4096,
      keep: throats.numRows <= KEPT_THROATS,
    });
    try {
      const task: ThreadTask<K> = {
        ...asked,
        record: recordOf(network),
        pores: tableToIPC(pores.select([...PORE_NUMBERS, ...PORE_TEXTS]), "stream"),
        throats: tableToIPC(throats.select([...THROAT_ENDS, ...THROAT_NUMBERS]), "stream"),
      };
      await thread.call("begin", task);
      while (true) {
        const answer = await thread.call<ThreadAnswer>("goOn", LOOK_MS);
        if ("result" in answer) return answer.result as TaskResult<K>;
        tell(answer.share);
      }
    } finally {
      await thread.end();
    }
  } finally {
    claim.drop();
  }
}
