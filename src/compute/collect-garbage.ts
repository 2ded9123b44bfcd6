/** A full garbage collection in this thread, which Node offers only by a flag. */
import v8 from "node:v8";
import vm from "node:vm";

let collector: (() => void) | undefined;

export function collectGarbage(): void {
  if (collector === undefined) {
    v8.setFlagsFromString("--expose-gc");
    collector = vm.runInNewContext("gc") as () => void;
  }
  collector();
}
