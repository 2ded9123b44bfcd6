/** Small pieces of the page. Text is always set as text: names and messages may be hostile. */

export type Attributes = Readonly<Record<string, string>>;

/** A new element with attributes and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** A text of others inside one of ours: where it turns the direction of writing, that ends with it. */
export const isolated = (text: string): string => (TURNS.test(text) ? `\u2068${text}\u2069` : text);

/** A button with a text and a longer title. */
export function button(text: string, title: string, pressed: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", title, "aria-label": title }, text);
  made.addEventListener("click", pressed);
  return made;
}

/** A list to choose from. */
export function choice(title: string, options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  const made = element("select", { title, "aria-label": title });
  for (const [value, text] of options) made.append(element("option", { value }, text));
  return made;
}

/** Buttons that belong together. */
export const group = (...buttons: HTMLElement[]): HTMLElement =>
  element("span", { class: "voxbook-group" }, ...buttons);

/** Bytes of a message as an array of their own: they come unaligned. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: DataView): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice();

/** Gives the reader a file. */
export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  element("a", { href: address, download: name }).click();
  // The browser has its own hold on the file once the click was taken.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * Calls `draw` at most once a frame, however often it was asked. Who asks after a frame that had nothing to draw is served right behind the
 * event that asks: waiting for the next frame would only show it later.
 */
export function perFrame(draw: () => void): { ask(): void; now(): void; cancel(): void } {
  let asked = false;
  let frame: number | undefined;
  const serve = (): void => {
    asked = false;
    draw();
  };
  const tick = (): void => {
    frame = undefined;
    if (!asked) return;
    frame = requestAnimationFrame(tick);
    serve();
  };
  return {
    ask() {
      asked = true;
      if (frame !== undefined) return;
      frame = requestAnimationFrame(tick);
      queueMicrotask(() => asked && serve());
    },
    now() {
      frame ??= requestAnimationFrame(tick);
      serve();
    },
    cancel() {
      if (frame !== undefined) cancelAnimationFrame(frame);
      frame = undefined;
      asked = false;
    },
  };
}

/** Resolves behind the next frame: what was drawn until then is seen. In a page that is not, when it is again. */
export const behindFrame = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** Calls `draw` once behind the next frame, however often it was asked; after `cancel` never. */
export function behindFrames(draw: () => void): { ask(): void; cancel(): void } {
  let asked = false;
  let over = false;
  return {
    ask() {
      if (asked) return;
      asked = true;
      void behindFrame().then(() => {
        asked = false;
        if (!over) draw();
      });
    },
    cancel() {
      over = true;
    },
  };
}

/**
 * Keeps plain keys for the view while it has the focus: JupyterLab would take "a" or "x" for cells. Keys with Ctrl and
 * those that run cells stay JupyterLab's. @returns a function that gives all keys back
 */
export function ownKeys(root: HTMLElement): () => void {
  const decide = (event: KeyboardEvent): void => {
    const foreign = event.ctrlKey || event.metaKey || event.altKey || event.key === "Enter" || event.key === "Escape";
    if (foreign) root.removeAttribute("data-lm-suppress-shortcuts");
    else root.setAttribute("data-lm-suppress-shortcuts", "true");
  };
  // On the window, for JupyterLab listens on the document before any element does.
  window.addEventListener("keydown", decide, true);
  return () => window.removeEventListener("keydown", decide, true);
}

