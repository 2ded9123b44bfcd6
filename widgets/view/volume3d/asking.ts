/** Asks the kernel and waits for the answer: at most two requests are on their way. */
import type { Reply3d, Request3d, Volume3dState } from "../../protocol/volume3d.js";
import type { ModelHandle } from "../handle.js";
import { nextNumber } from "../request-number.js";

export type Handle3d = ModelHandle<Volume3dState, Request3d, Reply3d>;
type Asked = Extract<Request3d, { id: number }>["kind"];
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
export type Question = WithoutId<Extract<Request3d, { kind: Exclude<Asked, "cancel" | "code"> }>>;
type AnswerTo<Kind> = Extract<Reply3d, { kind: Kind }>;

const IN_FLIGHT = 2;

/** A request was given up: the view is gone, or wants something else. */
export class GivenUp extends Error {}

interface Waiting {
  readonly id: number;
  readonly question: Question;
  readonly done: (answer: { reply: Reply3d; buffers: readonly DataView[] }) => void;
  readonly failed: (error: Error) => void;
}

export class Asking {
  readonly #handle: Handle3d;
  readonly #queue: Waiting[] = [];
  readonly #sent = new Map<number, Waiting>();
  readonly #stop: () => void;

  constructor(handle: Handle3d) {
    this.#handle = handle;
    this.#stop = handle.onMessage((reply, buffers) => {
      const waiting = "id" in reply ? this.#sent.get(reply.id) : undefined;
      if (waiting === undefined) return;
      this.#sent.delete(waiting.id);
      if (reply.kind === "error") waiting.failed(new Error(reply.message));
      else waiting.done({ reply, buffers });
      this.#next();
    });
  }

  ask<Q extends Question>(question: Q): Promise<{ reply: AnswerTo<Q["kind"]>; buffers: readonly DataView[] }> {
    return new Promise((done, failed) => {
      this.#queue.push({ id: nextNumber(), question, done: done as Waiting["done"], failed });
      this.#next();
    });
  }

  #next(): void {
    while (this.#sent.size < IN_FLIGHT && this.#queue.length > 0) {
      const waiting = this.#queue.shift()!;
      this.#sent.set(waiting.id, waiting);
      this.#handle.send({ ...waiting.question, id: waiting.id } as Request3d);
    }
  }

  dispose(): void {
    this.#stop();
    for (const { id } of this.#sent.values()) this.#handle.send({ kind: "cancel", id });
    for (const { failed } of [...this.#sent.values(), ...this.#queue]) failed(new GivenUp());
    this.#sent.clear();
    this.#queue.length = 0;
  }
}
