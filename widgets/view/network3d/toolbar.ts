/** Above the network: which column colours it, what is drawn, which way is shown. */
import type { ColumnFacts, NetworkShown, NetworkTable, PathChoice } from "../../protocol/network3d.js";
import { button, choice, element, group } from "../dom.js";
import { helpOf } from "./keys.js";
import type { Stage } from "./stage.js";

export interface Toolbar {
  readonly bar: HTMLElement;
  readonly help: HTMLElement;
  readonly keys: Readonly<Record<string, () => void>>;
  /** Shows what is chosen now. */
  follow(): void;
}

/** A list of columns, those of pores and those of throats. */
function fillColumns(select: HTMLSelectElement, columns: Readonly<Record<NetworkTable, readonly ColumnFacts[]>>): void {
  select.replaceChildren(
    ...(["pores", "throats"] as const).map((of) =>
      element(
        "optgroup",
        { label: of },
        ...columns[of].map(({ name }) => element("option", { value: `${of} ${name}` }, name)),
      ),
    ),
  );
}

/** @param history buttons that all views have */
export function toolbarOf(stage: Stage, history: HTMLElement): Toolbar {
  const { handle } = stage;
  const colour = choice("column of the colours", []);
  colour.classList.add("voxbook-network-colour");
  colour.addEventListener("change", () => {
    const [, of, name] = /^(pores|throats) (.*)$/s.exec(colour.value)!;
    stage.note({ colour: { of: of as NetworkTable, name: name! }, range: null });
    stage.settle();
  });
  const scales = (["linear", "log"] as const).map((scale) =>
    button(scale, scale === "log" ? "logarithmic colours and histogram" : "linear colours and histogram", () => {
      stage.note({ scale, range: null });
      stage.settle();
    }),
  );
  const toggle =
    (part: keyof NetworkShown): (() => void) =>
    () => {
      const show = handle.get("show");
      stage.note({ show: { ...show, [part]: !show[part] } });
      stage.settle();
    };
  const shown = {
    throats: button("Throats", "throats on or off (t)", toggle("throats")),
    ghost: button("Phase", "the phase behind the network, on or off (g)", toggle("ghost")),
    voxels: button("Voxels", "the voxels of the selected pore, on or off (v)", toggle("voxels")),
  };
  const has = handle.get("has");
  shown.ghost.hidden = !has.ghost;
  shown.voxels.hidden = !has.voxels;

  const axis = choice(
    "axis of the way",
    (["z", "y", "x"] as const).filter((_, k) => handle.get("shape")[k]! > 1).map((name) => [name, name] as const),
  );
  const by = choice("which way", [
    ["widest", "widest"],
    ["shortest", "shortest"],
  ]);
  const chosen = (): PathChoice => ({ axis: axis.value, by: by.value }) as PathChoice;
  const setPath = (path: PathChoice | null): void => {
    stage.note({ path });
    stage.settle();
  };
  const way = button("Way", "a way from the low to the high face, on or off (w)", () =>
    setPath(handle.get("path") === null ? chosen() : null),
  );
  for (const select of [axis, by])
    select.addEventListener("change", () => handle.get("path") !== null && setPath(chosen()));

  const help = helpOf();
  help.hidden = true;
  const question = button("?", "keys and mouse", () => {
    help.hidden = !help.hidden;
    question.setAttribute("aria-expanded", String(!help.hidden));
  });
  const pressed = (made: HTMLElement, on: boolean): void => made.setAttribute("aria-pressed", String(on));

  function follow(): void {
    const now = handle.get("colour");
    colour.value = `${now.of} ${now.name}`;
    for (const made of scales) pressed(made, made.textContent === handle.get("scale"));
    const show = handle.get("show");
    for (const [part, made] of Object.entries(shown)) pressed(made, show[part as keyof NetworkShown]);
    shown.voxels.disabled = handle.get("selected") === null;
    const path = handle.get("path");
    pressed(way, path !== null);
    if (path !== null) [axis.value, by.value] = [path.axis, path.by];
  }
  stage.data.columns().then((columns) => {
    fillColumns(colour, columns);
    follow();
  }, stage.failed);
  follow();

  return {
    bar: element(
      "div",
      { class: "voxbook-bar" },
      element("span", { class: "voxbook-title" }, handle.get("title")),
      element("label", {}, "colour", colour),
      group(...scales),
      group(shown.throats, shown.ghost, shown.voxels),
      element("span", { class: "voxbook-group" }, way, by, axis),
      history,
      question,
    ),
    help,
    keys: {
      t: toggle("throats"),
      g: () => has.ghost && toggle("ghost")(),
      v: () => has.voxels && toggle("voxels")(),
      w: () => way.click(),
    },
    follow,
  };
}
