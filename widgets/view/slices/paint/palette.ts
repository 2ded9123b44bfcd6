/** What is painted with: label, brush and limits, and the row of controls that sets them. */
import { formatLength } from "../../../../src/core/length.js";
import type { Limits } from "../../../protocol.js";
import { button, choice, element } from "../../dom.js";
import type { Stage } from "../stage.js";

export interface Palette {
  readonly row: HTMLElement;
  /** The label that is painted. */
  readonly label: number;
  readonly limits: Limits;
  /** Radius of the brush in voxels of the shortest edge. */
  readonly radius: number;
  readonly shape: "disc" | "sphere";
  /** To the next label, or the one before. */
  nextLabel(by: 1 | -1): void;
  /** A larger or smaller brush. */
  scale(factor: number): void;
  /** Turns the limit of grey values on or off. */
  toggleLimit(): void;
}

const LARGEST = 400;

/** Label 0 has no phase where it is what is not labelled yet. */
const labelsOf = ({ handle }: Stage): { label: number; name: string }[] => {
  const phases = handle.get("phases").map(({ label, name }) => ({ label, name }));
  return phases.some(({ label }) => label === 0) ? phases : [{ label: 0, name: "unlabelled" }, ...phases];
};

function numberField(title: string, value: number): HTMLInputElement {
  const made = element("input", { type: "number", title, "aria-label": title, class: "voxbook-small" });
  made.value = String(value);
  return made;
}

export function paletteOf(stage: Stage, interpolate: () => void): Palette {
  const { range, spacing } = stage.volume;
  const labels = labelsOf(stage);
  const names = labels.map(({ label, name }) => [String(label), name] as const);
  const label = choice("label to paint (q w)", names);
  label.value = String(labels.find(({ label: one }) => one > 0)?.label ?? 0);
  const shape = choice("shape of the brush", [
    ["disc", "disc"],
    ["sphere", "sphere"],
  ]);
  const size = element("input", { type: "range", min: "0", max: "100", title: "size of the brush ([ ])" });
  const sizeText = element("span", { class: "voxbook-number" });
  const only = choice("change only voxels of this label", [
    ["", "any label"],
    ...names.map(([v, t]) => [v, `only ${t}`] as const),
  ]);
  const limit = element("input", { type: "checkbox", title: "change only voxels with these grey values (i)" });
  const boxed = element("input", { type: "checkbox", title: "change only voxels in the box that was drawn" });
  const low = numberField("least grey value", Math.ceil(range[0]));
  const high = numberField("largest grey value", Math.floor(range[1]));
  // Scribbles are thin, so that they stay inside a phase.
  const share = stage.predicted === undefined ? 24 : 120;
  let radius = Math.max(1, Math.min(...stage.volume.shape.slice(stage.volume.shape[0] === 1 ? 1 : 0)) / share);

  const showSize = (): void => {
    size.value = String((100 * Math.log(radius / 0.5)) / Math.log(LARGEST / 0.5));
    const short = spacing === null ? undefined : Math.min(...spacing);
    sizeText.textContent = short === undefined ? `${(2 * radius).toFixed(0)} voxels` : formatLength(2 * radius * short);
    stage.ask();
  };
  size.addEventListener("input", () => {
    radius = 0.5 * (LARGEST / 0.5) ** (Number(size.value) / 100);
    showSize();
  });
  for (const made of [shape, only, limit, low, high, label]) made.addEventListener("change", () => stage.ask());
  showSize();
  const row = element(
    "div",
    { class: "voxbook-bar voxbook-palette" },
    element("label", {}, "paint ", label),
    shape,
    element("label", {}, "size ", size, sizeText),
    only,
    element("label", {}, limit, "grey ", low, " … ", high),
    element("label", {}, boxed, "in box"),
    button("Between", "fill the planes between two that have the label, at the cursor (b)", interpolate),
  );
  return {
    row,
    get label() {
      return Number(label.value);
    },
    get limits() {
      const grey = [Number(low.value), Number(high.value)] as const;
      return {
        ...(limit.checked && grey[0] <= grey[1] && { grey }),
        ...(only.value !== "" && { only: Number(only.value) }),
        ...(boxed.checked && stage.scene.state.region !== null && { region: stage.scene.state.region }),
      };
    },
    get radius() {
      return radius;
    },
    get shape() {
      return shape.value as "disc" | "sphere";
    },
    nextLabel(by) {
      label.selectedIndex = (label.selectedIndex + by + names.length) % names.length;
      stage.ask();
    },
    scale(factor) {
      radius = Math.min(LARGEST, Math.max(0.5, radius * factor));
      showSize();
    },
    toggleLimit() {
      limit.checked = !limit.checked;
    },
  };
}
