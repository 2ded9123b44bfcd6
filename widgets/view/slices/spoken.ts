/** What a screen reader says: where the cursor has come to, once it rests there. */
import { element } from "../dom.js";
import { activePane, indexOf, type Stage, valueAt } from "./stage.js";

/** A plane that is gone through has nothing to say. */
const REST = 400;
/** Rests that a value is waited for. */
const LONGEST = 10;

export interface Spoken {
  readonly element: HTMLElement;
  /** To be called whenever the scene has changed. */
  soon(): void;
  dispose(): void;
}

/** @param text what stands below the planes */
export function spokenPlace(stage: Stage, text: (stage: Stage) => string): Spoken {
  const made = element("div", { class: "voxbook-spoken", role: "status" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waited = 0;
  let said = stage.scene.state.cursor.join();
  const say = (): void => {
    const now = stage.scene.state.cursor.join();
    // A mouse that passes says nothing, nor does a window that is drawn.
    if (now === said) return;
    // The plane may still be on its way; where it never comes, its place is said without a value.
    const pane = activePane(stage);
    if (
      pane !== undefined &&
      indexOf(stage, pane) !== undefined &&
      valueAt(stage, pane, stage.scene.state.cursor, "grey") === undefined &&
      waited++ < LONGEST
    ) {
      timer = setTimeout(say, REST);
      return;
    }
    said = now;
    made.textContent = text({ ...stage, hover: undefined }).replaceAll(/\s+·\s+/g, ", ");
  };
  return {
    element: made,
    soon() {
      waited = 0;
      clearTimeout(timer);
      timer = setTimeout(say, REST);
    },
    dispose: () => clearTimeout(timer),
  };
}
