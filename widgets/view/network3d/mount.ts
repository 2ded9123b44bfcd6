/** What the page shows for `network3d(network)`: an empty frame at once, and the view as soon as its code has come. */
import type { Network3dReply, Network3dRequest, Network3dState } from "../../protocol/network3d.js";
import { addStyles, element } from "../dom.js";
import type { ModelHandle, Mounted } from "../handle.js";
import { STYLE } from "./style.js";

export type NetworkHandle = ModelHandle<Network3dState, Network3dRequest, Network3dReply>;

/** Builds the view inside an element. */
export function mountNetwork3d(root: HTMLElement, handle: NetworkHandle): Mounted {
  addStyles(root.ownerDocument, ["network3d", STYLE]);
  root.classList.add("voxbook");
  const note = element("div", { class: "voxbook-readout", role: "status" }, "The network is being loaded …");
  root.replaceChildren(element("div", { class: "voxbook-network-wait" }, note));
  let mounted: Mounted | undefined;
  let over = false;
  import("./network-view.js").then(
    ({ openNetworkView }) => {
      if (!over) mounted = openNetworkView(root, handle);
    },
    () => {
      note.textContent =
        "The view could not be loaded; reload the page to try again. The picture in the notebook stays.";
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
