/** Views of one volume: what readers do in them is kept as actions. */
import type { Json } from "../../kernel/comm.js";
import { InvalidArgument } from "../../src/core/errors.js";
import type { Action, Reply } from "../protocol.js";
import type { OwnWidget } from "./own-widget.js";
import type { Scene, SceneMember } from "./scene.js";
import { View } from "./view.js";

/** How a number of the state is written in code. */
export const written = (value: number): string =>
  String(Number.isInteger(value) ? value : Number(value.toPrecision(9)));

export abstract class SceneView<State extends object> extends View<State> {
  /** @internal */
  readonly scene: Scene;

  protected constructor(widget: OwnWidget<State>, scene: Scene) {
    super(widget);
    this.scene = scene;
    widget.onMessage(({ kind, id }) => {
      if (kind !== "code") return;
      const reply: Reply = { kind: "code", id: Number(id), text: this.code };
      widget.send(reply as unknown as Record<string, Json>);
    });
  }

  /** A cell that shows this view as it is now; the volume is called by what it is, `scan` or `labels`. */
  abstract get code(): string;

  /**
   * What readers did in the views of this volume, the oldest first, without what was taken back: plain data, for a file or for
   * {@link replay}. What cells set is not in it.
   */
  get actions(): readonly Action[] {
    return structuredClone(this.scene.log.actions);
  }

  /** Takes back the last action, as the button of the view does. @returns false if there is none */
  undo(): Promise<boolean> {
    return this.scene.log.undo();
  }

  /** Does again what was taken back last. @returns false if there is none */
  redo(): Promise<boolean> {
    return this.scene.log.redo();
  }

  /**
   * Does what was done in another view, one after the other.
   * @param actions of {@link actions}, of this or of another volume
   * @throws InvalidArgument if one of them is none, or does not fit this volume; those before it are done
   */
  async replay(actions: readonly Action[]): Promise<void> {
    if (!Array.isArray(actions)) throw new InvalidArgument("replay takes the list of actions that a view has kept");
    await this.scene.log.replay(actions);
  }

  /** Joins the scene, once everything that draws this view is there. */
  protected join(): void {
    this.scene.join(this as unknown as SceneMember);
  }
}
