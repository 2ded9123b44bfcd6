/** Entry of an isolated thread: loads one module, calls its exported functions one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { ComputeFailed, flatten } from "../core/errors.js";
import { collectGarbage } from "./collect-garbage.js";
import type { FromIsolated, ToIsolated } from "./isolated.js";

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

async function heed(message: Extract<ToIsolated, string>): Promise<void> {
  if (message === "rest") return void (await loaded).forget?.(undefined);
  collectGarbage();
  port.postMessage("collected" satisfies FromIsolated);
}

port.on("message", (message: ToIsolated) => {
  queue = queue.then(() => (typeof message === "string" ? heed(message) : answer(message)));
});
