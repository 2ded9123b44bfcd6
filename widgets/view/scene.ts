/**
 * What the views of one volume share inside the page: cursor, window, thresholds, region, free plane, and what is selected. The kernel is
 * told once a gesture.
 */
import { decodeLabels, encodeLabels, labelsIn, litBy } from "../draw/label-set.js";
import type { Reply, SceneState } from "../protocol.js";
import { bytesOf } from "./dom.js";
import type { ModelHandle } from "./handle.js";

type Handle = ModelHandle<SceneState & { scene: string }>;

const PARTS: readonly (keyof SceneState)[] = ["cursor", "window", "thresholds", "region", "normal"];

export class PageScene {
  state: SceneState;
  /** What is lit, by label (1: lit); undefined: nothing was selected, and all is shown alike. */
  selection: Uint8Array | undefined;
  /** The labelling that it belongs to; null: any. */
  #of: string | null = null;
  /** What the kernel knows to be lit. */
  #told: Uint8Array | undefined;
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
    const first = this.isEmpty;
    this.#members.add(handle);
    this.#listeners.add(listener);
    const stopMessages = handle.onMessage((reply, buffers) => this.#receive(reply, buffers));
    // A page that was reloaded does not know it.
    if (first) handle.send({ kind: "selection" });
    // Only what has changed: of the other parts this model may know less than the scene, in the middle of a gesture.
    const stop = handle.onChange((names) => {
      const changed = PARTS.filter((part) => names.includes(part));
      this.update(Object.fromEntries(changed.map((part) => [part, handle.get(part)])));
    });
    return () => {
      stop();
      stopMessages();
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

  /**
   * Lights labels; all views draw in the next frame. The kernel hears of them when the gesture ends.
   * @param selection another array each time
   * @param of the labelling they belong to: `labelsId` of the state of views that show it
   */
  select(selection: Uint8Array | undefined, of: string | null = null): void {
    this.selection = selection;
    this.#of = of;
    for (const listener of this.#listeners) listener();
  }

  /** What is lit of a labelling. */
  litOf(labelsId: string | null): Uint8Array | undefined {
    return this.#of === null || this.#of === labelsId ? this.selection : undefined;
  }

  /** Each model hears what the kernel has selected; the first one that does tells all views. */
  #receive(reply: Reply, [part]: readonly DataView[]): void {
    if (reply.kind !== "selected") return;
    const labels = part === undefined ? new Int32Array(0) : decodeLabels(bytesOf(part));
    const before = labelsIn(this.selection ?? new Uint8Array(0));
    const known = this.#of === reply.of && before.length === labels.length && before.every((n, k) => n === labels[k]);
    if (!known) this.select(labels.length === 0 ? undefined : litBy(labels), reply.of);
    this.#told = this.selection;
  }

  /** Ends a gesture: the model of the view that was touched tells the kernel, the others only remember. */
  settle(handle: Handle): void {
    for (const member of this.#members) if (member !== handle) member.note(this.state);
    handle.save(this.state);
    if (this.selection !== this.#told) {
      this.#told = this.selection;
      const labels = this.selection && labelsIn(this.selection);
      handle.send({ kind: "selected", of: this.#of }, labels && [encodeLabels(labels)]);
    }
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
