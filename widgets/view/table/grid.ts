/**
 * The rows, of which only those in sight are in the page: sorted by any column, chosen with mouse and keys. It is a grid as ARIA has it;
 * the focus stays on the whole, the active cell is told by `aria-activedescendant`.
 */
import { numberText } from "../../draw/axis.js";
import { element, perFrame } from "../dom.js";
import { settling } from "../settling.js";
import { beginSelecting, type Mode, named, settle, show, type TableStage } from "./stage.js";

export const ROW = 24;
const HEAD = 26;
/** Column of the marks; its number stands for "what is selected first". */
const MARK = -2;

export interface Grid {
  readonly element: HTMLElement;
  draw(): void;
  /** The next drawing brings the first selected row into sight, unless one is. */
  reveal(): void;
  /** Orders the rows by the active column: upwards, downwards, as in the table. */
  sort(column?: number): void;
  dispose(): void;
}

interface Layout {
  readonly columns: readonly number[];
  /** Left edges; one more than columns. */
  readonly edges: readonly number[];
}

function layoutOf({ columns: { facts }, label, display: { x, y, bars } }: TableStage): Layout {
  // What is plotted stands first.
  const columns = [MARK, ...new Set([label, x, y, bars, ...facts.keys()])];
  const edges = [0];
  for (const k of columns) {
    const width =
      k === MARK ? 34 : Math.min(190, Math.max(facts[k]!.kind === "text" ? 150 : 76, 7 * named(facts[k]!).length + 30));
    edges.push(edges.at(-1)! + width);
  }
  return { columns, edges };
}

/** Rows in the order in which they are shown; undefined: as in the table, or not yet known. */
function orderNow({ display: { sort, descending }, columns, lit }: TableStage): Uint32Array | undefined {
  if (sort === MARK) {
    if (lit === undefined) return undefined;
    const rows = Uint32Array.from(lit, (_, row) => row);
    const chosen = descending ? 0 : 1;
    return rows.sort((a, b) => Number(lit[b] === chosen) - Number(lit[a] === chosen) || a - b);
  }
  const order = sort < 0 ? undefined : columns.orderOf(sort);
  if (order === undefined || !descending) return order;
  const { values, texts } = columns.get(sort)!;
  // What has no number stays at the end.
  let numbers = order.length;
  if (texts === undefined) while (numbers > 0 && Number.isNaN(values[order[numbers - 1]!]!)) numbers--;
  const turned = order.slice();
  turned.subarray(0, numbers).reverse();
  return turned;
}

let grids = 0;

