/**
 * Threads that work on one problem in one shared wasm memory: for work that has to look at the whole of it again and again, such as
 * solving equations, where voxels cannot be sent forth and back. Each call goes to all members at once, which take parts of
 * it as they come (crew.ts); who takes which part must not show in the result.
 */
import { readFile } from "node:fs/promises";
import { startIsolated } from "./isolated.js";
import type { Claim } from "./memory.js";

/** What a member is told when it joins. */
export interface Membership {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Words by which members wait for each other. */
  readonly gate: SharedArrayBuffer;
  readonly member: number;
  readonly members: number;
}

export interface TeamOptions {
  /** What is being done, for messages. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  readonly workers: number;
  /** Bytes of the shared memory, out of `claim`. */
  readonly bytes: number;
  readonly claim: Claim;
}

export interface Team {
  /** Calls one function of the module in all threads; what the first one answers. */
  call<R>(name: string, argument: unknown): Promise<R>;
  /** Calls a function in the first thread alone: for what is there already. */
  first<R>(name: string, argument: unknown): Promise<R>;
  /** Ends the threads; calls that wait fail. */
  end(): Promise<void>;
}

/** What a wasm memory of 32 bits can be. */
export const TEAM_BYTES = 2 ** 32 - 2 ** 16;
const PAGE = 65536;
const WORDS = 16;
/** Milliseconds that one call may take. */
const DEADLINE = 24 * 3_600_000;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The kernels of the shared memory, compiled once: threads share what V8 makes better of them while they run. */
function kernels(): Promise<WebAssembly.Module> {
  compiled ??= readFile(new URL("./conduction.wasm", import.meta.url)).then((bytes) => WebAssembly.compile(bytes));
  return compiled;
}

/** Starts threads that load `module`, whose exported function `join` makes them members. Whoever starts them ends them. */
export async function startTeam(module: URL, options: TeamOptions): Promise<Team> {
  const { what, signal, workers, bytes, claim } = options;
  const pages = Math.ceil(bytes / PAGE);
  const memory = claim.adopt(() => new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }), bytes);
  const gate = new SharedArrayBuffer(4 * WORDS);
  const wasm = await kernels();
  const threads = Array.from({ length: workers }, () => startIsolated(module, { what, signal, deadline: DEADLINE }));
  const call = async <R>(name: string, argument: unknown): Promise<R> => {
    const answers = await Promise.all(threads.map((thread) => thread.call<R>(name, argument)));
    return answers[0]!;
  };
  const first = <R>(name: string, argument: unknown): Promise<R> => threads[0]!.call<R>(name, argument);
  const end = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.end()));
  };
  try {
    await Promise.all(
      threads.map((thread, member) =>
        thread.call("join", { module: wasm, memory, gate, member, members: workers } satisfies Membership),
      ),
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { call, first, end };
}
