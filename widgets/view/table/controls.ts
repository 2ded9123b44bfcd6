/** The rows of buttons and lists above the plots. */
import type { GroupFacts, TableDisplay } from "../../protocol/table.js";
import { button, choice, element, group } from "../dom.js";
import type { Bars } from "./bars.js";
import type { Scatter, ScatterTool } from "./scatter.js";
import { beginSelecting, named, settle, show, type TableStage } from "./stage.js";

export interface Controls {
  readonly rows: readonly HTMLElement[];
  /** Shows what is selected and how the table is shown now. */
  follow(): void;
  setGroups(groups: readonly GroupFacts[]): void;
  /** Shows the span of the histogram that is being drawn. */
  setSpan(low: number, high: number): void;
}

/** Keeps what is selected under a name, and selects what is kept. */
function groupControls({ handle }: TableStage): {
  row: HTMLElement;
  follow(count: number): void;
  set: Controls["setGroups"];
} {
  const name = element("input", {
    type: "text",
    class: "voxbook-table-name",
    maxlength: "40",
    placeholder: "name",
    "aria-label": "name to keep the selection as",
  });
  let selected = 0;
  const send = (kind: "keep" | "recall" | "forget", of: string): void => {
    // No number of a question: what goes wrong is shown below the plots.
    handle.send({ kind, id: -1, name: of });
    handle.send({ kind: "settled" });
  };
  const keep = button("Keep", "keep the selection under this name", () => {
    send("keep", name.value.trim());
    name.value = "";
    follow(selected);
  });
  const kept = element("select", { title: "select what is kept", "aria-label": "select what is kept" });
  const forget = button("×", "forget the group that is chosen", () => send("forget", kept.value));
  kept.addEventListener("change", () => {
    if (kept.value !== "") send("recall", kept.value);
    forget.disabled = kept.value === "";
  });
  name.addEventListener("input", () => follow(selected));
  name.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && !keep.disabled) keep.click();
  });
  function follow(count: number): void {
    selected = count;
    keep.disabled = count === 0 || name.value.trim() === "";
  }
  function set(groups: readonly GroupFacts[]): void {
    const chosen = kept.value;
    const options = groups.map((one) => {
      const option = element("option", {}, `${one.name} (${one.count})`);
      option.value = one.name;
      return option;
    });
    kept.replaceChildren(element("option", { value: "" }, "kept …"), ...options);
    kept.value = groups.some((one) => one.name === chosen) ? chosen : "";
    kept.hidden = groups.length === 0;
    forget.hidden = groups.length === 0;
    forget.disabled = kept.value === "";
  }
  set([]);
  follow(0);
  return { row: element("span", { class: "voxbook-group" }, name, keep, kept, forget), follow, set };
}

/** A list of the columns of numbers, and whether the axis is logarithmic. */
function axisControl(
  stage: TableStage,
  title: string,
  part: "x" | "y" | "bars",
  log: "logX" | "logY" | "logBars",
): { row: HTMLElement; follow(): void } {
  const numeric = stage.columns.facts.flatMap((facts, k) =>
    facts.kind === "number" ? [[String(k), named(facts)] as const] : [],
  );
  const list = choice(title, numeric);
  const box = element("input", { type: "checkbox", "aria-label": `logarithmic: ${title}` });
  list.addEventListener("change", () => show(stage, { [part]: Number(list.value) } as Partial<TableDisplay>));
  box.addEventListener("change", () => show(stage, { [log]: box.checked } as Partial<TableDisplay>));
  return {
    row: element("label", {}, list, element("label", {}, box, "log")),
    follow() {
      list.value = String(stage.display[part]);
      box.checked = stage.display[log];
    },
  };
}

export function controlsOf(stage: TableStage, scatter: Scatter, bars: Bars, history: HTMLElement): Controls {
  const tools = (["lasso", "box"] as const).map(
    (tool) =>
      [
        tool,
        button(
          tool === "lasso" ? "Lasso" : "Box",
          `drag in the plot selects by a ${tool}; Shift adds, Alt takes away`,
          () => use(tool),
        ),
      ] as const,
  );
  function use(tool: ScatterTool): void {
    scatter.tool = tool;
    for (const [name, made] of tools) made.setAttribute("aria-pressed", String(name === tool));
  }
  use(scatter.tool);
  const select = (hits: (row: number) => boolean): void => {
    beginSelecting(stage, "replace")(hits);
    settle(stage);
  };
  const all = button("All", "select all rows", () => select(() => true));
  const none = button("None", "select nothing", () => select(() => false));
  const invert = button("Invert", "select what is not selected", () => {
    const { lit } = stage;
    select((row) => lit?.[row] !== 1);
  });
  const groups = groupControls(stage);
  const axes = [
    axisControl(stage, "column to the right", "x", "logX"),
    axisControl(stage, "column upwards", "y", "logY"),
    axisControl(stage, "column of the histogram", "bars", "logBars"),
  ] as const;
  const span = ["smallest", "largest"].map((which) =>
    element("input", {
      type: "number",
      step: "any",
      class: "voxbook-table-span",
      title: `${which} value that is selected; Enter selects`,
      "aria-label": `${which} value that is selected`,
    }),
  ) as [HTMLInputElement, HTMLInputElement];
  for (const input of span)
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter") return;
      const [low, high] = span.map((one, k) =>
        one.value === "" ? (k === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : Number(one.value),
      ) as [number, number];
      bars.select(low, high, event.altKey ? "remove" : event.shiftKey ? "add" : "replace");
    });
  const first = element(
    "div",
    { class: "voxbook-bar" },
    element("span", { class: "voxbook-title" }, stage.handle.get("title")),
    group(...tools.map(([, made]) => made)),
    group(all, invert, none),
    groups.row,
    history,
  );
  const second = element(
    "div",
    { class: "voxbook-bar" },
    element("span", {}, "→"),
    axes[0].row,
    element("span", {}, "↑"),
    axes[1].row,
    element("span", {}, "histogram"),
    axes[2].row,
    element("label", {}, span[0], "to", span[1]),
  );
  return {
    rows: [first, second],
    follow() {
      none.disabled = stage.lit === undefined;
      groups.follow(stage.count);
      for (const axis of axes) axis.follow();
    },
    setGroups: groups.set,
    setSpan(low, high) {
      span[0].value = String(Number(low.toPrecision(4)));
      span[1].value = String(Number(high.toPrecision(4)));
    },
  };
}
