/** What the page shows for `volume3d(volume)`: a place for it at once; what draws it is loaded with the first one of a page. */
import type { Reply3d, Request3d, Volume3dState } from "../../protocol/volume3d.js";
import { addStyles, element } from "../dom.js";
import type { ModelHandle, Mounted } from "../handle.js";

export function mountVolume3d(root: HTMLElement, handle: ModelHandle<Volume3dState, Request3d, Reply3d>): Mounted {
  addStyles(root.ownerDocument);
  root.classList.add("voxbook");
  const state = element("div", { class: "voxbook-readout", role: "status" }, "Loading the view in space …");
  root.replaceChildren(state);
  let mounted: Mounted | undefined;
  let over = false;
  import("./space-view.js").then(
    ({ spaceView }) => {
      if (!over) mounted = spaceView(root, handle);
    },
    () => {
      state.textContent = "The view in space could not be loaded; load the page again. slices(…) works without it.";
    },
  );
  return {
    resized: () => mounted?.resized(),
    dispose() {
      over = true;
      mounted?.dispose();
    },
  };
}
