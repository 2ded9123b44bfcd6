/** Phases that are seen and surfaces that are drawn: a button each, and for a surface its files. */
import { phaseTable } from "../../../src/core/phases.js";
import { labelColour } from "../../draw/transfer.js";
import { button, choice, download, element, group } from "../dom.js";
import type { Stage3d } from "./stage.js";

const MOST = 16;

function chip(colour: string): HTMLElement {
  const made = element("span", { class: "voxbook-chip" });
  made.style.background = colour;
  return made;
}

const without = (list: readonly number[], one: number): number[] => list.filter((n) => n !== one);

export function phasePanel(stage: Stage3d): { readonly panel: HTMLElement; follow(): void } {
  const { handle } = stage;
  const seen = element("span", { class: "voxbook-bar", role: "group", "aria-label": "phases that are seen" });
  const surfaces = element("span", { class: "voxbook-bar", role: "group", "aria-label": "surfaces" });
  const panel = element("div", { class: "voxbook-bar" }, seen, surfaces);
  const which = choice("surface to save", []);
  const files = (["stl", "glb"] as const).map((format) =>
    button(
      format.toUpperCase(),
      format === "stl" ? "save the surface as STL, in µm" : "save the surface as glTF, in metres",
      () => {
        void exportSurface(format);
      },
    ),
  );

  async function exportSurface(format: "stl" | "glb"): Promise<void> {
    const label = Number(which.value);
    const name = handle.get("phases").find((one) => one.label === label)?.name ?? `label ${label}`;
    try {
      stage.say(`Making the surface of ${name} …`);
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for (let part = 0, all = 1; part < all; part++) {
        const { reply, buffers } = await stage.asking.ask({ kind: "export", volume: 0, label, format, part });
        all = reply.parts;
        const { buffer, byteOffset, byteLength } = buffers[0]!;
        parts.push(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice());
      }
      download(new Blob(parts), `${name.replace(/[^\p{L}\p{N}]+/gu, "-")}.${format}`);
      stage.say("");
    } catch (error) {
      stage.failed((error as Error).message);
    }
  }

  let drawn = "";
  function follow(): void {
    const { display, scene } = stage;
    const labelled = handle.get("labelled");
    const surfaced = handle.get("surfaced");
    const labels = handle.get("phases");
    const phases = labelled || !surfaced ? labels : phaseTable(scene.state.thresholds.length + 1);
    const shown =
      labelled || (scene.state.thresholds.length > 0 && display.mode === "composite") ? phases.slice(0, MOST) : [];
    const listed = surfaced ? labels.slice(0, MOST) : [];
    const state = JSON.stringify([shown, listed, display.hidden, display.surfaces, display.mode]);
    if (state === drawn) return;
    drawn = state;
    seen.replaceChildren(
      ...(display.mode === "none" ? [] : shown).map(({ label, name, colour }) => {
        const hidden = display.hidden.includes(label);
        const made = button(name, `show or hide ${name}`, () => {
          stage.show({ hidden: hidden ? without(stage.display.hidden, label) : [...stage.display.hidden, label] });
          stage.settle();
        });
        made.prepend(chip(colour));
        made.setAttribute("aria-pressed", String(!hidden));
        return made;
      }),
    );
    const chosen = which.value;
    which.replaceChildren(...listed.map(({ label, name }) => element("option", { value: String(label) }, name)));
    which.value = chosen === "" ? String((listed[1] ?? listed[0])?.label ?? "") : chosen;
    surfaces.replaceChildren(
      ...(listed.length === 0
        ? []
        : [
            "surfaces ",
            ...listed.map(({ label, name }) => {
              const on = display.surfaces.includes(label);
              const made = button(name, `draw the surface of ${name}, or take it away`, () => {
                const { surfaces: now } = stage.display;
                stage.show({ surfaces: on ? without(now, label) : [...now, label] });
                stage.settle();
              });
              made.prepend(chip(labelColour(label, labels)));
              made.setAttribute("aria-pressed", String(on));
              return made;
            }),
            which,
            group(...files),
          ]),
    );
    panel.hidden = seen.childElementCount + surfaces.childElementCount === 0;
  }
  return { panel, follow };
}
