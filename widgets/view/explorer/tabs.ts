/** Tabs as a keyboard has them: arrows go from one to the next, Home and End to the outer ones. */
import { element } from "../dom.js";

export interface Tabs {
  readonly bar: HTMLElement;
  /** What is behind each tab: empty, and hidden but for the open one. */
  readonly panels: readonly HTMLElement[];
  /** Opens a tab. */
  open(k: number): void;
}

let count = 0;

/** @param opened is called when a reader has opened a tab */
export function tabsOf(titles: readonly string[], opened: (k: number) => void): Tabs {
  const id = `voxbook-tabs-${++count}`;
  const panels = titles.map((_, k) =>
    element("div", { role: "tabpanel", id: `${id}-panel-${k}`, "aria-labelledby": `${id}-${k}` }),
  );
  const tabs = titles.map((title, k) => {
    const made = element(
      "button",
      { type: "button", role: "tab", id: `${id}-${k}`, "aria-controls": `${id}-panel-${k}` },
      title,
    );
    made.addEventListener("click", () => go(k));
    made.addEventListener("keydown", (event) => {
      const last = titles.length - 1;
      const next = { ArrowLeft: k === 0 ? last : k - 1, ArrowRight: k === last ? 0 : k + 1, Home: 0, End: last }[
        event.key
      ];
      if (next === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      go(next);
      tabs[next]!.focus();
    });
    return made;
  });
  function open(k: number): void {
    for (const [n, tab] of tabs.entries()) {
      tab.setAttribute("aria-selected", String(n === k));
      tab.tabIndex = n === k ? 0 : -1;
      panels[n]!.hidden = n !== k;
    }
  }
  function go(k: number): void {
    open(k);
    opened(k);
  }
  const bar = element("div", { class: "voxbook-tabs", role: "tablist" }, ...tabs);
  bar.hidden = titles.length < 2;
  return { bar, panels, open };
}

export const TABS_STYLE = `
.voxbook-tabs { display: flex; gap: 2px; border-bottom: 1px solid var(--jp-border-color1, #bbb); margin-bottom: 4px; }
.voxbook .voxbook-tabs button { border: 0; border-bottom: 3px solid transparent; background: none; height: 28px; padding: 2px 14px; }
.voxbook .voxbook-tabs button[aria-selected=true] { border-bottom-color: var(--jp-brand-color1, #0072b2); font-weight: 600; }
`;
