/**
 * Ways to end the process. Code that runs on behalf of a cell must not take the session, and every variable in it, along
 * without a word; the kernel itself, which runs for no cell, may.
 */
import { contexts } from "./output.js";

function refuse(call: string): never {
  throw new Error(
    `${call} would end the session and lose every variable; to end the cell throw an error, to start anew restart the kernel`,
  );
}

const inCell = (): boolean => contexts.getStore() !== undefined;

/** Whether a signal to the own process leaves it alive: 0 only asks, and what is listened to is only heard. */
const isHarmless = (signal: string | number | undefined): boolean =>
  signal === 0 || process.listenerCount(String(signal ?? "SIGTERM")) > 0;

/** Lets cells end the process no more. @returns a function that undoes it */
export function guardExits(): () => void {
  const { exit, abort, kill } = process;
  const ending = process as typeof process & { reallyExit(code?: number): never };
  const { reallyExit } = ending;
  const guards = {
    exit: (code?: number): never => (inCell() ? refuse(`process.exit(${code ?? ""})`) : exit.call(process, code)),
    reallyExit: (code?: number): never =>
      inCell() ? refuse(`process.reallyExit(${code ?? ""})`) : reallyExit.call(process, code),
    abort: (): never => (inCell() ? refuse("process.abort()") : abort.call(process)),
    kill: (pid: number, signal?: string | number): true => {
      // 0 and the negative number mean the whole group of processes, this one included.
      const own = pid === 0 || Math.abs(pid) === process.pid;
      if (own && inCell() && !isHarmless(signal))
        refuse(`process.kill(${pid}${signal === undefined ? "" : `, ${JSON.stringify(signal)}`})`);
      return kill.call(process, pid, signal) as true;
    },
  };
  Object.assign(process, guards);
  return () => {
    Object.assign(process, { exit, abort, kill, reallyExit });
  };
}
