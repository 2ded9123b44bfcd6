/** What the planes of a series show: a state, or two with a curtain between them, and what of others is fetched before it is wanted. */
import type { Look } from "../../draw/colours.js";
import type { TimeReply, TimeRequest, TimeState } from "../../protocol/time.js";
import type { ShownStates } from "../../protocol.js";
import { commonHandle, type ModelHandle } from "../handle.js";
import { Windows } from "../several/volumes.js";
import { keysOf, lookNow, neighbours } from "../slices/drawing.js";
import type { PaneCanvas } from "../slices/pane.js";
import { paneTitle } from "../slices/panes.js";
import type { PlaneKey } from "../slices/planes.js";
import type { Content, GreyWindow, PaneImage, Stage } from "../slices/stage.js";

export type TimeHandle = ModelHandle<TimeState, TimeRequest, TimeReply>;

export class TimeContent implements Content {
  shown: ShownStates;
  /** States to fetch, the most urgent first, while it plays; else those beside the one that is shown. */
  ahead: (() => readonly number[]) | undefined;
  readonly windows: Windows;
  readonly window: GreyWindow;
  readonly #stage: Stage;
  readonly #handle: TimeHandle;

  constructor(stage: Stage, handle: TimeHandle) {
    this.#stage = stage;
    this.#handle = handle;
    this.shown = handle.get("shown");
    this.windows = new Windows(handle, stage.scene);
    this.window = this.windows.grey(
      () => this.shown.index,
      stage.ask,
      () => stage.scene.settle(commonHandle(handle)),
    );
  }

  /** Numbers of the states that are shown: one, or with the one behind the curtain two. */
  get numbers(): number[] {
    const { index, other } = this.shown;
    return other === null ? [index] : [index, other];
  }

  #image(volume: number, look: Look): PaneImage {
    return { volume, grey: "grey", over: "labels", look: this.windows.look(look, volume) };
  }

  images(_: PaneCanvas, look: Look): readonly PaneImage[] {
    const seen = this.#stage.display.curtain < 1 ? this.numbers : [this.shown.index];
    return seen.map((state) => this.#image(state, look));
  }

  title(pane: PaneCanvas): string | undefined {
    return paneTitle(this.#stage, pane);
  }

  behind(): string | undefined {
    return this.shown.other === null ? undefined : "state";
  }

  /** All planes of a state, as planes are shown now. */
  #planesOf(state: number): PlaneKey[] {
    const image = this.#image(state, lookNow(this.#stage));
    return this.#stage.panes.flatMap((pane) => keysOf(this.#stage, pane.axis, image));
  }

  /** Whether all planes of a state have come. */
  complete(state: number): boolean {
    return this.#planesOf(state).every((key) => this.#stage.planes.has(key));
  }

  soon(): readonly PlaneKey[] {
    if (this.ahead !== undefined) return this.ahead().flatMap((state) => this.#planesOf(state));
    const { index } = this.shown;
    const beside = [index + 1, index - 1].filter((state) => state >= 0 && state < this.#handle.get("count"));
    return [...beside.flatMap((state) => this.#planesOf(state)), ...neighbours(this.#stage, lookNow(this.#stage))];
  }
}