export function gridOf(stage: TableStage): Grid {
  const name = `voxbook-grid-${++grids}`;
  const head = element("div", { role: "row", class: "voxbook-grid-head", "aria-rowindex": "1" });
  const body = element("div", { role: "rowgroup" });
  const sizer = element("div", { class: "voxbook-grid-sizer", role: "presentation" }, head, body);
  const grid = element(
    "div",
    {
      role: "grid",
      tabindex: "0",
      class: "voxbook-grid",
      "aria-multiselectable": "true",
      "aria-label": "rows: arrows move, space selects, Shift extends, s sorts by the column",
      "aria-rowcount": String(stage.columns.rows + 1),
    },
    sizer,
  );
  /** Places, not rows: they stay where they are when the order changes. */
  let active = 0;
  let anchor = 0;
  let column = 1;
  let order: Uint32Array | undefined;
  let sortedFor = "";
  let sortedLit: Uint8Array | undefined;
  /** Whether the selection comes from these rows: then they stay where they are. */
  let own = false;
  let revealing = false;
  const frame = perFrame(draw);
  const pending = settling(grid, () => settle(stage));
  const rowAt = (place: number): number => (order === undefined ? place : order[place]!);
  const { rows } = stage.columns;

  function refreshOrder(): void {
    const { sort, descending } = stage.display;
    const key = `${sort} ${descending} ${sort >= 0 && stage.columns.get(sort) !== undefined}`;
    if (key === sortedFor && (sort !== MARK || sortedLit === stage.lit)) return;
    [sortedFor, sortedLit] = [key, stage.lit];
    order = orderNow(stage);
  }

  function headCell(k: number, at: number, width: number): HTMLElement {
    const { sort, descending } = stage.display;
    const facts = k === MARK ? undefined : stage.columns.facts[k]!;
    const text = facts === undefined ? "✓" : named(facts);
    const sorted = sort === k;
    const cell = element(
      "div",
      {
        role: "columnheader",
        "aria-colindex": String(at + 1),
        "aria-sort": sorted ? (descending ? "descending" : "ascending") : "none",
        title: facts === undefined ? "selected rows first" : `sort by ${text}`,
        "data-column": String(k),
      },
      `${text}${sorted ? (descending ? " ▼" : " ▲") : ""}`,
    );
    cell.style.width = `${width}px`;
    return cell;
  }

  function textOf(k: number, row: number): string {
    if (k === MARK) return stage.lit?.[row] === 1 ? "✓" : "";
    const loaded = stage.columns.get(k);
    if (loaded === undefined) return "…";
    const value = loaded.values[row]!;
    if (loaded.texts !== undefined) return loaded.texts[value]!;
    return Number.isNaN(value) ? "–" : numberText(value);
  }

  function rowElement(place: number, { columns, edges }: Layout, from: number, to: number): HTMLElement {
    const row = rowAt(place);
    const made = element("div", {
      role: "row",
      id: `${name}-${place}`,
      class: place === active ? "voxbook-grid-active" : "",
      "aria-rowindex": String(place + 2),
      "aria-selected": String(stage.lit?.[row] === 1),
    });
    made.style.top = `${HEAD + place * ROW}px`;
    made.style.paddingLeft = `${edges[from]!}px`;
    for (let n = from; n < to; n++) {
      const k = columns[n]!;
      const text = stage.columns.facts[k]?.kind === "text";
      const cell = element(
        "div",
        { role: "gridcell", "aria-colindex": String(n + 1), ...(text ? { class: "voxbook-grid-text" } : {}) },
        textOf(k, row),
      );
      if (place === active && n === column) {
        cell.id = `${name}-cell`;
        cell.classList.add("voxbook-grid-cell");
      }
      cell.style.width = `${edges[n + 1]! - edges[n]!}px`;
      made.append(cell);
    }
    return made;
  }

  function draw(): void {
    // Where it is not seen nothing is in sight: what was there stays until it is.
    if (grid.clientWidth === 0) return;
    refreshOrder();
    if (revealing) toLit();
    const layout = layoutOf(stage);
    const { columns, edges } = layout;
    grid.setAttribute("aria-colcount", String(columns.length));
    sizer.style.width = `${edges.at(-1)!}px`;
    sizer.style.height = `${HEAD + rows * ROW}px`;
    const [left, right] = [grid.scrollLeft, grid.scrollLeft + grid.clientWidth];
    const from = Math.max(0, edges.findIndex((edge) => edge > left) - 1);
    const beyond = edges.findIndex((edge) => edge >= right);
    const to = Math.min(columns.length, beyond < 0 ? columns.length : beyond);
    head.style.paddingLeft = `${edges[from]!}px`;
    head.replaceChildren(
      ...columns.slice(from, to).map((k, n) => headCell(k, from + n, edges[from + n + 1]! - edges[from + n]!)),
    );
    const first = Math.max(0, Math.floor((grid.scrollTop - HEAD) / ROW));
    const last = Math.min(rows, Math.ceil((grid.scrollTop + grid.clientHeight) / ROW) + 1);
    const shown: HTMLElement[] = [];
    for (let place = first; place < last; place++) shown.push(rowElement(place, layout, from, to));
    body.replaceChildren(...shown);
    const told = column >= from && column < to && active >= first && active < last;
    if (told) grid.setAttribute("aria-activedescendant", `${name}-cell`);
    else grid.removeAttribute("aria-activedescendant");
  }

  function toLit(): void {
    revealing = false;
    const { lit } = stage;
    if (lit === undefined) return;
    const first = Math.max(0, Math.ceil(grid.scrollTop / ROW));
    const last = Math.floor((grid.scrollTop + grid.clientHeight - HEAD) / ROW);
    for (let place = first; place < Math.min(rows, last); place++) if (lit[rowAt(place)] === 1) return;
    for (let place = 0; place < rows; place++)
      if (lit[rowAt(place)] === 1) {
        [active, anchor] = [place, place];
        grid.scrollTop = place * ROW;
        return;
      }
  }

  /** Scrolls so that the active cell is in sight. */
  function intoSight(): void {
    const top = active * ROW;
    const room = grid.clientHeight - HEAD;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top + ROW > grid.scrollTop + room) grid.scrollTop = top + ROW - room;
    const { edges } = layoutOf(stage);
    if (edges[column]! < grid.scrollLeft) grid.scrollLeft = edges[column]!;
    else if (edges[column + 1]! > grid.scrollLeft + grid.clientWidth)
      grid.scrollLeft = edges[column + 1]! - grid.clientWidth;
    frame.ask();
  }

  function select(mode: Mode, hits: (row: number) => boolean): void {
    own = true;
    beginSelecting(stage, mode)(hits);
    own = false;
  }

  /** Selects from the anchor to the active row. */
  function extend(): void {
    const [from, to] = [Math.min(anchor, active), Math.max(anchor, active)];
    const wanted = new Uint8Array(rows);
    for (let place = from; place <= to; place++) wanted[rowAt(place)] = 1;
    select("replace", (row) => wanted[row] === 1);
  }

  function toggle(): void {
    const row = rowAt(active);
    select(stage.lit?.[row] === 1 ? "remove" : "add", (one) => one === row);
    anchor = active;
  }

  function sort(k = layoutOf(stage).columns[column]!): void {
    const { sort: now, descending } = stage.display;
    if (now !== k) show(stage, { sort: k, descending: false });
    else show(stage, descending ? { sort: -1, descending: false } : { descending: true });
    grid.scrollTop = 0;
    [active, anchor] = [0, 0];
    frame.ask();
  }

  function keyed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || rows === 0) return;
    // Keys may come quicker than frames: they mean the order that was chosen last.
    refreshOrder();
    const page = Math.max(1, Math.floor((grid.clientHeight - HEAD) / ROW) - 1);
    const to: Record<string, number> = {
      ArrowUp: active - 1,
      ArrowDown: active + 1,
      PageUp: active - page,
      PageDown: active + page,
      Home: 0,
      End: rows - 1,
    };
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (Object.hasOwn(to, event.key)) {
      active = Math.min(rows - 1, Math.max(0, to[event.key]!));
      if (event.shiftKey) extend();
      else anchor = active;
      if (event.shiftKey) pending.soon();
      intoSight();
    } else if (sideways !== undefined) {
      column = Math.min(layoutOf(stage).columns.length - 1, Math.max(0, column + sideways));
      intoSight();
    } else if (event.key === " ") {
      toggle();
      settle(stage);
    } else if (event.key === "s") sort();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function pressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    const heading = (event.target as HTMLElement).closest<HTMLElement>("[role=columnheader]");
    if (heading !== null) return sort(Number(heading.dataset.column));
    const box = sizer.getBoundingClientRect();
    const place = Math.floor((event.clientY - box.top - HEAD) / ROW);
    // The scroll bars belong to the grid, not to a row.
    if (place < 0 || place >= rows || !sizer.contains(event.target as Node)) return;
    active = place;
    const x = event.clientX - box.left;
    column = Math.max(0, layoutOf(stage).edges.findIndex((edge) => edge > x) - 1);
    const row = rowAt(place);
    if (event.shiftKey) extend();
    else if (event.ctrlKey || event.metaKey) toggle();
    else {
      anchor = place;
      select(event.altKey ? "remove" : "replace", (one) => one === row);
    }
    settle(stage);
    frame.ask();
  }

  const sizes = new ResizeObserver(() => frame.ask());
  sizes.observe(grid);
  grid.addEventListener("scroll", () => frame.ask());
  grid.addEventListener("keydown", keyed);
  grid.addEventListener("pointerdown", pressed);
  return {
    element: grid,
    draw,
    sort,
    reveal() {
      if (!own) revealing = true;
    },
    dispose() {
      sizes.disconnect();
      pending.cancel();
      frame.cancel();
    },
  };
}
