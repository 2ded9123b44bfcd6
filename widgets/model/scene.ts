/** What the views of one volume share on the kernel's side: it follows the page's scene at the end of each gesture. */
import type { Json } from "../../kernel/comm.js";
import { InvalidArgument } from "../../src/core/errors.js";
import { type Phase, phaseTable } from "../../src/core/phases.js";
import { percentileWindow } from "../../src/core/picture.js";
import type { Region, Shape, Triple } from "../../src/core/shape.js";
import type { Volume } from "../../src/core/volume.js";
import type { Action, Edit, HistoryState, Reply, SceneState, SlicesCamera, VolumeFacts } from "../protocol.js";
import { quickPlane } from "./brick-planes.js";
import type { LabelEditor } from "./labels/label-editor.js";
import { ActionLog } from "./log.js";
import type { Accepts, OwnWidget } from "./own-widget.js";
import { errorReply } from "./planes.js";
import { remember, remembered } from "./remembered.js";
import { Selection } from "./selection.js";
import { WHOLE } from "./slices/camera.js";

export type ScenePart = keyof SceneState;
const PARTS: readonly ScenePart[] = ["cursor", "window", "thresholds", "region", "normal"];

/** What of some settings belongs to the scene. */
export const scenePartsOf = (settings: object): Partial<SceneState> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => (PARTS as readonly string[]).includes(name)));

/** A view that takes part in a scene. */
export interface SceneMember {
  readonly widget: OwnWidget<SceneState & HistoryState & { phases: Phase[]; camera?: SlicesCamera }>;
  /** Whether its phases are those of the thresholds; a label volume brings its own. */
  readonly followsThresholds: boolean;
  /** Draws the picture in the notebook again. */
  renew(): Promise<void>;
}

let count = 0;

export class Scene {
  readonly id = `scene-${++count}-${Math.random().toString(36).slice(2, 8)}`;
  readonly members = new Set<SceneMember>();
  state: SceneState;
  /** Names of the phases from dark to bright; those without one are numbered. */
  names: readonly string[] = [];
  /** What was seen last in a view of planes: each has its own, and the next one begins with it. */
  camera: SlicesCamera = WHOLE;
  /** Labels over the volume that pages paint on. */
  editor: LabelEditor | undefined;
  /** What is selected of the labels in this volume. */
  readonly selection = new Selection(() => [...this.members].map(({ widget }) => widget));
  /** What readers did in the views; what code sets is not in it. */
  readonly log = new ActionLog(
    {
      ...Object.fromEntries(
        PARTS.map((part) => [
          part,
          ({ from, to }: Action, way: string) => this.#setPart(part, way === "do" ? to : from),
        ]),
      ),
      selection: ({ from, to }, way) => this.#set(() => this.selection.set(way === "do" ? to : from)),
      group: ({ name, from, to }, way) => this.#set(() => this.selection.setGroup(name, way === "do" ? to : from)),
      edit: async ({ to }, way) => {
        const box = await (way === "do" ? this.#edits.do(to) : this.#edits.undo());
        const reply: Reply = { kind: "edited", id: this.#asked.get(to) ?? 0, box: box ?? null };
        for (const { widget } of this.members) widget.send(reply as unknown as Record<string, Json>);
        void this.renew();
      },
    },
    () => {
      for (const { widget } of this.members) widget.update({ history: this.log.lengths });
    },
  );

  constructor(
    readonly volume: Volume,
    state: SceneState,
  ) {
    this.state = state;
  }

  /** Phases for the thresholds that there are now. */
  phasesNow(): Phase[] {
    const { length } = this.state.thresholds;
    return length === 0 ? [] : phaseTable(length + 1, this.names);
  }

  join(member: SceneMember): void {
    this.members.add(member);
    // The scene lives as long as its volume: a view that is over must not be drawn again, nor be kept.
    member.widget.onEnd(() => this.members.delete(member));
    member.widget.onChange((names) => {
      if (names.includes("camera")) this.camera = member.widget.state.camera ?? WHOLE;
      const changed = PARTS.filter((part) => names.includes(part));
      if (changed.length === 0) return;
      const from = member.widget.state;
      this.#apply(Object.fromEntries(changed.map((part) => [part, from[part]])) as Partial<SceneState>);
    });
    member.widget.onMessage((content, buffers) => {
      if (content.kind === "settled") void this.renew();
      else if (content.kind === "selection") this.selection.tell(member.widget);
      else if (content.kind === "selected") this.#select(member.widget, content.of, buffers[0]);
      else if (content.kind === "undo" || content.kind === "redo")
        // Nobody waits for it; where the disk is full the page says so.
        this.log[content.kind]().catch((error: unknown) =>
          member.widget.send(errorReply(0, error) as unknown as Record<string, Json>),
        );
    });
  }

  readonly #cursorMoved = new Set<(cursor: Triple) => void>();

  /** Calls `listener` when the cursor has moved, by code or at the end of a gesture. @returns a function that ends that */
  onCursor(listener: (cursor: Triple) => void): () => void {
    this.#cursorMoved.add(listener);
    return () => this.#cursorMoved.delete(listener);
  }

  #tellCursor({ cursor }: Partial<SceneState>): void {
    if (cursor !== undefined) for (const listener of this.#cursorMoved) listener(cursor);
  }

  /** Changes what all views share; they and their pictures follow. */
  set(changes: Partial<SceneState>): void {
    this.state = { ...this.state, ...changes };
    const phases = changes.thresholds === undefined ? {} : { phases: this.phasesNow() };
    for (const { widget, followsThresholds } of this.members)
      widget.update(followsThresholds ? { ...changes, ...phases } : changes);
    this.#tellCursor(changes);
    void this.renew();
  }

  #set(change: () => void): void {
    change();
    void this.renew();
  }

  /** Takes over what the page has selected; its other views know it already. */
  #select(widget: OwnWidget<object>, of: Json | undefined, bytes: Uint8Array | undefined): void {
    try {
      const from = this.selection.now;
      const to = this.selection.take(of, bytes);
      this.log.add({ kind: "selection", from, to });
    } catch (error) {
      widget.send(errorReply(0, error) as unknown as Record<string, Json>);
    }
  }

