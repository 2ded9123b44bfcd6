/** A kernel that nobody listens to, for sessions of tests. */
import type { KernelApi } from "#kernel/comm.js";
import { Comms } from "#kernel/session/comms.js";

const nothing = (): void => {};

export const kernel = (): KernelApi => ({
  interactive: false,
  comms: new Comms(nothing, nothing),
  display: nothing,
  clearOutput: nothing,
  capture: async (_sink, run) => run(),
  showError: nothing,
  onInterrupt: nothing,
  cell: undefined,
});
