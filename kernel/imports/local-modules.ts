/** The main thread's side of the module hooks: one hooks thread a process, however many sessions there are. */
import { register } from "node:module";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/** Hooks' thread → main thread: the source map (JSON) of a file that was compiled. */
export interface FromHooks {
  readonly url: string;
  readonly map: string;
}

/** Main thread → hooks' thread: whether a module, with all that it imports, ran. */
export interface ToHooks {
  readonly kind: "loaded" | "failed";
  readonly file: string;
}

let port: MessagePort | undefined;
const maps = new Map<string, string>();

/** Starts the hooks' thread before the first local module is imported; notebooks without such do without it. */
export function startHooks(): void {
  if (port !== undefined) return;
  const { port1, port2 } = new MessageChannel();
  port = port1;
  register("./typescript-hooks.js", { parentURL: import.meta.url, data: { port: port2 }, transferList: [port2] });
}

export const tellHooks = (message: ToHooks): void => port?.postMessage(message);

/** Source map (JSON) of a compiled local module, with the file's text as it was then. */
export function compiledMap(url: string): string | undefined {
  // Drained when asked for, not when it comes: an error of a module that is still loading needs its map at once.
  while (port !== undefined) {
    const heard = receiveMessageOnPort(port) as { message: FromHooks } | undefined;
    if (heard === undefined) break;
    maps.set(heard.message.url, heard.message.map);
  }
  return maps.get(url);
}
