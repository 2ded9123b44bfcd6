/** Joins the kernel to the I/O thread and to the process around it. */
import type { MessagePort, Worker } from "node:worker_threads";
import type { FromMain, IoSettings, ToMain } from "./io/messages.js";
import { captureChildren } from "./session/child-output.js";
import { Kernel } from "./session/kernel.js";
import { captureStreams, hideExperimentalWarnings } from "./session/output.js";
import { clearStack } from "./threads/async-stack.js";
import { reportDeath } from "./threads/note.js";
import { SharedText } from "./threads/shared-text.js";
import { writeWhole } from "./threads/standard-streams.js";

export function runKernel(io: Worker, { session, halt, note, text }: IoSettings): void {
  const post = (message: FromMain, transfer: readonly (ArrayBuffer | MessagePort)[] = []): void =>
    io.postMessage(message, transfer);
  reportDeath(note);
  const passed = new Map<number, () => void>();
  let barriers = 0;
  const leave = process.exit.bind(process);

  const kernel = new Kernel(
    {
      send: (channel, message) =>
        post(
          { kind: "send", channel, message },
          message.buffers.map(({ buffer }) => buffer as ArrayBuffer),
        ),
      barrier: (then) => {
        const number = ++barriers;
        passed.set(number, then);
        post({ kind: "barrier", number });
      },
      remember: (line, source) => post({ kind: "remember", line, source }),
      stops: (comm) => post({ kind: "stops", comm }),
      announce: (announcement) => post({ kind: "text", announcement }),
      close: () => {
        // Ending the process while the thread still unloads its sockets would abort it; a thread that hangs must not keep it.
        io.once("exit", () => leave(0));
        setTimeout(() => process.kill(process.pid, "SIGKILL"), 2000);
        post({ kind: "close" });
      },
    },
    {
      folder: process.cwd(),
      ident: session,
      halt,
      text: new SharedText(text),
      onLanguage: (port) => post({ kind: "language", port }, [port]),
    },
  );

  // A client sends its first cell as soon as the sockets answer: by then the compiler is there.
  kernel.session.compiler.warm();

  io.on("message", (message: ToMain) => {
    switch (message.kind) {
      case "message":
        return kernel.receive(message.channel, message.message);
      case "ask":
        return post({ kind: "alive", number: message.number });
      case "interrupt":
        clearStack();
        post({ kind: "alive", number: message.number });
        return kernel.interrupt();
      case "settle":
        clearStack();
        kernel.settle();
        return post({ kind: "alive", number: message.number });
      case "passed":
        passed.get(message.number)?.();
        return void passed.delete(message.number);
      case "ready":
        if (message.died !== undefined) kernel.tell(afterDeath(message.died));
    }
  });
  io.on("error", (error) => {
    writeWhole(2, `the I/O thread failed: ${error.stack ?? error.message}\n`);
    leave(1);
  });

  process.on("SIGINT", () => {
    // Whoever means this kernel sends it an interrupt request; a Ctrl-C in a terminal is for the programs around it.
  });
  process.on("uncaughtException", (error) => kernel.uncaught(error));
  process.on("unhandledRejection", (error) => kernel.uncaught(error));
  hideExperimentalWarnings();
  captureStreams();
  captureChildren();
}

const afterDeath = (note: string): string =>
  `The kernel before this one was ended for want of memory, and its variables are lost: ${note}. Free what is not needed any more, work on parts, or allow more by NODE_OPTIONS=--max-old-space-size=8192 (MiB).`;