  get #edits(): LabelEditor {
    if (this.editor === undefined)
      throw new InvalidArgument("no labels of this volume are being edited: slices(…, { edit: true })");
    return this.editor;
  }

  /** Lets the labels be edited that `editor` has; what was edited before can be undone. */
  takeEditor(editor: LabelEditor): void {
    this.editor = editor;
    for (const to of editor.edits) this.log.add({ kind: "edit", from: null, to });
  }

  /** Numbers of the requests that edits came by. */
  readonly #asked = new WeakMap<Edit, number>();

  /** An edit that a page asks for. */
  edit(edit: Edit, id: number): Promise<void> {
    this.#asked.set(Object(edit), id);
    return this.log.perform({ kind: "edit", from: null, to: edit });
  }

  /** What an action says: it may come from a file. */
  #setPart(part: ScenePart, value: unknown): void {
    const taken = sceneAccepts(this)[part]?.(value);
    if (taken === undefined)
      throw new InvalidArgument(`an action sets ${part} to ${JSON.stringify(value)}, which it cannot be`);
    this.set({ [part]: taken });
  }

  /** Takes over what the page changed through one view; the other views of the page know it already. */
  #apply(changes: Partial<SceneState>): void {
    const before = this.state;
    this.state = { ...this.state, ...changes };
    for (const { widget, followsThresholds } of this.members) {
      widget.note(this.state);
      if (followsThresholds) widget.update({ phases: this.phasesNow() });
    }
    for (const part of Object.keys(changes) as ScenePart[])
      this.log.add({ kind: part, from: before[part], to: this.state[part] } as Action);
    if (changes.window !== undefined || changes.thresholds !== undefined) remember(this.volume, this.state);
    this.#tellCursor(changes);
  }

  #renewing: Promise<void> | undefined;
  #again = false;

  /** Draws the pictures in the notebook again; while one round runs, at most one more waits. */
  async renew(): Promise<void> {
    if (this.#renewing !== undefined) {
      this.#again = true;
      return this.#renewing;
    }
    this.#renewing = (async () => {
      do {
        this.#again = false;
        for (const member of this.members) await member.renew();
      } while (this.#again);
    })().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }
}

