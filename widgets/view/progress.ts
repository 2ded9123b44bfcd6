/** The bar of a long function, with Stop. */
import type { ProgressState } from "../protocol.js";
import { addStyles, button, element } from "./dom.js";
import type { ModelHandle, Mounted } from "./handle.js";

/** Seconds as a reader says them. */
const spoken = (seconds: number): string =>
  seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

/** Builds the view inside an element. */
export function mountProgress(root: HTMLElement, handle: ModelHandle<ProgressState>): Mounted {
  addStyles(root.ownerDocument);
  root.classList.add("voxbook");
  const fill = element("div");
  const text = element("span");
  const stop = button("Stop", "stop this computation; variables stay as they were", () => {
    stop.disabled = true;
    handle.send({ kind: "stop" });
  });
  const track = element(
    "div",
    { class: "voxbook-track", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" },
    fill,
  );
  root.replaceChildren(element("div", { class: "voxbook-progress" }, track, text, stop));
  const draw = (): void => {
    const { operation, done, total, seconds, state } = {
      operation: handle.get("operation"),
      done: handle.get("done"),
      total: handle.get("total"),
      seconds: handle.get("seconds"),
      state: handle.get("state"),
    };
    track.setAttribute("aria-label", operation);
    stop.hidden = state !== "running";
    const share = total === null ? undefined : total === 0 ? 1 : done / total;
    fill.style.width = `${100 * (share ?? 0)}%`;
    // Without a value the bar says to a screen reader that its end is not known.
    if (share === undefined) track.removeAttribute("aria-valuenow");
    else track.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    // In its first moments nobody can say how long it takes.
    const known = share !== undefined && share > 0.02 && seconds >= 1;
    const left = known ? `, about ${spoken((seconds * (1 - share)) / share)} left` : "";
    const far = share === undefined ? `${done}` : `${Math.floor(100 * share)} %${left}`;
    text.textContent = state === "running" ? `${operation} ${far}` : `${operation}: ${state} after ${seconds} s`;
  };
  draw();
  return { resized: () => undefined, dispose: handle.onChange(draw) };
}
