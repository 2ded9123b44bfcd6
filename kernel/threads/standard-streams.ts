/**
 * The process's own stdout and stderr, without Node's. Node switches a pipe that it writes to into non-blocking mode, for
 * every process that shares it: the program that started the kernel would then lose the end of what it prints itself.
 */
import { writeSync } from "node:fs";
import { Writable } from "node:stream";

const DESCRIPTORS = { stdout: 1, stderr: 2 };

/** Writes a line to the log of whoever started the kernel; nobody may be there to read it any more. */
export function writeWhole(descriptor: number, text: string | Uint8Array): void {
  let rest = typeof text === "string" ? Buffer.from(text) : text;
  while (rest.length > 0)
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EAGAIN") return;
      // Another program has made the pipe non-blocking, and its reader is slow.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
}

/** Puts streams of our own in the place of Node's. To be called before anything is printed. */
export function replaceStandardStreams(): void {
  for (const [name, fd] of Object.entries(DESCRIPTORS)) {
    const stream = Object.assign(
      new Writable({
        decodeStrings: true,
        write: (chunk: Uint8Array, _encoding, done) => {
          writeWhole(fd, chunk);
          done();
        },
      }),
      { fd, isTTY: false },
    );
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
  }
}
