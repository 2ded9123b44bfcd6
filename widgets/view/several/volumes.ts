/** The volumes of a view of several: names and windows, which the kernel tells once, for state stays small. */
import type { Look } from "../../draw/colours.js";
import type { SeveralRequest, VolumeAbout } from "../../protocol/several.js";
import type { ModelHandle } from "../handle.js";
import { nextNumber } from "../request-number.js";
import type { PageScene } from "../scene.js";
import type { GreyWindow } from "../slices/stage.js";

type Window = readonly [low: number, high: number];

/** Asks what volumes there are. @returns a function that ends the waiting */
export function askVolumes<Got extends { kind: string; id: number }>(
  handle: ModelHandle<object, SeveralRequest, Got>,
  told: (answer: Extract<Got, { kind: "volumes" }>) => void,
  failed: (message: string) => void,
): () => void {
  const id = nextNumber();
  const stop = handle.onMessage((reply) => {
    if (reply.id !== id) return;
    if (reply.kind === "volumes") told(reply as Extract<Got, { kind: "volumes" }>);
    else if (reply.kind === "error") failed(String((reply as { message?: unknown }).message));
  });
  handle.send({ kind: "volumes", id });
  return stop;
}

type Handle = Pick<ModelHandle<{ locked: boolean }, SeveralRequest | { kind: "settled" }, never>, "get" | "send">;

/** Windows of several volumes: one for all, that of the scene, or one for each. */
export class Windows {
  /** By volume; empty until the kernel has told them. */
  own: Window[] = [];
  readonly #handle: Handle;
  readonly #scene: PageScene;
  readonly #looks = new WeakMap<Look, Map<number, Look>>();

  constructor(handle: Handle, scene: PageScene) {
    this.#handle = handle;
    this.#scene = scene;
  }

  /** Takes what the kernel has told, once: what the reader changes stays. */
  take(volumes: readonly VolumeAbout[]): void {
    if (this.own.length === 0) this.own = volumes.map(({ window }) => window);
  }

  get locked(): boolean {
    return this.#handle.get("locked") || this.own.length === 0;
  }

  /** How one volume looks: the same object as long as nothing of it has changed. */
  look(look: Look, volume: number): Look {
    const window = this.own[volume];
    if (this.locked || window === undefined) return look;
    const known = this.#looks.get(look) ?? new Map<number, Look>();
    this.#looks.set(look, known);
    const before = known.get(volume);
    if (before?.window === window) return before;
    const made = { ...look, window };
    known.set(volume, made);
    return made;
  }

  /** The window that tools change. @param volume whose, where each has its own @param changed is called after each change */
  grey(volume: () => number, changed: () => void, settleScene: () => void): GreyWindow {
    const windows = this;
    return {
      get now() {
        return windows.locked ? windows.#scene.state.window : windows.own[volume()]!;
      },
      change(window) {
        if (windows.locked) return windows.#scene.update({ window });
        windows.own[volume()] = window;
        changed();
      },
      settle() {
        if (windows.locked) return settleScene();
        const [low, high] = windows.own[volume()]!;
        windows.#handle.send({ kind: "window", volume: volume(), window: [low, high] });
        windows.#handle.send({ kind: "settled" });
      },
    };
  }
}
