/** The language thread as the main thread owns it: started when it is needed, and again when it has died. */
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { LanguageClient } from "./client.js";
import type { LanguageConnect, LanguageReply, LanguageRequest, LanguageSettings } from "./worker.js";

/**
 * The compiler makes much garbage in little time: a small young generation keeps 25 MB off the process at the same speed.
 * What stays is not limited.
 */
const LIMITS = { maxYoungGenerationSizeMb: 4 };

export class Compiler extends LanguageClient {
  private worker: Worker | undefined;

  /** @param onStart gets a port on which another thread may ask, each time the language thread has started */
  constructor(
    private readonly settings: LanguageSettings,
    private readonly onStart?: (port: MessagePort) => void,
  ) {
    super((request) => this.send(request));
  }

  /** Loads the compiler before the first cell needs it. */
  warm(): void {
    this.worker ??= this.start();
  }

  private send(request: LanguageRequest): void {
    this.worker ??= this.start();
    this.worker.ref();
    this.worker.postMessage(request);
  }

  private start(): Worker {
    const file = fileURLToPath(new URL("./worker.js", import.meta.url));
    const worker = new Worker(file, { workerData: this.settings, resourceLimits: LIMITS });
    worker.unref();
    worker.on("message", (reply: LanguageReply) => {
      this.settle(reply);
      if (!this.busy) worker.unref();
    });
    worker.on("error", (error) => this.ended(worker, error));
    worker.on("exit", () => this.ended(worker, new Error("the language thread ended")));
    if (this.onStart !== undefined) {
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ kind: "connect", port: port1 } satisfies LanguageConnect, [port1]);
      this.onStart(port2);
    }
    return worker;
  }

  private ended(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.fail(error);
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}
