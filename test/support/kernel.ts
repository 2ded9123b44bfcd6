/** A kernel that nobody listens to, for sessions of tests. */
import type { KernelApi } from "#kernel/comm.js";
import { Comms } from "#kernel/comms.js";

export const kernel = (): KernelApi => ({
  interactive: false,
  comms: new Comms(
    () => {},
    () => {},
  ),
  display: () => {},
  clearOutput: () => {},
  onInterrupt: () => {},
  cell: undefined,
});
