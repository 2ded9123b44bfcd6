import type { KernelApi } from "../../../kernel/comm.js";

/** The kernel that runs this code; undefined outside a notebook. */
export function runningKernel(): KernelApi | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("voxbook.kernel")] as KernelApi | undefined;
}
