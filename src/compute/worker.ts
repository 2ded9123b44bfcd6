/** Entry of a thread: keeps the jobs it was told of, works through bricks, answers each with its result or its error. */
import { parentPort, workerData } from "node:worker_threads";
import { flatten } from "../core/errors.js";
import { closeJob, computeBrick, computePart, lookAlong, type OpenJob, openJob, reduceBrick } from "./brick.js";
import { collectGarbage } from "./collect-garbage.js";
import { giveWay } from "./give-way.js";
import type { FromThread, LinesJob, PartJob, ReduceJob, ToThread, VolumeJob } from "./job.js";
import { KEPT_BYTES, Wasm } from "./kernels.js";

giveWay(workerData);
const port = parentPort!;
const { module } = workerData as { module: WebAssembly.Module };

let wasm = new Wasm(module);
const jobs = new Map<number, OpenJob>();

function answer(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function work(id: number, brick: number): void {
  try {
    const job = jobs.get(id)!;
    wasm.reset();
    if (job.description.kind === "reduce")
      answer({ kind: "done", job: id, brick, result: reduceBrick(wasm, job as OpenJob<ReduceJob>, brick) });
    else if (job.description.kind === "lines")
      answer({ kind: "done", job: id, brick, result: lookAlong(wasm, job as OpenJob<LinesJob>, brick) });
    else if (job.description.kind === "part") {
      const result = computePart(wasm, job as OpenJob<PartJob>, brick);
      answer({ kind: "done", job: id, brick, result }, result.voxels === undefined ? [] : [result.voxels.buffer]);
    } else {
      const result = computeBrick(wasm, job as OpenJob<VolumeJob>, brick);
      answer({ kind: "done", job: id, brick, result }, result.voxels === undefined ? [] : [result.voxels.buffer]);
    }
  } catch (error) {
    answer({ kind: "failed", job: id, brick, error: flatten(error) });
  }
}

function forget(id: number): void {
  const job = jobs.get(id);
  if (job !== undefined) closeJob(job);
  jobs.delete(id);
  if (wasm.bytes > KEPT_BYTES) wasm = new Wasm(module);
}

port.on("message", (message: ToThread) => {
  if (message.kind === "job") jobs.set(message.job, openJob(message.description));
  else if (message.kind === "task") work(message.job, message.brick);
  else if (message.kind === "drop") forget(message.job);
  else {
    collectGarbage();
    answer({ kind: "collected", ticket: message.ticket });
  }
});
