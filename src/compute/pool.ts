/**
 * Threads that work through the bricks of jobs. They start when the first job comes, sleep on their message port between
 * jobs, keep no process alive, and end after a while without work. A thread that dies is replaced and its bricks are
 * tried again; an error of the operation itself is not, for it would come again.
 */
import { readFile } from "node:fs/promises";
import os from "node:os";
import { Worker } from "node:worker_threads";
import { ComputeFailed, revive } from "../core/errors.js";
import { givesWay } from "./give-way.js";
import type { FromThread, JobDescription, ToThread } from "./job.js";
import { machine } from "./memory.js";

/** What happened in a pool since the process started. */
export interface PoolCounters {
  started: number;
  finished: number;
  /** Of the finished ones, those whose result is where it belongs. */
  stored: number;
  failed: number;
  retried: number;
  /** Threads ended while they worked: by a cancelled job or by their own death. */
  killed: number;
}

const ATTEMPTS = 3;
/** Bricks a thread has at a time: while it works on one, the next is already with it. */
const AHEAD = 2;
/**
 * Bricks of a job that may be under way. Where they go to a file, one a thread until it is written: so a kill costs no more.
 */
const mostOpen = ({ description, workers }: Job): number =>
  description.kind === "volume" && description.output.blocks === undefined ? workers : Number.POSITIVE_INFINITY;
const IDLE_MS = 30_000;
/** A thread that still works for a cancelled job after this time is ended. */
const PATIENCE_MS = 200;
const COLLECT_MS = 1000;

/** Number of threads where the caller names none: the cores, at most 16. */
export const defaultWorkers = (): number => Math.min(16, os.availableParallelism());

interface Task {
  readonly job: Job;
  readonly brick: number;
  attempts: number;
}

interface Job {
  readonly id: number;
  readonly description: JobDescription;
  readonly workers: number;
  readonly bricks: Iterator<number>;
  readonly again: Task[];
  readonly onResult: (brick: number, result: unknown) => Promise<void>;
  /** The brick to be given out next; undefined when all are. */
  upcoming: Task | undefined;
  /** Bricks given out or being stored. */
  open: number;
  ended: boolean;
  finish(error?: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly tasks: Task[];
  readonly jobs: Set<Job>;
  readonly collecting: Map<number, () => void>;
  cause: unknown;
}

let module: Promise<WebAssembly.Module> | undefined;

/** The kernels, compiled once; threads share the compiled code and what V8 makes better of it while it runs. */
async function kernels(): Promise<WebAssembly.Module> {
  module ??= readFile(new URL("./kernels.wasm", import.meta.url)).then((bytes) => WebAssembly.compile(bytes));
  return module;
}

export class Pool {
  readonly counters: PoolCounters = { started: 0, finished: 0, stored: 0, failed: 0, retried: 0, killed: 0 };
  readonly #entry: URL;
  readonly #threads = new Set<Thread>();
  readonly #jobs = new Set<Job>();
  #module: WebAssembly.Module | undefined;
  #lastJob = 0;
  #lastTicket = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(entry: URL = new URL("./worker.js", import.meta.url)) {
    this.#entry = entry;
  }

