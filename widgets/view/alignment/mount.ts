/** The view of an alignment: what draws it comes as a chunk of its own, when one is shown. */
import { addStyles, element } from "../dom.js";
import type { Mounted } from "../handle.js";
import type { AlignmentHandle } from "./rasters.js";

const STYLE = `
.voxbook-fields { display: inline-flex; align-items: center; gap: 4px; }
.voxbook-align-fields .voxbook-small { width: 6.2em; }
.voxbook-status { min-height: 20px; font-weight: 600; }
.voxbook-landmarks table { margin-left: 0; }
.voxbook-landmarks th, .voxbook-landmarks td { padding-left: 18px; }
.voxbook-landmarks tr[data-pair=all] td { border-top: 1px solid var(--jp-border-color1, #bbb); }
.voxbook button.voxbook-faint { opacity: 0.55; }
.voxbook [hidden] { display: none; }
`;

/** Builds the view inside an element. */
export function mountAlignment(root: HTMLElement, handle: AlignmentHandle): Mounted {
  addStyles(root.ownerDocument, ["alignment", STYLE]);
  root.classList.add("voxbook");
  root.replaceChildren(element("div", { class: "voxbook-readout", role: "status" }, "loading the alignment …"));
  let board: Mounted | undefined;
  let over = false;
  import("./board.js").then(
    ({ alignmentBoard }) => {
      if (!over) board = alignmentBoard(root, handle);
    },
    (error: unknown) => {
      const text = `what draws an alignment could not be loaded: ${String(error)}; reload the page`;
      root.replaceChildren(element("div", { class: "voxbook-help", role: "alert" }, text));
    },
  );
  return {
    resized: () => board?.resized(),
    dispose() {
      over = true;
      board?.dispose();
    },
  };
}
