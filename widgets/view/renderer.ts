/**
 * Shows an output of ours: its picture at once, and the live view in its place as soon as the page has the model and its
 * kernel lives. When the kernel goes, the picture comes back. Nothing of the notebook file is run or read as HTML.
 */
import type { DOMWidgetModel, DOMWidgetView, WidgetModel } from "@jupyter-widgets/base";
import { Panel, Widget } from "@lumino/widgets";
import { VIEW_MIME } from "../protocol.js";
import { addStyles, element } from "./dom.js";
import { whenModel } from "./widgets.js";

interface MimeModel {
  readonly data: Readonly<Record<string, unknown>>;
}

interface ViewData {
  readonly model_id?: unknown;
  readonly caption?: unknown;
}

/** The picture of an output with its caption. */
function picture(data: MimeModel["data"], caption: unknown): HTMLElement {
  const root = element("div", { class: "voxbook voxbook-picture" });
  const png = data["image/png"];
  const text = data["text/plain"];
  if (typeof png === "string" && /^[A-Za-z0-9+/=\s]+$/.test(png))
    root.append(element("img", { src: `data:image/png;base64,${png}`, alt: typeof text === "string" ? text : "" }));
  else if (typeof text === "string") root.append(element("div", {}, text));
  const legend = element("div", { class: "voxbook-legend" });
  for (const part of Array.isArray(caption) ? caption.slice(0, 32) : []) {
    const { text: words, colour } = part as { text?: unknown; colour?: unknown };
    const line = element("span", {}, String(words ?? ""));
    if (typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour)) {
      const chip = element("span", { class: "voxbook-chip" });
      chip.style.background = colour;
      line.prepend(chip);
    }
    legend.append(line);
  }
  root.append(legend);
  return root;
}

export class ViewRenderer extends Panel {
  #id: string | undefined;
  #stopWaiting: () => void = () => undefined;
  #view: DOMWidgetView | undefined;
  #picture = new Widget();

  async renderModel(model: MimeModel): Promise<void> {
    addStyles();
    const { model_id, caption } = (model.data[VIEW_MIME] ?? {}) as ViewData;
    const still = new Widget({ node: picture(model.data, caption) });
    if (this.#view === undefined) this.#picture.parent = null;
    this.#picture.dispose();
    this.#picture = still;
    if (this.#view === undefined) this.addWidget(still);
    // A renewed picture of the same widget: the live view stays.
    if (model_id === this.#id) return;
    this.#id = typeof model_id === "string" ? model_id : undefined;
    this.#dropView();
    this.#wait();
  }

  #wait(): void {
    this.#stopWaiting();
    if (this.#id === undefined) return;
    this.#stopWaiting = whenModel(this.#id, (found) => void this.#goLive(found));
  }

  async #goLive(model: WidgetModel): Promise<void> {
    const manager = model.widget_manager as unknown as {
      create_view(model: DOMWidgetModel, options: object): Promise<DOMWidgetView>;
    };
    const view = await manager.create_view(model as DOMWidgetModel, {});
    // Meanwhile the output may have gone, or show another widget.
    if (this.isDisposed || model.model_id !== this.#id) {
      view.remove();
      return;
    }
    this.#view = view;
    this.#picture.parent = null;
    this.addWidget(view.luminoWidget as unknown as Widget);
    model.once("comm:close comm_live_update destroy", () => {
      if (!model.comm_live || model.comm === undefined) this.#dropView();
    });
    view.luminoWidget.disposed.connect(() => {
      if (this.#view === view) this.#dropView();
    });
  }

  #dropView(): void {
    const view = this.#view;
    this.#view = undefined;
    if (view !== undefined && !view.luminoWidget.isDisposed) view.luminoWidget.dispose();
    if (this.isDisposed) return;
    this.addWidget(this.#picture);
    // The same widget may come back, after the kernel was connected again.
    if (view !== undefined) this.#wait();
  }

  override dispose(): void {
    this.#stopWaiting();
    super.dispose();
  }
}
