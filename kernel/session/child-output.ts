/**
 * Child processes that inherit the kernel's streams (`stdio: "inherit"`, and `fork` without a word) would write into the
 * log of the server, where no reader looks. Their output is piped to the cell that started them instead.
 */
import children, { type ChildProcess, type StdioOptions } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

type Callable = (...args: never[]) => unknown;
type Settings = { stdio?: StdioOptions; silent?: boolean; maxBuffer?: number };

/** Which of a child's streams go to ours. */
interface Inherited {
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What stands for each stream, with `pipe` for ours; undefined if none is inherited. */
function piped(stdio: StdioOptions | undefined): { stdio: StdioOptions; inherited: Inherited } | undefined {
  const streams = typeof stdio === "string" ? [stdio, stdio, stdio] : (stdio ?? []);
  const ours = (at: number): boolean => {
    const stream: unknown = streams[at];
    const own = [process.stdin, process.stdout, process.stderr][at];
    return stream === "inherit" || stream === at || (at > 0 && stream === own);
  };
  const inherited = { stdout: ours(1), stderr: ours(2) };
  if (!inherited.stdout && !inherited.stderr) return undefined;
  const replaced = streams.map((stream, at) => {
    // The kernel has nothing to read.
    if (at === 0 && ours(0)) return "ignore" as const;
    return (at === 1 || at === 2) && ours(at) ? ("pipe" as const) : stream;
  });
  return { stdio: replaced, inherited };
}

/** Arguments of a function of `child_process`, with other options; these are the last object that is no array. */
function withOptions(
  args: readonly unknown[],
  change: (options: Settings) => Settings | undefined,
): unknown[] | undefined {
  const isOptions = (value: unknown): value is Settings =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const at = args.findIndex(isOptions);
  const changed = change(at < 0 ? {} : (args[at] as Settings));
  if (changed === undefined) return undefined;
  return at < 0 ? [...args, changed] : args.with(at, changed);
}

function forward(child: ChildProcess, { stdout, stderr }: Inherited): ChildProcess {
  // Whoever inherits has no such streams to read.
  const lead = (name: "stdout" | "stderr"): void => {
    child[name]!.on("data", (chunk: Buffer) => process[name].write(chunk));
    child[name] = null;
  };
  if (stdout) lead("stdout");
  if (stderr) lead("stderr");
  return child;
}

/** `fork` has its streams inherited unless it is told otherwise, and a channel beside them. */
function ofFork({ stdio, silent }: Settings): StdioOptions {
  const all = stdio ?? (silent === true ? "pipe" : "inherit");
  return typeof all === "string" ? [all, all, all, "ipc"] : all;
}

function started(original: Callable, stdioOf: (options: Settings) => StdioOptions | undefined): Callable {
  return (...args: unknown[]) => {
    let inherited: Inherited | undefined;
    const changed = withOptions(args, (options) => {
      const found = piped(stdioOf(options));
      inherited = found?.inherited;
      return found && { ...options, stdio: found.stdio };
    });
    if (changed === undefined) return original(...(args as never[]));
    return forward(original(...(changed as never[])) as ChildProcess, inherited!);
  };
}

/** What a program that is waited for has put out; `exec` functions give the text of stdout alone, or throw with both. */
type Outcome = { stdout?: string | Buffer | null; stderr?: string | Buffer | null; output?: unknown[] };

function show(outcome: Outcome, { stdout, stderr }: Inherited): void {
  for (const [at, name] of (["stdout", "stderr"] as const).entries()) {
    if (!(name === "stdout" ? stdout : stderr)) continue;
    const text = outcome[name];
    if (text) process[name].write(text);
    outcome[name] = null;
    if (outcome.output) outcome.output[at + 1] = null;
  }
}

function spawned(original: Callable): Callable {
  return (...args: unknown[]) => {
    let inherited: Inherited | undefined;
    const changed = withOptions(args, (options) => {
      const found = piped(options.stdio);
      inherited = found?.inherited;
      return found && { maxBuffer: Number.POSITIVE_INFINITY, ...options, stdio: found.stdio };
    });
    if (changed === undefined) return original(...(args as never[]));
    const outcome = original(...(changed as never[])) as Outcome;
    show(outcome, inherited!);
    return outcome;
  };
}

function executed(original: Callable): Callable {
  return (...args: unknown[]) => {
    let inherited: Inherited | undefined;
    let isRead = false;
    const changed = withOptions(args, (options) => {
      const found = piped(options.stdio);
      if (found === undefined) return undefined;
      inherited = found.inherited;
      isRead = !found.inherited.stdout && (found.stdio[1] ?? "pipe") === "pipe";
      // Without `stdio` these functions write what stderr has to our own stderr by themselves; there is no other way to it.
      const { stdio: _, ...rest } = { maxBuffer: Number.POSITIVE_INFINITY, ...options };
      return found.inherited.stderr ? rest : { ...rest, stdio: found.stdio };
    });
    if (changed === undefined) return original(...(args as never[]));
    const ofStdout = { stdout: inherited!.stdout, stderr: false };
    try {
      const stdout = original(...(changed as never[])) as string | Buffer;
      show({ stdout }, ofStdout);
      return isRead ? stdout : null;
    } catch (error) {
      show(error as Outcome, ofStdout);
      throw error;
    }
  };
}

/** Sends the output of children that inherit ours to the current context. @returns a function that undoes it */
export function captureChildren(): () => void {
  const { spawn, fork, spawnSync, execSync, execFileSync } = children;
  const originals = { spawn, fork, spawnSync, execSync, execFileSync };
  Object.assign(children, {
    spawn: started(spawn as Callable, ({ stdio }) => stdio),
    fork: started(fork as Callable, ofFork),
    spawnSync: spawned(spawnSync as Callable),
    execSync: executed(execSync as Callable),
    execFileSync: executed(execFileSync as Callable),
  });
  // Named imports are other bindings.
  syncBuiltinESMExports();
  return () => {
    Object.assign(children, originals);
    syncBuiltinESMExports();
  };
}
