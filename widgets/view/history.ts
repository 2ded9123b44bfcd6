/** Undo, redo, the cell that makes a view, and the view as a figure: buttons that all views have. */
import type { HistoryState } from "../protocol.js";
import { button, element, group } from "./dom.js";
import { figureButton } from "./figure.js";
import type { ModelHandle } from "./handle.js";
import { nextNumber } from "./request-number.js";

const SHOWN_MS = 1500;

export interface HistoryButtons {
  readonly group: HTMLElement;
  /** Opens with the code where the page may not write to the clipboard, and with the choices for a figure. */
  readonly code: HTMLElement;
  dispose(): void;
}

/** @param name of the file that a figure is saved in */
export function historyButtons(handle: ModelHandle<HistoryState>, name = "view"): HistoryButtons {
  const figure = figureButton(handle, name);
  const undo = button("↶", "take back the last gesture (u)", () => handle.send({ kind: "undo" }));
  const redo = button("↷", "do it again (Shift+U)", () => handle.send({ kind: "redo" }));
  const copy = button("Code", "a cell that makes this view as it is now", () => {
    asked = nextNumber();
    handle.send({ kind: "code", id: asked });
  });
  const text = element("textarea", { readonly: "", rows: "5", "aria-label": "code or message" });
  const code = element("div", { class: "voxbook-help" }, text);
  code.hidden = true;
  let asked = 0;
  const showText = (): void => {
    code.hidden = false;
    text.select();
  };
  const stopMessages = handle.onMessage((reply) => {
    // What went wrong with an undo has no number.
    if (reply.kind === "error" && reply.id === 0) {
      text.value = reply.message;
      code.hidden = false;
    }
    if (reply.kind !== "code" || reply.id !== asked) return;
    text.value = reply.text;
    // Not every page may write to the clipboard: over plain HTTP none may.
    if (navigator.clipboard === undefined) return showText();
    navigator.clipboard.writeText(reply.text).then(() => {
      copy.textContent = "Copied";
      setTimeout(() => {
        copy.textContent = "Code";
      }, SHOWN_MS);
    }, showText);
  });
  const follow = (): void => {
    const [done, undone] = handle.get("history");
    undo.disabled = done === 0;
    redo.disabled = undone === 0;
  };
  follow();
  const stopChanges = handle.onChange(follow);
  return {
    group: group(undo, redo, copy, figure.button),
    code: element("div", {}, code, figure.panel),
    dispose() {
      figure.dispose();
      stopMessages();
      stopChanges();
    },
  };
}
