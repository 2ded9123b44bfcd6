/** The main thread's side of the language thread: one promise a request. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { TransformedCell } from "./cell.js";
import { CellSyntaxError } from "./cell-error.js";
import type { Completion, Warning } from "./language.js";
import type { LanguageReply, LanguageRequest, LanguageSettings } from "./language-worker.js";

type Unnumbered<T> = T extends unknown ? Omit<T, "id"> : never;

export class Compiler {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private last = 0;

  constructor(private readonly settings: LanguageSettings) {}

  /** Loads the compiler before the first cell needs it. */
  warm(): void {
    if (this.worker === undefined) this.start();
  }

  private start(): Worker {
    const file = fileURLToPath(new URL("./language-worker.js", import.meta.url));
    const worker = new Worker(file, { workerData: this.settings });
    worker.unref();
    worker.on("message", (reply: LanguageReply) => this.settle(reply));
    worker.on("error", (error) => this.fail(worker, error));
    worker.on("exit", () => this.fail(worker, new Error("the language thread ended")));
    this.worker = worker;
    return worker;
  }

  private settle({ id, value, error }: LanguageReply): void {
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker?.unref();
    if (error === undefined) waiter?.resolve(value);
    else if (error.line !== undefined)
      waiter?.reject(new CellSyntaxError(error.message, error.line, error.column ?? 1));
    else waiter?.reject(new Error(error.message));
  }

  /** A thread that died takes its requests with it; the next request starts another. */
  private fail(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private ask<T>(request: Unnumbered<LanguageRequest>): Promise<T> {
    const worker = this.worker ?? this.start();
    const id = ++this.last;
    worker.ref();
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ ...request, id });
    });
  }

  transform(source: string, known: Iterable<string>): Promise<TransformedCell> {
    return this.ask({ kind: "transform", source, known: [...known] });
  }

  check(index: number, source: string): Promise<Warning[]> {
    return this.ask({ kind: "check", index, source });
  }

  complete(source: string, position: number): Promise<Completion> {
    return this.ask({ kind: "complete", source, position });
  }

  inspect(source: string, position: number): Promise<{ text: string; markdown: string } | undefined> {
    return this.ask({ kind: "inspect", source, position });
  }

  completeness(source: string): Promise<{ status: string; indent?: string }> {
    return this.ask({ kind: "completeness", source });
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}
