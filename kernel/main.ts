/** The kernel's process: `node main.js CONNECTION_FILE [--allow-unsigned] [--allow-remote]`. Jupyter starts this. */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { ConnectionError, readConnection } from "./io/connection.js";
import type { IoSettings } from "./io/messages.js";
import { newHalt } from "./threads/halt.js";
import { SharedText } from "./threads/shared-text.js";
import { replaceStandardStreams, writeWhole } from "./threads/standard-streams.js";

const [, , connectionFile, ...flags] = process.argv;

function settingsOrEnd(): IoSettings {
  try {
    if (connectionFile === undefined)
      throw new ConnectionError("usage: node main.js CONNECTION_FILE (to install: npx voxbook kernel install)");
    const allowed = { unsigned: flags.includes("--allow-unsigned"), remote: flags.includes("--allow-remote") };
    return {
      connection: readConnection(connectionFile, allowed),
      session: randomUUID(),
      halt: newHalt(),
      heapLimit: getHeapStatistics().heap_size_limit,
      note: `${connectionFile}.note`,
      text: new SharedText().memory,
    };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    writeWhole(2, `${error.message}\n`);
    process.exit(2);
  }
}

const settings = settingsOrEnd();
// Before a thread is started: that alone would bring Node's own streams in.
replaceStandardStreams();
// First of all: this thread binds the sockets while the main one loads the rest.
const io = new Worker(fileURLToPath(new URL("./io/worker.js", import.meta.url)), { workerData: settings });
const { runKernel } = await import("./run-kernel.js");
runKernel(io, settings);
