/** Who waits for something, and where what he prints is shown. */
import { AsyncResource } from "node:async_hooks";
import { runningKernel } from "./kernel.js";

type Listener<Message extends unknown[]> = (...message: Message) => unknown;

export class Listeners<Message extends unknown[]> {
  readonly #all = new Set<{ listener: Listener<Message>; scope: AsyncResource }>();

  /** @returns a function that ends the listening */
  add(listener: Listener<Message>): () => void {
    // The scope remembers in which cell this was called.
    const entry = { listener, scope: new AsyncResource("voxbook.listener") };
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  /** Tells of what code in a cell did: output belongs to that cell. All are told; then the first error is thrown. */
  call(...message: Message): void {
    const errors: unknown[] = [];
    for (const { listener } of [...this.#all]) {
      try {
        listener(...message);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Tells of what a page did: output, and errors, belong to the cell in which the listener was added. */
  tell(...message: Message): void {
    for (const { listener, scope } of [...this.#all])
      scope.runInAsyncScope(() => {
        try {
          const value = listener(...message);
          if (value instanceof Promise) value.catch(fail);
        } catch (error) {
          fail(error);
        }
      });
  }
}

function fail(error: unknown): void {
  const kernel = runningKernel();
  if (kernel === undefined) throw error;
  kernel.showError(error);
}
