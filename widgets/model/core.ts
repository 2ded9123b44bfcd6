/**
 * The kernel half of a widget: its state, its comm, and what goes back and forth (Jupyter widget protocol 2.1). The
 * running kernel is found under a symbol; without one a widget has its state and its picture, but nobody to talk to.
 */
import type { Comm, CommMessage, Json, KernelApi, MimeBundle } from "../../kernel/comm.js";
import { MODULE, MODULE_VERSION, VIEW_MIME } from "../protocol.js";

const PROTOCOL_VERSION = "2.1.0";
const CONTROL_VERSION = "1.0.0";

/** The kernel that runs this code; undefined outside a notebook. */
export function runningKernel(): KernelApi | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("voxbook.kernel")] as KernelApi | undefined;
}

const live = new Map<string, Widget<object>>();
const controlled = new WeakSet<KernelApi>();

/** Answers a page that was reloaded: it asks for the state of all widgets at once. */
function answerControl(kernel: KernelApi): void {
  if (controlled.has(kernel)) return;
  controlled.add(kernel);
  kernel.comms.onOpen("jupyter.widget.control", (comm) => {
    comm.onMessage(({ data }) => {
      if (data.method !== "request_states") return;
      const states = Object.fromEntries(
        [...live.values()].map((widget) => {
          const state = widget.plainState();
          const { _model_name, _model_module, _model_module_version } = state;
          return [
            widget.id,
            {
              model_name: _model_name,
              model_module: _model_module,
              model_module_version: _model_module_version,
              state,
            } as Json,
          ];
        }),
      );
      comm.send({ method: "update_states", states, buffer_paths: [] }, { metadata: { version: CONTROL_VERSION } });
    });
  });
}

let number = 0;

/** Names that the page's models and views have in their module. */
export interface WidgetNames {
  readonly model: string;
  readonly view: string;
}

/** For each part of the state that a page may change: whether a value may stand there. */
export type Accepts<State> = { readonly [Name in keyof State]?: (value: unknown) => boolean };

/** State on both sides, `State` without what the protocol adds to say where its code is. */
export class Widget<State extends object> {
  readonly id: string;
  readonly #kernel: KernelApi | undefined;
  readonly #names: WidgetNames;
  readonly #comm: Comm | undefined;
  readonly #changed: ((names: readonly string[]) => void)[] = [];
  readonly #custom: ((content: Record<string, Json>) => void)[] = [];
  readonly #accepts: Accepts<State>;
  #state: State;

  /** @param accepts what a page may change, and to what */
  constructor(names: WidgetNames, state: State, accepts: Accepts<State> = {}) {
    this.#names = names;
    this.#accepts = accepts;
    this.#state = { ...state };
    this.#kernel = runningKernel();
    this.id = `voxbook${(++number).toString(36)}${Math.random().toString(36).slice(2, 10)}`;
    if (!this.#kernel?.interactive) return;
    answerControl(this.#kernel);
    const data = { state: this.plainState(), buffer_paths: [] };
    this.#comm = this.#kernel.comms.open("jupyter.widget", data, {
      id: this.id,
      metadata: { version: PROTOCOL_VERSION },
    });
    this.#comm.onMessage((message) => this.#receive(message));
    this.#comm.onClose(() => live.delete(this.id));
    live.set(this.id, this as unknown as Widget<object>);
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  /** The state as it travels. */
  plainState(): Record<string, Json> {
    return {
      _model_module: MODULE,
      _model_module_version: MODULE_VERSION,
      _model_name: this.#names.model,
      _view_module: MODULE,
      _view_module_version: MODULE_VERSION,
      _view_name: this.#names.view,
      _view_count: null,
      ...(this.#state as unknown as Record<string, Json>),
    };
  }

  /** Changes the state here and in the page. */
  set(changes: Partial<State>): void {
    this.#state = { ...this.#state, ...changes };
    this.#comm?.send({ method: "update", state: changes as Record<string, Json>, buffer_paths: [] });
  }

  /** Changes the state here only: the page knows already. */
  note(changes: Partial<State>): void {
    this.#state = { ...this.#state, ...changes };
  }

  /** Called with the names of what the page changed. */
  onChange(listener: (names: readonly string[]) => void): void {
    this.#changed.push(listener);
  }

  /** Called with each custom message of the page. */
  onMessage(listener: (content: Record<string, Json>) => void): void {
    this.#custom.push(listener);
  }

  /** Sends a custom message; its buffers are copied. */
  send(content: Record<string, Json>, buffers: readonly ArrayBufferView[] = []): void {
    this.#comm?.send({ method: "custom", content }, { buffers });
  }

  /** Ends the widget: the page shows its picture from then on. */
  close(): void {
    live.delete(this.id);
    this.#comm?.close();
  }

  /** Replaces the picture of the widget's outputs in the notebook. */
  renew(bundle: MimeBundle): void {
    this.#kernel?.display(bundle, { displayId: this.id, update: true });
  }

  /** What a notebook keeps of the widget: the live view for this page, a picture and text for all others. */
  bundle(picture: MimeBundle, caption: readonly CaptionPart[]): MimeBundle {
    const reference = { version_major: 2, version_minor: 0, model_id: this.id };
    const alive = this.#comm !== undefined;
    return {
      ...(alive ? { [VIEW_MIME]: { ...reference, caption: caption as unknown as Json } } : {}),
      ...(alive ? { "application/vnd.jupyter.widget-view+json": reference } : {}),
      ...picture,
    };
  }

  #receive({ data }: CommMessage): void {
    if (data.method === "update") {
      // A page may be hostile or of another version.
      const entries = Object.entries(data.state as Record<string, Json>).filter(
        ([name, value]) => Object.hasOwn(this.#accepts, name) && this.#accepts[name as keyof State]!(value as never),
      );
      const changes = Object.fromEntries(entries) as Partial<State>;
      this.#comm?.send({ method: "echo_update", state: changes as Record<string, Json>, buffer_paths: [] });
      this.#state = { ...this.#state, ...changes };
      for (const listener of this.#changed) listener(Object.keys(changes));
    } else if (data.method === "request_state")
      this.#comm?.send({ method: "update", state: this.plainState(), buffer_paths: [] });
    else if (data.method === "custom")
      for (const listener of this.#custom) listener(data.content as Record<string, Json>);
  }
}

/** A piece of the line below a picture; with a colour it begins with a chip. */
export interface CaptionPart {
  readonly text: string;
  readonly colour?: string;
}