  /** Thread ids of the living threads: for tests that kill one. */
  get threads(): readonly Worker[] {
    return [...this.#threads].map(({ worker }) => worker);
  }

  /**
   * Runs a job on at most `workers` threads and hands each brick's result to `onResult`. A thread gets its next brick
   * only after `onResult` has finished with an earlier one, so that results cannot pile up in front of a slow disk.
   */
  async run<R>(
    description: JobDescription,
    bricks: Iterable<number>,
    workers: number,
    signal: AbortSignal,
    onResult: (brick: number, result: R) => Promise<void>,
  ): Promise<void> {
    this.#module ??= await kernels();
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    await new Promise<void>((resolve, reject) => {
      const job: Job = {
        id: ++this.#lastJob,
        description,
        workers,
        bricks: bricks[Symbol.iterator](),
        again: [],
        onResult: onResult as Job["onResult"],
        upcoming: undefined,
        open: 0,
        ended: false,
        finish: (error) => {
          if (job.ended) return;
          job.ended = true;
          signal.removeEventListener("abort", abort);
          this.#jobs.delete(job);
          this.#forget(job);
          if (error === undefined) resolve();
          else {
            reject(error);
            this.#endLaggards(job);
          }
          this.#rest();
        },
      };
      const abort = (): void => job.finish(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#advance(job);
      this.#jobs.add(job);
      for (const { worker } of this.#threads) worker.ref();
      this.#schedule();
    });
  }

  /** Takes the next brick of a job from its list. */
  #advance(job: Job): void {
    const again = job.again.shift();
    if (again !== undefined) {
      job.upcoming = again;
      return;
    }
    const { value, done } = job.bricks.next();
    job.upcoming = done ? undefined : { job, brick: value as number, attempts: 0 };
  }

  /** Gives out bricks: first to threads without work, then one ahead to each. */
  #schedule(): void {
    for (let load = 0; load < AHEAD; load++)
      for (const job of [...this.#jobs]) {
        if (job.upcoming === undefined && job.again.length > 0) this.#advance(job);
        while (job.upcoming !== undefined && job.open < mostOpen(job)) {
          const thread = this.#threadFor(job, load);
          if (thread === undefined) break;
          const task = job.upcoming;
          this.#advance(job);
          this.#give(thread, task);
        }
      }
    for (const job of [...this.#jobs]) if (job.upcoming === undefined && job.open === 0) job.finish();
  }

  #threadFor(job: Job, load: number): Thread | undefined {
    const mine = [...this.#threads].filter((thread) => thread.tasks.some((task) => task.job === job));
    if (load > 0) return mine.find((thread) => thread.tasks.length <= load);
    if (mine.length >= job.workers) return undefined;
    const free = [...this.#threads].find((thread) => thread.tasks.length === 0);
    if (free !== undefined) return free;
    // Other jobs may have all threads; a job may add its own, but never more than the machine has at work in all.
    return this.#threads.size < Math.max(job.workers, defaultWorkers()) ? this.#start() : undefined;
  }

  #give(thread: Thread, task: Task): void {
    const { job } = task;
    task.attempts++;
    job.open++;
    thread.tasks.push(task);
    if (!thread.jobs.has(job)) {
      thread.jobs.add(job);
      post(thread, { kind: "job", job: job.id, description: job.description });
    }
    this.counters.started++;
    post(thread, { kind: "task", job: job.id, brick: task.brick });
  }

  #start(): Thread {
    const worker = new Worker(this.#entry, {
      workerData: { module: this.#module, givesWay: givesWay() },
      // What the host was started with (loaders, inspectors) is not for these threads.
      execArgv: [],
      name: "voxbook compute",
    });
    const thread: Thread = { worker, tasks: [], jobs: new Set(), collecting: new Map(), cause: undefined };
    this.#threads.add(thread);
    worker.on("message", (message: FromThread) => this.#receive(thread, message));
    worker.on("error", (error) => {
      thread.cause = error;
    });
    worker.on("exit", (code) => this.#gone(thread, code));
    return thread;
  }

  #receive(thread: Thread, message: FromThread): void {
    if (message.kind === "collected") {
      thread.collecting.get(message.ticket)?.();
      return;
    }
    const at = thread.tasks.findIndex(({ job, brick }) => job.id === message.job && brick === message.brick);
    const [task] = at < 0 ? [] : thread.tasks.splice(at, 1);
    if (task === undefined) return;
    const { job } = task;
    if (message.kind === "failed") {
      this.counters.failed++;
      job.finish(revive(message.error));
      this.#schedule();
      return;
    }
    this.counters.finished++;
    if (job.ended) {
      this.#schedule();
      return;
    }
    job.onResult(task.brick, message.result).then(
      () => {
        this.counters.stored++;
        job.open--;
        this.#schedule();
      },
      (error) => {
        job.finish(error);
        this.#schedule();
      },
    );
  }

  /** A thread is gone: its bricks are tried again elsewhere. */
  #gone(thread: Thread, code: number): void {
    this.#threads.delete(thread);
    for (const done of thread.collecting.values()) done();
    if (thread.tasks.length > 0) this.counters.killed++;
    for (const task of thread.tasks.splice(0)) {
      const { job } = task;
      if (job.ended) continue;
      job.open--;
      if (task.attempts < ATTEMPTS) {
        this.counters.retried++;
        job.again.push(task);
        continue;
      }
      this.counters.failed++;
      const cause = thread.cause instanceof Error ? thread.cause.message : `the thread ended with status ${code}`;
      const error = new ComputeFailed(
        `${job.description.caller} failed on brick ${task.brick}: ${task.attempts} threads died on it, the last one because of: ${cause}`,
      );
      error.cause = thread.cause;
      job.finish(error);
    }
    this.#schedule();
  }

  /** Lets the threads let go of an ended job. */
  #forget(job: Job): void {
    for (const thread of this.#threads) if (thread.jobs.delete(job)) post(thread, { kind: "drop", job: job.id });
  }

  /** Ends threads that still work for a cancelled or failed job after a moment: a brick of a large filter takes minutes. */
  #endLaggards(job: Job): void {
    setTimeout(() => {
      for (const thread of this.#threads)
        if (thread.tasks.some((task) => task.job === job)) void thread.worker.terminate();
    }, PATIENCE_MS).unref();
  }

  #rest(): void {
    if (this.#jobs.size > 0) return;
    for (const { worker } of this.#threads) worker.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.stop(), IDLE_MS).unref();
  }

  /** Ends all threads; jobs under way start them anew. */
  async stop(): Promise<void> {
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  /** Lets the threads free memory of other threads' that they have seen: it is not free before. */
  async collect(): Promise<void> {
    const ticket = ++this.#lastTicket;
    await Promise.all(
      [...this.#threads].map(
        (thread) =>
          new Promise<void>((resolve) => {
            const done = (): void => {
              clearTimeout(late);
              thread.collecting.delete(ticket);
              resolve();
            };
            // A busy thread answers after its brick; it is not worth waiting for long.
            const late = setTimeout(done, COLLECT_MS);
            thread.collecting.set(ticket, done);
            post(thread, { kind: "collect", ticket });
          }),
      ),
    );
  }
}

function post(thread: Thread, message: ToThread): void {
  thread.worker.postMessage(message);
}

/** The threads of this process. */
export const pool = new Pool();
machine.onCollect(() => pool.collect());