const scenes = new WeakMap<Volume, Scene>();

/** The scene of a volume: made at its first view, with the cursor in the middle and the window that the reader left, or that fits the middle plane. */
export async function sceneOf(volume: Volume): Promise<Scene> {
  const known = scenes.get(volume);
  if (known !== undefined) return known;
  const cursor = volume.shape.map((n) => Math.floor(n / 2)) as unknown as SceneState["cursor"];
  const { window } = remembered(volume);
  const made = new Scene(volume, {
    cursor,
    window: window ?? percentileWindow(await quickPlane(volume, cursor[0])),
    thresholds: [],
    region: null,
    normal: null,
  });
  // Two views may have been asked for at once.
  const meanwhile = scenes.get(volume);
  if (meanwhile !== undefined) return meanwhile;
  scenes.set(volume, made);
  return made;
}

/** Facts of a volume as views need them. */
export function factsOf(volume: Volume, title: string): VolumeFacts {
  const { shape, dtype, spacing = null, range } = volume;
  // A volume of nothing but NaN has no range.
  const known: [number, number] = range[0] <= range[1] ? range : [0, 1];
  return { title, shape, dtype, spacing, range: known };
}

const numbers = (list: unknown, least: number, most: number): list is number[] =>
  Array.isArray(list) &&
  list.length >= least &&
  list.length <= most &&
  list.every((n) => typeof n === "number" && Number.isFinite(n));

/** A vector of length 1; undefined if it has none. */
export function directionOf(vector: readonly number[]): Triple | undefined {
  const length = Math.hypot(...vector);
  return length > 1e-9 ? (vector.map((n) => n / length) as unknown as Triple) : undefined;
}

/** A box of voxels inside the volume; undefined if it is none. */
function regionIn(shape: Shape, value: unknown): Region | undefined {
  const { start, stop } = Object(value) as { start?: unknown; stop?: unknown };
  if (!numbers(start, 3, 3) || !numbers(stop, 3, 3)) return undefined;
  const fits = start.every((n, k) => Number.isInteger(n) && n >= 0 && n < stop[k]!);
  if (!fits || !stop.every((n, k) => Number.isInteger(n) && n <= shape[k]!)) return undefined;
  return { start, stop } as unknown as Region;
}

/** What a page may change of a scene: a cursor is brought into the volume, thresholds are put in order. */
export const sceneAccepts = ({ volume: { shape } }: Pick<Scene, "volume">): Accepts<SceneState> => ({
  cursor: (value) =>
    numbers(value, 3, 3)
      ? (value.map((n, k) => Math.min(shape[k]! - 1, Math.max(0, Math.round(n)))) as unknown as SceneState["cursor"])
      : undefined,
  window: (value) => (numbers(value, 2, 2) && value[0]! < value[1]! ? (value as [number, number]) : undefined),
  normal: (value) => (value === null ? null : numbers(value, 3, 3) ? directionOf(value) : undefined),
  region: (value) => (value === null ? null : regionIn(shape, value)),
  thresholds: (value) => (numbers(value, 0, 16) ? [...value].sort((a, b) => a - b) : undefined),
});

/** Names of phases as the views take them. @param phases how many there are */
export function checkNames(names: readonly string[], phases: number): string[] {
  if (!Array.isArray(names) || names.length > phases || names.some((name) => String(name).length > 40))
    throw new InvalidArgument(`names: give at most ${phases} names of at most 40 characters, one for each phase`);
  return names.map(String);
}

/** Thresholds as the views take them: ascending numbers. */
export function checkThresholds(thresholds: readonly number[]): number[] {
  if (!numbers(thresholds, 0, 16))
    throw new InvalidArgument(`thresholds is ${JSON.stringify(thresholds)}; give at most 16 numbers`);
  return [...thresholds].sort((a, b) => a - b);
}
