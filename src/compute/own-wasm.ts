/** The kernels for threads that are none of the pool's. */
import { readFileSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { Wasm } from "./kernels/task.js";

let module: WebAssembly.Module | undefined;
let wasm: Wasm | undefined;

/** The kernels, compiled once: by this thread, or by the one that started it and gave them along. */
export function compiledKernels(): WebAssembly.Module {
  const { kernels } = (workerData ?? {}) as { readonly kernels?: WebAssembly.Module };
  module ??= kernels ?? new WebAssembly.Module(readFileSync(new URL("./kernels.wasm", import.meta.url)));
  return module;
}

/** This thread's own wasm instance; what stands in its memory holds until the next one resets it. */
export function ownWasm(): Wasm {
  wasm ??= new Wasm(compiledKernels());
  return wasm;
}
