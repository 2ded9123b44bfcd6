/** The view of an alignment, with the rules of its own. */
import { addStyles } from "../dom.js";
import type { Mounted } from "../handle.js";
import { alignmentBoard } from "./board.js";
import type { AlignmentHandle } from "./rasters.js";

const STYLE = `
.voxbook-fields { display: inline-flex; align-items: center; gap: 4px; }
.voxbook-align-fields .voxbook-small { width: 6.2em; }
.voxbook-status { min-height: 20px; font-weight: 600; }
.voxbook-landmarks table { margin-left: 0; }
.voxbook-landmarks th, .voxbook-landmarks td { padding-left: 18px; }
.voxbook-landmarks tr[data-pair=all] td { border-top: 1px solid var(--jp-border-color1, #bbb); }
.voxbook button.voxbook-faint { opacity: 0.55; }
`;

/** Builds the view inside an element. */
export function mountAlignment(root: HTMLElement, handle: AlignmentHandle): Mounted {
  addStyles(root.ownerDocument, ["alignment", STYLE]);
  return alignmentBoard(root, handle);
}
