/** What the views of one volume share inside the page: cursor, window, thresholds, region, free plane. The kernel is told once a gesture. */
import type { SceneState } from "../protocol.js";
import type { ModelHandle } from "./handle.js";

type Handle = ModelHandle<SceneState & { scene: string }>;

const PARTS: readonly (keyof SceneState)[] = ["cursor", "window", "thresholds", "region", "normal"];

export class PageScene {
  state: SceneState;
  /** What is lit, by label (1: lit); undefined: nothing was selected, and all is shown alike. It lives in the page alone. */
  selection: Uint8Array | undefined;
  readonly #members = new Set<Handle>();
  readonly #listeners = new Set<() => void>();

  constructor(state: SceneState) {
    this.state = state;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Takes part: follows what the kernel sets through this model. @returns a function that leaves */
  join(handle: Handle, listener: () => void): () => void {
    this.#members.add(handle);
    this.#listeners.add(listener);
    // Only what has changed: of the other parts this model may know less than the scene, in the middle of a gesture.
    const stop = handle.onChange((names) => {
      const changed = PARTS.filter((part) => names.includes(part));
      this.update(Object.fromEntries(changed.map((part) => [part, handle.get(part)])));
    });
    return () => {
      stop();
      this.#members.delete(handle);
      this.#listeners.delete(listener);
    };
  }

  /** Changes the scene; all views draw in the next frame. No message is sent. */
  update(changes: Partial<SceneState>): void {
    const next = { ...this.state, ...changes };
    if (JSON.stringify(next) === JSON.stringify(this.state)) return;
    this.state = next;
    for (const listener of this.#listeners) listener();
  }

  /** Lights labels; all views draw in the next frame. @param selection another array each time */
  select(selection: Uint8Array | undefined): void {
    this.selection = selection;
    for (const listener of this.#listeners) listener();
  }

  /** Ends a gesture: the model of the view that was touched tells the kernel, the others only remember. */
  settle(handle: Handle): void {
    for (const member of this.#members) if (member !== handle) member.note(this.state);
    handle.save(this.state);
    handle.send({ kind: "settled" });
  }
}

const scenes = new WeakMap<object, Map<string, PageScene>>();

/** The scene of a model; the first view brings its state. */
export function sceneFor(handle: Handle): PageScene {
  let own = scenes.get(handle.owner);
  if (own === undefined) {
    own = new Map();
    scenes.set(handle.owner, own);
  }
  const id = handle.get("scene");
  const known = own.get(id);
  if (known !== undefined && !known.isEmpty) return known;
  const made = new PageScene({
    cursor: handle.get("cursor"),
    window: handle.get("window"),
    thresholds: handle.get("thresholds"),
    region: handle.get("region"),
    normal: handle.get("normal"),
  });
  own.set(id, made);
  return made;
}
