/** The rows above a view in space. */
import { isoOf } from "../../draw/transfer.js";
import type { RenderMode } from "../../protocol/volume3d.js";
import { button, choice, element, group } from "../dom.js";
import { look, VIEWS } from "./moves.js";
import type { Stage3d } from "./stage.js";

export const MODES: readonly (readonly [RenderMode, string])[] = [
  ["composite", "composite"],
  ["mip", "maximum"],
  ["average", "average"],
  ["iso", "isosurface"],
  ["none", "no volume"],
];

export const HELP3D: readonly (readonly [keys: string, does: string])[] = [
  ["drag, arrows", "turn"],
  ["Shift+drag, Shift+arrows", "move"],
  ["wheel, + −", "zoom"],
  ["0", "whole volume"],
  ["1 2 3", "along z, y, x"],
  ["double click, Enter", "cursor to what is there (in the middle)"],
  ["m", "next mode"],
  ["l", "lamp"],
  ["p", "planes through the cursor"],
  ["c", "clip planes: pull their handles"],
  ["x y z", "choose a clip plane, once more the one behind"],
  ["Page Up, Page Down", "move it (Shift: by ten voxels)"],
  ["[ ]", "density, or the grey value of the isosurface"],
  ["s", "save a picture"],
  ["u, Shift+U", "undo, redo"],
  ["h", "this help"],
];

export interface Toolbar3d {
  readonly bar: HTMLElement;
  readonly help: HTMLElement;
  nextMode(): void;
  toggle(what: "lit" | "planes" | "clip"): void;
  /** Denser or thinner, or the isosurface at another value. */
  step(by: 1 | -1): void;
  follow(): void;
}

export function toolbar3d(
  stage: Stage3d,
  parts: {
    readonly history: HTMLElement;
    readonly snapshot: HTMLElement;
    readonly headset: HTMLElement;
    clip(shown: boolean): void;
  },
): Toolbar3d {
  const { handle } = stage;
  const volume = handle.get("volume");
  const labelled = handle.get("labelled");
  const mode = choice(
    "how voxels are shown (m)",
    MODES.filter(([name]) => name !== "none" || handle.get("surfaced")),
  );
  mode.addEventListener("change", () => {
    stage.show({ mode: mode.value as RenderMode });
    stage.settle();
  });
  const density = element("input", { type: "range", min: "0", max: "1", step: "0.01", "aria-label": "density" });
  density.addEventListener("input", () => stage.show({ opacity: Number(density.value) }));
  density.addEventListener("change", stage.settle);
  const dense = element("label", {}, "density ", density);
  const { range } = volume;
  const iso = element("input", {
    type: "range",
    min: String(range[0]),
    max: String(range[1]),
    step: volume.dtype === "float32" ? "any" : "1",
    "aria-label": "grey value of the isosurface",
  });
  const value = element("output", {});
  iso.addEventListener("input", () => {
    // The surface at a threshold is that threshold: all views follow.
    const { thresholds } = stage.scene.state;
    if (stage.display.iso !== null || thresholds.length === 0) stage.show({ iso: Number(iso.value) });
    else {
      const last = Math.max(thresholds.at(-2) ?? range[0], Number(iso.value));
      stage.scene.update({ thresholds: [...thresholds.slice(0, -1), last] });
    }
    follow();
  });
  iso.addEventListener("change", () => {
    stage.scene.settle(handle as never);
    stage.settle();
  });
  const surface = element("label", {}, "surface at ", iso, value);
  const lamp = button("Lamp", "light (l)", () => toggle("lit"));
  const planes = button("Planes", "the three planes through the cursor (p)", () => toggle("planes"));
  const clip = button("Clip", "six clip planes (c)", () => toggle("clip"));
  const help = element(
    "div",
    { class: "voxbook-help" },
    ...HELP3D.map(([keys, does]) => element("span", {}, element("kbd", {}, keys), ` ${does}`)),
  );
  help.hidden = true;
  const views = Object.entries(VIEWS).map(([axis, from], k) =>
    button(axis, `look along ${axis} (${k + 1})`, () => {
      look(stage, from);
      stage.settle();
    }),
  );

  function toggle(what: "lit" | "planes" | "clip"): void {
    if (what === "clip") {
      stage.clipping = !stage.clipping;
      parts.clip(stage.clipping);
      stage.ask();
      follow();
      return;
    }
    stage.show({ [what]: !stage.display[what] });
    stage.settle();
  }
  function follow(): void {
    const { display } = stage;
    mode.value = display.mode;
    density.value = String(display.opacity);
    dense.hidden = display.mode === "iso" || display.mode === "none";
    surface.hidden = display.mode !== "iso" || labelled;
    const at = isoOf({ display, ...stage.scene.state });
    iso.value = String(at);
    value.textContent = ` ${Number(at.toPrecision(5))}`;
    lamp.setAttribute("aria-pressed", String(display.lit));
    planes.setAttribute("aria-pressed", String(display.planes));
    clip.setAttribute("aria-pressed", String(stage.clipping));
  }
  const bar = element(
    "div",
    { class: "voxbook-bar" },
    element("span", { class: "voxbook-title" }, volume.title),
    mode,
    dense,
    surface,
    group(lamp, planes, clip),
    group(
      ...views,
      button("Fit", "whole volume (0)", () => {
        look(stage);
        stage.settle();
      }),
    ),
    parts.snapshot,
    parts.headset,
    parts.history,
    button("?", "keys and mouse (h)", () => {
      help.hidden = !help.hidden;
    }),
  );
  return {
    bar,
    help,
    toggle,
    follow,
    nextMode() {
      const all = [...mode.options].map((option) => option.value as RenderMode);
      stage.show({ mode: all[(all.indexOf(stage.display.mode) + 1) % all.length]! });
      stage.settle();
    },
    step(by) {
      if (surface.hidden) stage.show({ opacity: Math.min(1, Math.max(0, stage.display.opacity + 0.05 * by)) });
      else {
        const step =
          volume.dtype === "float32"
            ? (range[1] - range[0]) / 100
            : Math.max(1, Math.round((range[1] - range[0]) / 100));
        iso.value = String(Number(iso.value) + by * step);
        iso.dispatchEvent(new Event("input"));
        iso.dispatchEvent(new Event("change"));
        return;
      }
      stage.settle();
    },
  };
}
