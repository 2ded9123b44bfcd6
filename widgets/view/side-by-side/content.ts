/** What each pane shows: one volume of several, with its own labels and, where they are unlocked, its own window. */
import type { Look } from "../../draw/colours.js";
import type { PlacedGrid } from "../../draw/placed-grid.js";
import type { PanelAbout, SideBySideReply, SideBySideRequest, SideBySideState } from "../../protocol/side-by-side.js";
import { commonHandle, type ModelHandle } from "../handle.js";
import { Windows } from "../several/volumes.js";
import { lookNow, neighbours } from "../slices/drawing.js";
import type { PaneCanvas } from "../slices/pane.js";
import type { PlaneKey } from "../slices/planes.js";
import { activePane, type Content, type GreyWindow, indexOf, type PaneImage, type Stage } from "../slices/stage.js";

export type SideBySideHandle = ModelHandle<SideBySideState, SideBySideRequest, SideBySideReply>;

export class Panels implements Content {
  /** Empty until the kernel has told what there is. */
  list: readonly PanelAbout[] = [];
  readonly windows: Windows;
  readonly window: GreyWindow;
  /** Whether volumes are shown where they lie in space. */
  readonly linked: boolean;
  readonly #stage: Stage;
  /** Looks with the phases of a panel, by the look that they were made of. */
  readonly #looks = new WeakMap<Look, Map<number, Look>>();

  constructor(stage: Stage, handle: SideBySideHandle) {
    this.#stage = stage;
    this.linked = handle.get("frame") !== null;
    this.windows = new Windows(handle, stage.scene);
    const active = (): number => activePane(stage)?.volume ?? 0;
    this.window = this.windows.grey(active, stage.ask, () => stage.scene.settle(commonHandle(handle)));
  }

  name(volume: number): string {
    return this.list[volume]?.name ?? "";
  }

  #look(look: Look, volume: number): Look {
    const own = this.windows.look(look, volume);
    const panel = this.list[volume];
    if (panel === undefined || panel.phases === null) return own;
    const known = this.#looks.get(own) ?? new Map<number, Look>();
    this.#looks.set(own, known);
    const { phases, window } = panel;
    // Nothing lies under labels that colours could hide.
    const alone = panel.alone ? { window, opacity: own.opacity > 0 ? 1 : 0 } : {};
    const made = known.get(volume) ?? { ...own, phases, thresholds: [], ...alone };
    known.set(volume, made);
    return made;
  }

  images({ volume }: PaneCanvas, look: Look): readonly PaneImage[] {
    // Which planes are wanted hangs on where a volume lies.
    if (this.linked && this.list.length === 0) return [];
    const labelled = (this.list[volume]?.phases ?? null) !== null;
    return [{ volume, grey: "grey", over: labelled ? "labels" : undefined, look: this.#look(look, volume) }];
  }

  title(pane: PaneCanvas): string {
    const name = this.name(pane.volume);
    return indexOf(this.#stage, pane) === undefined ? `${name}: nothing here` : name;
  }

  grid(volume: number): PlacedGrid | undefined {
    return this.linked ? this.list[volume]?.grid : undefined;
  }

  behind(): undefined {
    return undefined;
  }

  /** The next planes of all panes, for they go together. */
  soon(): readonly PlaneKey[] {
    return neighbours(this.#stage, lookNow(this.#stage), this.#stage.panes);
  }
}
