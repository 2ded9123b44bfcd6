/**
 * The table of the labels of a volume: what the page shows for `tableOf(table, { labels })`. A gesture in a part of it (scatter.ts, bars.ts,
 * grid.ts) selects labels in the scene by `beginSelecting` (stage.ts); the parts and all slices of the volume draw in the next frame.
 */
import type { TableReply } from "../../protocol/table.js";
import { addStyles, element } from "../dom.js";
import type { Mounted } from "../handle.js";
import type { TableHandle } from "./columns.js";
import { TABLE_STYLE } from "./style.js";

/** Builds the view inside an element: its code and its columns come after it. */
export function mountTable(root: HTMLElement, handle: TableHandle): Mounted {
  addStyles(root.ownerDocument, ["table", TABLE_STYLE]);
  root.classList.add("voxbook", "voxbook-table");
  const note = element("div", { class: "voxbook-readout", role: "status" }, `${handle.get("title")}: loading …`);
  root.replaceChildren(note);
  let mounted: Mounted | undefined;
  let over = false;
  const code = import("./view.js");
  const stop = handle.onMessage((reply: TableReply) => {
    if (reply.kind !== "facts" || mounted !== undefined) return;
    code.then(
      ({ tableView }) => {
        if (!over && mounted === undefined) mounted = tableView(root, handle, reply);
      },
      () => {
        note.textContent = "The table could not be loaded; reload the page to try again.";
      },
    );
  });
  handle.send({ kind: "facts", id: 0 });
  return {
    resized: () => mounted?.resized(),
    dispose() {
      over = true;
      stop();
      mounted?.dispose();
    },
  };
}