const STYLE = `
.voxbook { font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif); color: var(--jp-ui-font-color1, #222);
  max-width: 900px; outline: none; }
.voxbook [hidden] { display: none !important; }
.voxbook:focus-visible { box-shadow: 0 0 0 2px var(--jp-brand-color1, #0072b2); border-radius: 3px; }
.voxbook-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; padding: 4px 0; min-height: 28px; }
.voxbook-bar label { display: inline-flex; align-items: center; gap: 6px; }
.voxbook-small { width: 6.5em; }
.voxbook select, .voxbook input[type=number] { font: inherit; color: inherit; background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb); border-radius: 3px; height: 24px; box-sizing: border-box; }
.voxbook-scale { display: inline-block; width: 120px; height: 11px; border-radius: 2px; vertical-align: -1px; }
.voxbook-palette { border-top: 1px solid var(--jp-border-color2, #ddd); }
.voxbook-title { font-weight: 600; margin-right: 6px; }
.voxbook-group { display: inline-flex; flex-wrap: wrap; }
.voxbook button { font: inherit; color: inherit; background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb); padding: 1px 9px; min-width: 28px; height: 24px; cursor: pointer; white-space: nowrap; }
.voxbook button:hover { background: var(--jp-layout-color2, #eee); }
.voxbook button:disabled { opacity: 0.4; cursor: default; }
.voxbook button:focus-visible { outline: 2px solid var(--jp-brand-color1, #0072b2); z-index: 1; }
.voxbook button[aria-pressed=true] { background: var(--jp-brand-color1, #0072b2); border-color: var(--jp-brand-color1, #0072b2); color: #fff; }
/* The blue of the dark theme is too bright for white letters. */
[data-jp-theme-light=false] .voxbook button[aria-pressed=true] { background: var(--jp-brand-color0, #0072b2); border-color: var(--jp-brand-color0, #0072b2); }
.voxbook-group button + button { border-left: 0; }
.voxbook-group button:first-child, .voxbook > .voxbook-bar > button { border-radius: 3px 0 0 3px; }
.voxbook-group button:last-child { border-radius: 0 3px 3px 0; }
.voxbook > .voxbook-bar > button, .voxbook-group button:only-child { border-radius: 3px; }
.voxbook-panes { position: relative; background: #000; touch-action: none; user-select: none; }
.voxbook-panes canvas { position: absolute; display: block; cursor: var(--voxbook-pointer, crosshair); }
.voxbook-corner { position: absolute; color: #ddd; font-size: 12px; padding: 8px 10px; box-sizing: border-box; overflow: hidden; white-space: pre-line; }
.voxbook-readout { min-height: 20px; padding: 3px 0; font-variant-numeric: tabular-nums; white-space: pre; overflow: hidden; text-overflow: ellipsis; }
.voxbook-spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.voxbook-legend { display: flex; flex-wrap: wrap; gap: 2px 14px; }
.voxbook-chip { display: inline-block; width: 11px; height: 11px; margin-right: 5px; border-radius: 2px; vertical-align: -1px; }
.voxbook-error { color: #ffb4a8; background: #400; padding: 6px 10px; position: absolute; left: 0; right: 0; bottom: 0; white-space: normal; }
.voxbook-help { font-size: 12px; padding: 6px 10px; margin: 4px 0; background: var(--jp-layout-color2, #f2f2f2); border-radius: 3px; }
.voxbook-help span { display: inline-block; margin-right: 18px; }
.voxbook-help kbd { font: 11px/1 var(--jp-code-font-family, monospace); padding: 1px 4px; border: 1px solid var(--jp-border-color1, #bbb); border-radius: 3px; }
.voxbook-plot { position: relative; height: 220px; }
.voxbook-plot > .voxbook-axes { position: absolute; inset: 0; }
.voxbook-band { position: absolute; pointer-events: none; opacity: 0.22; }
.voxbook-handle { position: absolute; width: 17px; margin-left: -8px; cursor: ew-resize; touch-action: none; outline: none; }
.voxbook-handle::before { content: ""; position: absolute; left: 7px; width: 3px; top: 0; bottom: 0; background: var(--jp-ui-font-color1, #222); }
.voxbook-handle::after { content: ""; position: absolute; left: 1px; top: 0; width: 15px; height: 15px; border-radius: 50%;
  background: var(--jp-layout-color1, #fff); border: 3px solid var(--jp-ui-font-color1, #222); box-sizing: border-box; }
.voxbook-handle:hover::after, .voxbook-handle:focus-visible::after { border-color: var(--jp-brand-color1, #0072b2); }
.voxbook-handle > span { position: absolute; top: 16px; left: 14px; padding: 0 4px; background: var(--jp-layout-color1, #fff);
  border-radius: 2px; font-size: 12px; font-variant-numeric: tabular-nums; pointer-events: none; }
.voxbook table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 2px 0 6px 56px; }
.voxbook th, .voxbook td { text-align: right; padding: 2px 0 2px 26px; font-weight: normal; border: 0; }
.voxbook th:first-child, .voxbook td:first-child { text-align: left; padding-left: 0; }
.voxbook th { color: var(--jp-ui-font-color2, #666); font-size: 12px; }
.voxbook td.voxbook-number { font-weight: 600; }
.voxbook small { font-size: 11px; opacity: 0.75; }
.voxbook td input { text-align: right; }
.voxbook-joint { position: relative; margin: 4px 0 8px; }
.voxbook-side { position: absolute; left: 34px; bottom: 4px; transform: rotate(-90deg); transform-origin: left bottom; font-size: 11px; }
.voxbook-progress { display: flex; align-items: center; gap: 10px; }
.voxbook-progress span { white-space: nowrap; font-variant-numeric: tabular-nums; }
.voxbook-track { flex: 0 1 320px; min-width: 80px; height: 8px; border-radius: 4px; background: var(--jp-layout-color3, #ddd); overflow: hidden; }
.voxbook-track > div { height: 100%; background: var(--jp-brand-color1, #0072b2); }
.voxbook-picture img { max-width: 100%; height: auto; background: #fff; }
@media (prefers-reduced-motion: no-preference) { .voxbook-track > div { transition: width 0.1s linear; } }
`;

/** Puts the styles into a document, once. @param more a view's own: its name and its rules */
export function addStyles(into: Document = document, ...more: (readonly [name: string, css: string])[]): void {
  for (const [name, css] of [["style", STYLE] as const, ...more]) {
    if (into.getElementById(`voxbook-${name}`) !== null) continue;
    const style = into.createElement("style");
    style.id = `voxbook-${name}`;
    style.textContent = css;
    into.head.append(style);
  }
}
