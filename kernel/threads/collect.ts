/**
 * Frees large messages at once. The engine sees only the small objects that hold them and would collect these late: the
 * next message would then get fresh memory, page by page, which takes longer than to copy it, and the process would grow.
 */
import { setFlagsFromString } from "node:v8";
import vm from "node:vm";

/** Smaller messages are not worth a collection. */
const LARGE_BYTES = 2 ** 18;

let exposed: ((options?: { type: "minor" }) => void) | undefined;
let planned = false;

/** Collects garbage now: all of it, or only what is young, which takes a millisecond. */
export function collect(type: "minor" | "major"): void {
  if (exposed === undefined) {
    setFlagsFromString("--expose-gc");
    exposed = vm.runInNewContext("gc") as typeof exposed;
    // The engine takes a code cache only under the flags that it was made under; see typescript.ts.
    setFlagsFromString("--no-expose-gc");
  }
  // Not every engine knows another type by name; without one it collects all.
  if (type === "minor") exposed?.({ type });
  else exposed?.();
}

/** To be called when buffers that were received or sent are no longer held here; collects when the event loop next turns. */
export function collectAfter(buffers: readonly Uint8Array[]): void {
  if (planned || !buffers.some(({ byteLength }) => byteLength >= LARGE_BYTES)) return;
  planned = true;
  setImmediate(() => {
    planned = false;
    collect("minor");
  });
}
