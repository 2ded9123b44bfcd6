/** Entry of an isolated thread: loads one module, calls its exported functions one after the other. */
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { ComputeFailed, flatten } from "../core/errors.js";
import { collectGarbage } from "./collect-garbage.js";
import { giveWay } from "./give-way.js";
import type { FromIsolated, ToIsolated } from "./isolated.js";

giveWay(workerData);
const port = parentPort!;
const { module } = workerData as { module: string };
const loaded = import(module) as Promise<Readonly<Record<string, (argument: unknown) => unknown>>>;

/** Memory of typed arrays that can be moved to the other thread. */
function movable(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (item: unknown): void => {
    if (ArrayBuffer.isView(item)) {
      if (item.buffer instanceof ArrayBuffer) found.add(item.buffer);
    } else if (typeof item === "object" && item !== null) for (const inner of Object.values(item)) visit(inner);
  };
  visit(value);
  return [...found];
}

let queue: Promise<void> = Promise.resolve();

async function answer({ call, name, argument }: Exclude<ToIsolated, string>): Promise<void> {
  let message: Exclude<FromIsolated, string>;
  try {
    const work = (await loaded)[name];
    if (work === undefined) throw new ComputeFailed(`${module} exports no ${name}`);
    message = { call, result: await work(argument) };
  } catch (error) {
    message = { call, error: flatten(error) };
  }
  port.postMessage(message, "result" in message ? movable(message.result) : []);
}

/** How often it is tried: flags are those of the process, and another thread may just take them back. */
const TRIES = 100;

/**
 * Waits until V8 compiles nothing more for this thread. It does so beside it, and where it still does when the thread goes, Node
 * 20 ends the whole process: "ForIsolate … Assertion failed: (data.first) != nullptr".
 */
function awaitCompiler(): void {
  for (let k = 0; k < TRIES; k++)
    try {
      setFlagsFromString("--allow-natives-syntax");
      runInThisContext("%FinalizeOptimization()");
      return;
    } catch (error) {
      if (!(error instanceof SyntaxError)) return;
    } finally {
      // A code cache is taken only under the flags that it was made under.
      setFlagsFromString("--no-allow-natives-syntax");
    }
}

async function heed(message: Extract<ToIsolated, string>): Promise<void> {
  if (message === "rest") return void (await loaded).forget?.(undefined);
  if (message === "end") {
    awaitCompiler();
    process.exit();
  }
  collectGarbage();
  port.postMessage("collected" satisfies FromIsolated);
}

port.on("message", (message: ToIsolated) => {
  queue = queue.then(() => (typeof message === "string" ? heed(message) : answer(message)));
});
