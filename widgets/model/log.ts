/** The gestures of a scene, as data: to undo them, to do them again, to play them on another view. */
import { InvalidArgument } from "../../src/core/errors.js";
import type { Action } from "../protocol.js";

/** How a kind of action is done, with what it has to change. */
export type Doers = {
  readonly [Kind in Action["kind"]]?: (
    action: Extract<Action, { kind: Kind }>,
    way: "do" | "undo",
  ) => void | Promise<void>;
};

/** Kinds that follow each other in small steps: several in a row are one to undo. */
const JOINED: ReadonlySet<Action["kind"]> = new Set(["cursor", "window"]);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export class ActionLog {
  #doers: Doers;
  readonly #changed: () => void;
  readonly #done: Action[] = [];
  readonly #undone: Action[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  /** @param changed is called after each change of the log */
  constructor(doers: Doers, changed: () => void) {
    this.#doers = doers;
    this.#changed = changed;
  }

  /** Knows further kinds of actions from now on. */
  extend(doers: Doers): void {
    this.#doers = { ...this.#doers, ...doers };
  }

  /** What was done and not undone, the oldest first. */
  get actions(): readonly Action[] {
    return this.#done;
  }

  /** How many can be undone, and done again. */
  get lengths(): [done: number, undone: number] {
    return [this.#done.length, this.#undone.length];
  }

  /** Takes down what has been done already. What was undone before is forgotten. */
  add(action: Action): void {
    const last = this.#done.at(-1);
    this.#undone.length = 0;
    if (last?.kind === action.kind && JOINED.has(action.kind)) {
      this.#done.pop();
      const joined = { ...action, from: last.from } as Action;
      if (!same(joined.from, joined.to)) this.#done.push(joined);
    } else if (!same(action.from, action.to)) this.#done.push(action);
    this.#changed();
  }

  /** Does an action and takes it down. */
  perform(action: Action): Promise<void> {
    return this.#inTurn(async () => {
      await this.#run(action, "do");
      this.add(action);
    });
  }

  /** Takes back the last action. @returns false if there is none */
  undo(): Promise<boolean> {
    return this.#move(this.#done, this.#undone, "undo");
  }

  /** Does again what was taken back last. @returns false if there is none */
  redo(): Promise<boolean> {
    return this.#move(this.#undone, this.#done, "do");
  }

  /** Does actions of another log, one after the other. */
  async replay(actions: readonly Action[]): Promise<void> {
    for (const action of actions) await this.perform(action);
  }

  /** The last action of one list goes to the other, once it is done. */
  #move(from: Action[], to: Action[], way: "do" | "undo"): Promise<boolean> {
    return this.#inTurn(async () => {
      const action = from.at(-1);
      if (action === undefined) return false;
      await this.#run(action, way);
      // Meanwhile another may have been added.
      from.splice(from.lastIndexOf(action), 1);
      to.push(action);
      this.#changed();
      return true;
    });
  }

  /** An edit takes its time: what is asked for meanwhile waits. */
  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #run(action: Action, way: "do" | "undo"): Promise<void> {
    const { kind } = Object(action) as Action;
    const does = Object.hasOwn(this.#doers, kind) ? this.#doers[kind] : undefined;
    if (does === undefined)
      throw new InvalidArgument(
        `an action of the kind ${JSON.stringify(kind)}; this view knows ${Object.keys(this.#doers).join(", ")}`,
      );
    await does(action as never, way);
  }
}
