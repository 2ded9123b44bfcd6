/** Numbers of where the moving picture is: typed, they move it. */
import { gridMap, mapped } from "../../../src/core/affine.js";
import type { Triple } from "../../../src/core/shape.js";
import { button, choice, element } from "../dom.js";
import { allows } from "./grips.js";
import { type Placement, placementOf, scaled, shifted, toAngles } from "./motions.js";
import { type AlignmentStage, move, saveView, settleMove } from "./stage.js";

const AXIS_NAMES = ["z", "y", "x"] as const;

/** Middle of the moving volume in its own space. */
export const ownMiddle = ({ moving }: AlignmentStage): Triple =>
  mapped(gridMap(moving), moving.shape.map((n) => (n - 1) / 2) as unknown as Triple);

/** Where the moving picture is; undefined under a thin plate. */
export function placementNow(stage: AlignmentStage): Placement | undefined {
  const { map } = stage.facts.transform;
  return map === null ? undefined : placementOf(map, ownMiddle(stage));
}

function numberField(title: string, step: string, changed: (value: number) => void): HTMLInputElement {
  const field = element("input", { type: "number", step, title, "aria-label": title, class: "voxbook-small" });
  field.addEventListener("change", () => {
    if (field.value !== "" && Number.isFinite(field.valueAsNumber)) changed(field.valueAsNumber);
  });
  return field;
}

export interface Fields {
  readonly row: HTMLElement;
  /** Shows the numbers of now; a field that is being written in keeps what was written. */
  follow(): void;
}

/** Middle in µm, angles in degrees, scale; what is turned about; and which greys are black and white. */
export function fieldsOf(stage: AlignmentStage): Fields {
  const act = (motion: Parameters<typeof move>[1]): void => {
    move(stage, motion);
    settleMove(stage);
  };
  const places = AXIS_NAMES.map((axis, k) =>
    numberField(`middle of the moving volume along ${axis}, µm`, "any", (value) => {
      const now = placementNow(stage);
      if (now === undefined) return;
      const by = [0, 0, 0] as [number, number, number];
      by[k] = value * 1e-6 - now.middle[k]!;
      act(shifted(by));
    }),
  );
  const angles = AXIS_NAMES.map((axis) =>
    numberField(`turned about ${axis}, degrees`, "0.1", (value) => {
      const now = placementNow(stage);
      const { map } = stage.facts.transform;
      if (now !== undefined && map !== null) act(toAngles(map, { ...now.angles, [axis]: value }, now.middle));
    }),
  );
  const size = numberField("scale of the moving volume, %", "any", (value) => {
    const now = placementNow(stage);
    if (now !== undefined && value > 0) act(scaled(value / 100 / now.scale, now.middle));
  });
  const about = choice("what the rim and [ ] turn about", [
    ["middle", "middle"],
    ["cursor", "cursor"],
  ]);
  about.addEventListener("change", () => {
    stage.turnAbout = about.value as AlignmentStage["turnAbout"];
  });
  const windows = windowFields(stage);
  const label = (text: string, ...fields: HTMLElement[]): HTMLElement =>
    element("span", { class: "voxbook-fields", role: "group", "aria-label": text }, text, ...fields);
  const show = (field: HTMLInputElement, value: number, digits: number): void => {
    if (field !== field.ownerDocument.activeElement) field.value = String(Number(value.toFixed(digits)));
  };
  const row = element(
    "div",
    { class: "voxbook-bar voxbook-align-fields" },
    label("middle z y x, µm", ...places),
    label("turned z y x, °", ...angles),
    label("scale, %", size),
    element("label", {}, "turn about ", about),
    ...windows.parts,
  );
  return {
    row,
    follow() {
      const now = placementNow(stage);
      const { model } = stage;
      for (const field of [...places, ...angles, size]) field.disabled = now === undefined;
      windows.follow(show);
      if (now === undefined) return;
      for (const field of angles) field.disabled = !allows(model, "turn");
      size.disabled = !allows(model, "scale");
      for (const [k, field] of places.entries()) show(field, now.middle[k]! * 1e6, 4);
      for (const [k, field] of angles.entries()) show(field, now.angles[AXIS_NAMES[k]!], 4);
      show(size, now.scale * 100, 4);
    },
  };
}

/** Greys of both volumes, hidden until they are asked for. */
function windowFields(stage: AlignmentStage): {
  parts: HTMLElement[];
  follow(show: (field: HTMLInputElement, value: number, digits: number) => void): void;
} {
  const ends = (["fixed", "moving"] as const).flatMap((side) =>
    ([0, 1] as const).map((end) => ({
      side,
      end,
      field: numberField(`${side} volume: grey value shown as ${end === 0 ? "black" : "white"}`, "any", (value) => {
        const window = [...stage.windows[side]] as [number, number];
        window[end] = value;
        if (!(window[0] < window[1])) return stage.say("black has to be a lower grey value than white");
        stage.windows = { ...stage.windows, [side]: window };
        stage.ask();
        saveView(stage);
      }),
    })),
  );
  const all = element(
    "span",
    { class: "voxbook-fields", role: "group", "aria-label": "grey values" },
    "fixed",
    ends[0]!.field,
    ends[1]!.field,
    "moving",
    ends[2]!.field,
    ends[3]!.field,
  );
  all.hidden = true;
  const open = button("Greys", "which grey values are black and white", () => {
    all.hidden = !all.hidden;
    open.setAttribute("aria-expanded", String(!all.hidden));
  });
  open.setAttribute("aria-expanded", "false");
  return {
    parts: [open, all],
    follow(show) {
      for (const { side, end, field } of ends) show(field, stage.windows[side][end], 6);
    },
  };
}
