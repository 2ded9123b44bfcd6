/** The kernels for threads that are none of the pool's. */
import { readFileSync } from "node:fs";
import { Wasm } from "./kernels/task.js";

let wasm: Wasm | undefined;

/** This thread's own wasm instance; what stands in its memory holds until the next one resets it. */
export function ownWasm(): Wasm {
  wasm ??= new Wasm(new WebAssembly.Module(readFileSync(new URL("./kernels.wasm", import.meta.url))));
  return wasm;
}
