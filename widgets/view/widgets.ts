/** Models and views as the widget manager of a page knows them; what they do is in the `mount…` functions. */
import {
  DOMWidgetModel,
  DOMWidgetView,
  type ISerializers,
  unpack_models,
  type WidgetModel,
} from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { MODULE, MODULE_VERSION, type Reply, type Request } from "../protocol.js";
import { addStyles } from "./dom.js";
import { TABS_STYLE, tabsOf } from "./explorer/tabs.js";
import type { ModelHandle, Mounted } from "./handle.js";
import { mountHistogram } from "./histogram/mount.js";
import { later } from "./later.js";
import { mountProgress } from "./progress.js";
import { mountSlices } from "./slices/mount.js";

/** Models of this module that a page has now, and who waits for one. */
const models = new Map<string, WidgetModel>();
const waiting = new Set<(model: WidgetModel) => void>();

/** Calls `listener` with the model of this id as soon as the page has it and its kernel lives. @returns a function that ends the waiting */
export function whenModel(id: string, listener: (model: WidgetModel) => void): () => void {
  const check = (model: WidgetModel): void => {
    if (model.model_id !== id || !model.comm_live) return;
    waiting.delete(check);
    listener(model);
  };
  waiting.add(check);
  const known = models.get(id);
  if (known !== undefined) check(known);
  return () => waiting.delete(check);
}

function defaults(own: object, name: string): Record<string, unknown> {
  return {
    ...own,
    _model_module: MODULE,
    _model_module_version: MODULE_VERSION,
    _model_name: `${name}Model`,
    _view_module: MODULE,
    _view_module_version: MODULE_VERSION,
    _view_name: `${name}View`,
  };
}

abstract class OwnModel extends DOMWidgetModel {
  override initialize(attributes: Backbone.ObjectHash, options: Parameters<WidgetModel["initialize"]>[1]): void {
    super.initialize(attributes, options);
    models.set(this.model_id, this);
    this.on("comm:close destroy", () => models.delete(this.model_id));
    // The comm is there when this call has ended.
    queueMicrotask(() => {
      for (const listener of [...waiting]) listener(this);
    });
  }
}

abstract class ParentModel extends OwnModel {
  static override serializers: ISerializers = {
    ...DOMWidgetModel.serializers,
    children: { deserialize: unpack_models },
  };
}
class TogetherModel extends ParentModel {
  override defaults(): Backbone.ObjectHash {
    return { ...defaults(super.defaults(), "Together"), children: [] };
  }
}
class ExplorerModel extends ParentModel {
  override defaults(): Backbone.ObjectHash {
    return { ...defaults(super.defaults(), "Explorer"), children: [], titles: [], open: 0 };
  }
}

function handleOf(model: WidgetModel): ModelHandle<never> {
  const set = (changes: object): void => {
    model.set(changes);
  };
  return {
    owner: model.widget_manager,
    get: (name) => model.get(name as string) as never,
    note: set,
    save(changes) {
      set(changes);
      model.save_changes();
    },
    send: (request: Request, buffers = []) =>
      model.send(
        request as never,
        {},
        buffers.map((bytes) => bytes.buffer),
      ),
    onMessage(listener) {
      const heard = (content: Reply, buffers: DataView[]): void => listener(content, buffers);
      model.on("msg:custom", heard);
      return () => model.off("msg:custom", heard);
    },
    onChange(listener) {
      const heard = (): void => listener(Object.keys(model.changedAttributes() || {}));
      model.on("change", heard);
      return () => model.off("change", heard);
    },
  };
}

abstract class OwnView extends DOMWidgetView {
  // No initial value: the base class renders before fields of this class would be set.
  declare mounted: Mounted | undefined;
  abstract mount(root: HTMLElement, handle: ModelHandle<never>): Mounted;

  override render(): void {
    this.mounted = this.mount(this.el, handleOf(this.model));
  }

  override processLuminoMessage(message: Parameters<DOMWidgetView["processLuminoMessage"]>[0]): void {
    super.processLuminoMessage(message);
    if (message.type === "after-attach" || message.type === "after-show" || message.type === "resize")
      this.mounted?.resized();
  }

  override remove(): unknown {
    this.mounted?.dispose();
    this.mounted = undefined;
    return super.remove();
  }
}

abstract class ParentView extends DOMWidgetView {
  // No initial value: see OwnView.
  declare parts: DOMWidgetView[] | undefined;

  /** Shows the view of a model inside an element. */
  async add(child: DOMWidgetModel, into: HTMLElement): Promise<void> {
    this.parts ??= [];
    const view = await this.create_child_view(child);
    // Removed while the child was made.
    if (this.parts === undefined) return view.remove();
    this.parts.push(view);
    into.append(view.el);
    MessageLoop.sendMessage(view.luminoWidget, Widget.Msg.AfterAttach);
  }

  override remove(): unknown {
    for (const view of this.parts ?? []) view.remove();
    this.parts = undefined;
    return super.remove();
  }
}

class TogetherView extends ParentView {
  override async render(): Promise<void> {
    for (const child of this.model.get("children") as DOMWidgetModel[]) await this.add(child, this.el);
  }
}

/** Makes the views behind a tab when it is first opened. */
class ExplorerView extends ParentView {
  override render(): void {
    addStyles(this.el.ownerDocument, ["tabs", TABS_STYLE]);
    const { model } = this;
    const children = model.get("children") as DOMWidgetModel[];
    const made = new Set<number>();
    const tabs = tabsOf(model.get("titles") as string[], (k) => {
      model.set({ open: k });
      model.save_changes();
    });
    const show = (): void => {
      const k = model.get("open") as number;
      tabs.open(k);
      if (!made.has(k)) void this.add(children[k]!, tabs.panels[k]!);
      made.add(k);
    };
    this.el.classList.add("voxbook");
    this.el.append(tabs.bar, ...tabs.panels);
    this.listenTo(model, "change:open", show);
    show();
  }
}

type Mount = (root: HTMLElement, handle: ModelHandle<never>) => Mounted;

/** Views of this module by their names, without "View"; each has a model of its own. */
const MOUNTS: Readonly<Record<string, Mount>> = {
  Slices: mountSlices,
  Histogram: mountHistogram,
  Progress: mountProgress,
  Time: later(async () => (await import("./time/mount.js")).mountTime),
  Network3d: later(async () => (await import("./network3d/mount.js")).mountNetwork3d),
  Table: later(async () => (await import("./table/mount.js")).mountTable),
};

function classesOf([name, mount]: [string, Mount]): [string, unknown][] {
  class Model extends OwnModel {
    override defaults(): Backbone.ObjectHash {
      return defaults(super.defaults(), name);
    }
  }
  class View extends OwnView {
    override mount(root: HTMLElement, handle: ModelHandle<never>): Mounted {
      return mount(root, handle);
    }
  }
  return [
    [`${name}Model`, Model],
    [`${name}View`, View],
  ];
}

/** What a widget manager finds in this module, by the names that models have in a notebook. */
export const classes: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.entries(MOUNTS).flatMap(classesOf)),
  TogetherModel,
  TogetherView,
  ExplorerModel,
  ExplorerView,
};
