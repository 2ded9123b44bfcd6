/** Views whose code comes when one of them is first shown: what every page loads stays small. */
import { addStyles } from "./dom.js";
import type { ModelHandle, Mounted } from "./handle.js";

type Mount<Handle> = (root: HTMLElement, handle: Handle) => Mounted;

/** A view that is mounted as soon as its code is there. */
export function later<Handle extends ModelHandle<never>>(load: () => Promise<Mount<Handle>>): Mount<Handle> {
  return (root, handle) => {
    let mounted: Mounted | undefined;
    let over = false;
    addStyles(root.ownerDocument);
    root.classList.add("voxbook");
    root.textContent = "the view is being loaded …";
    load().then(
      (mount) => {
        if (over) return;
        root.replaceChildren();
        mounted = mount(root, handle);
      },
      (error: unknown) => {
        root.textContent = `The view could not be loaded (${String(error)}). Reload the page.`;
      },
    );
    return {
      resized: () => mounted?.resized(),
      dispose() {
        over = true;
        mounted?.dispose();
      },
    };
  };
}
