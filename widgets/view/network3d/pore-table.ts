/** The values of the selected pore, and its neighbours to go to. */
import { button, element } from "../dom.js";
import { neighboursOf, type Stage, select } from "./stage.js";

/** Neighbours that are listed, at most. */
const NEIGHBOURS = 24;

export interface PoreTable {
  readonly element: HTMLElement;
  /** Asks for the row of the pore that is selected now, if it is another one. @param goes other views go to it */
  follow(goes: boolean): void;
}

/** @param found is told the label of the pore and, where other views go to it, its place in voxels */
export function poreTable(
  stage: Stage,
  found: (label: number | null, place: readonly [number, number, number] | undefined) => void,
): PoreTable {
  const body = element("tbody");
  const heading = element("h4");
  const neighbours = element("div", { class: "voxbook-network-neighbours" });
  // Of many columns only some are in sight: keys scroll, too.
  const rows = element(
    "div",
    { class: "voxbook-network-rows", role: "region", tabindex: "0", "aria-label": "values of the pore" },
    element("table", {}, body),
  );
  const made = element("div", { class: "voxbook-network-values", "aria-live": "polite" }, heading, neighbours, rows);
  let shown: number | null = null;
  made.hidden = true;

  function fill(row: number, values: readonly (readonly [string, string, string])[]): void {
    heading.textContent = `Pore ${row}`;
    body.replaceChildren(
      ...values.map(([name, value, unit]) =>
        element(
          "tr",
          {},
          element("td", {}, name),
          element("td", {}, `${value === "" ? "–" : value}${unit === "" || unit === "1" ? "" : ` ${unit}`}`),
        ),
      ),
    );
    const all = stage.shape === undefined ? [] : neighboursOf(stage.shape, row);
    neighbours.replaceChildren(
      `${all.length} ${all.length === 1 ? "neighbour" : "neighbours"}: `,
      ...all.slice(0, NEIGHBOURS).map((next) => button(String(next), `select pore ${next}`, () => select(stage, next))),
      ...(all.length > NEIGHBOURS ? ["…"] : []),
    );
    made.hidden = false;
  }

  return {
    element: made,
    follow(goes) {
      const row = stage.handle.get("selected");
      if (row === shown) return;
      shown = row;
      if (row === null) {
        made.hidden = true;
        return;
      }
      stage.data.row(row).then(({ values, label, place }) => {
        // Meanwhile another may have been selected.
        if (row !== shown) return;
        fill(row, values);
        found(label, goes ? place : undefined);
      }, stage.failed);
    },
  };
}
