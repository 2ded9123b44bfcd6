/** Six sliders, one a clip plane; the box that was drawn in slices can be taken. */
import { formatLength } from "../../../src/core/length.js";
import { AXES } from "../../../src/core/shape.js";
import { button, element } from "../dom.js";
import { clipNow, moveClip } from "./moves.js";
import type { Stage3d } from "./stage.js";

export function clipPanel(stage: Stage3d): { readonly panel: HTMLElement; follow(): void } {
  const { shape, spacing } = stage.members[0]!;
  const rows = Object.keys(AXES).map((name, axis) => {
    const most = shape[axis]!;
    const sliders = [0, 1].map((end) => {
      const slider = element("input", {
        type: "range",
        min: "0",
        max: String(most),
        step: "1",
        "aria-label": `clip plane ${end === 0 ? "before" : "behind"} ${name}`,
      });
      slider.addEventListener("input", () => {
        moveClip(stage, 2 * axis + end, Number(slider.value));
        follow();
      });
      slider.addEventListener("change", stage.settle);
      return slider;
    });
    const text = element("output", {});
    return { sliders, text, row: element("label", {}, `${name} `, ...sliders, text) };
  });
  const box = button("Box", "clip to the box that was drawn in the slices", () => {
    const { region } = stage.scene.state;
    if (region !== null) stage.show({ clip: region });
    else stage.say("No box was drawn: draw one in the slices of this volume (r).");
    stage.settle();
  });
  const all = button("All", "no clipping", () => {
    stage.show({ clip: null });
    stage.settle();
  });
  const panel = element("div", { class: "voxbook-bar voxbook-clip" }, ...rows.map(({ row }) => row), box, all);
  panel.hidden = true;
  function follow(): void {
    const { start, stop } = clipNow(stage);
    for (const [axis, { sliders, text }] of rows.entries()) {
      sliders[0]!.value = String(start[axis]);
      sliders[1]!.value = String(stop[axis]);
      const length = (n: number): string => (spacing === null ? String(n) : formatLength(n * spacing[axis]!));
      text.textContent = ` ${length(start[axis]!)} … ${length(stop[axis]!)}`;
    }
  }
  follow();
  return { panel, follow };
}
