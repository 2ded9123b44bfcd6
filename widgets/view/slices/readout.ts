/** What stands below the planes: the voxel under the mouse, and the names of the colours. */
import { formatLength } from "../../../src/core/length.js";
import type { Triple } from "../../../src/core/shape.js";
import { fieldColour, type Look, phaseOf } from "../../draw/colours.js";
import { SIDES } from "../../draw/layout.js";
import type { FieldFacts } from "../../protocol.js";
import { element, isolated } from "../dom.js";
import { activePane, inside, type Stage, valueAt } from "./stage.js";

/** The voxel under the mouse, else the cursor's. */
export function voxelShown(stage: Stage): Triple {
  const { hover, scene } = stage;
  if (hover === undefined) return scene.state.cursor;
  const { right, down } = SIDES[hover.axis];
  const at = (n: number, k: number): number =>
    k === right ? inside(stage, Math.floor(hover.right), k) : k === down ? inside(stage, Math.floor(hover.down), k) : n;
  return scene.state.cursor.map(at) as unknown as Triple;
}

/** What a forest says of a voxel. */
function predictedText({ predicted, handle }: Stage, value: number): string {
  const { show } = predicted!;
  const nameOf = (label: unknown): string =>
    isolated(handle.get("phases").find((one) => one.label === label)?.name ?? "nothing");
  if (show === "labels") return `predicted ${nameOf(value)}`;
  return `${show === "uncertainty" ? show : `probability of ${nameOf(show)}`} ${Number(value.toPrecision(3))}`;
}

/** Position, grey value and phase in one line. */
export function readoutText(stage: Stage): string {
  const { handle, hover, scene, look } = stage;
  const { spacing } = stage.volume;
  const pane = hover?.pane ?? activePane(stage);
  const at = voxelShown(stage);
  const parts = [`z ${at[0]}  y ${at[1]}  x ${at[2]}`];
  if (spacing !== null) parts.push(at.map((n, k) => formatLength(n * spacing[k]!)).join(", "));
  if (pane === undefined) return parts.join("   ·   ");
  const grey = valueAt(stage, pane, at, "grey");
  if (grey !== undefined) parts.push(`grey ${grey.exact ? "" : "≈ "}${Number(grey.value.toPrecision(6))}`);
  const field = handle.get("field");
  const value = field === null ? undefined : valueAt(stage, pane, at, "field");
  if (value !== undefined) parts.push(`${isolated(field!.name)} ${Number(value.value.toPrecision(4))}`);
  const phases = look?.phases ?? [];
  const { thresholds } = scene.state;
  const label = handle.get("labels") ? valueAt(stage, pane, at, "labels")?.value : undefined;
  const phase = handle.get("labels")
    ? phases.find((one) => one.label === label)
    : thresholds.length > 0 && grey !== undefined
      ? phases[phaseOf(grey.value, thresholds)]
      : undefined;
  if (phase !== undefined) parts.push(`${stage.predicted === undefined ? "" : "scribbled "}${isolated(phase.name)}`);
  else if (label !== undefined && label > 0 && phases.length === 0) parts.push(`label ${label}`);
  const predicted = stage.predicted && pane && valueAt(stage, pane, at, "prediction")?.value;
  if (predicted !== undefined) parts.push(predictedText(stage, predicted));
  return parts.join("   ·   ");
}

/** The colours of a field with the values at their ends. */
export function fieldLegend({ name, range }: FieldFacts): HTMLElement[] {
  const colours = Array.from({ length: 9 }, (_, k) => `rgb(${fieldColour(k / 8).join(",")})`);
  const bar = element("span", { class: "voxbook-scale" });
  bar.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
  const text = (value: number): string => String(Number(value.toPrecision(4)));
  return [element("span", {}, `${isolated(name)} ${text(range[0])} `, bar, ` ${text(range[1])}`)];
}

/** Names of the colours that lie over the grey values. */
export function legendOf({ phases, thresholds, opacity }: Look, labels: boolean): HTMLElement[] {
  const shown = (thresholds.length > 0 || labels) && opacity > 0 ? phases : [];
  return shown.map(({ name, colour }) => {
    const chip = element("span", { class: "voxbook-chip" });
    chip.style.background = colour;
    return element("span", {}, chip, name);
  });
}
