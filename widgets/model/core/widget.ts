/**
 * The kernel half of a widget (Jupyter widget messaging protocol 2.1): its attributes, its comm, and what goes back and
 * forth. Without a running kernel, or where no page listens, a widget has its attributes, but nobody to talk to.
 */
import type { Comm, CommMessage, Json, MimeBundle, OpenExtras } from "../../../kernel/comm.js";
import { displaySymbol } from "../../../src/core/display.js";
import { checkOptions } from "../../../src/core/options.js";
import { Attributes, type Changed, type Settle, type Values } from "./attributes.js";
import { putBuffers, removeBuffers, type Wire } from "./buffers.js";
import { runningKernel } from "./kernel.js";
import { Listeners } from "./listeners.js";
import type { Change, Options } from "./options.js";
import { takePageChange } from "./page-change.js";
import { answerPages, PROTOCOL, TARGET, takeAdopted } from "./pages.js";
import { printed } from "./printed.js";
import { enrol, mark, withdraw } from "./references.js";
import { same } from "./same.js";
import { identity, type ModelSpec, register } from "./spec.js";

let count = 0;

/**
 * What all widgets have in common. Attributes have the names with which they travel (`continuous_update`, as in the
 * documentation of ipywidgets); methods are written as methods are in TypeScript (`onClick`).
 */
export abstract class Widget {
  /** The name of the widget's model in the page. */
  readonly id: string;
  readonly #spec: ModelSpec;
  readonly #attributes: Attributes;
  readonly #listeners = new Map<string, Listeners<[Changed]>>();
  readonly #custom = new Listeners<[content: Record<string, Json>, buffers: readonly Uint8Array[]]>();
  /** Widgets made for this one alone: they end with it. */
  readonly #parts = new Set<Widget>();
  #comm: Comm | undefined;
  #closed = false;
  /** Names whose change waits until {@link hold} ends. */
  #held: Set<string> | undefined;

  /** @internal */
  constructor(spec: ModelSpec, options: object, extras: OpenExtras = {}) {
    const adopted = takeAdopted();
    this.#spec = spec;
    this.id = adopted?.comm.id ?? `voxbook${(++count).toString(36)}${Math.random().toString(36).slice(2, 10)}`;
    const names = Object.keys(spec.attributes).filter((name) => !name.startsWith("_"));
    checkOptions(spec.name, options, names);
    const settle: Settle = (next, changed, before) => this.settle(next, changed, before);
    this.#attributes = new Attributes(spec.name, spec.attributes, settle);
    mark(this);
    try {
      this.#attributes.start(options as Values, this.#parts as Set<unknown>);
    } catch (error) {
      for (const part of this.#parts) part.close();
      throw error;
    }
    this.#open(adopted, extras);
  }

  /** @internal Gives a class its accessors, one for each attribute that has none, and makes it known to pages. */
  static install(ofClass: { readonly prototype: Widget }, spec: ModelSpec): void {
    for (const name of Object.keys(spec.attributes))
      if (!name.startsWith("_") && !(name in ofClass.prototype))
        Object.defineProperty(ofClass.prototype, name, {
          get(this: Widget) {
            return this.#attributes.get(name);
          },
          set(this: Widget, value: unknown) {
            this.change({ [name]: value });
          },
          configurable: true,
          enumerable: true,
        });
    register(spec, ofClass);
  }

  /** Whether the widget has ended, here or in the page. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Calls `listener` after each change of an attribute (or of one of several), whether code or the page made it.
   * What the listener prints after a change in the page is shown below the cell that called `observe`.
   *
   *   const stop = slider.observe("value", ({ old, new: now }) => console.log(old, "→", now));
   *
   * @returns a function that ends the observing
   * @throws InvalidArgument if there is no such attribute
   */
  observe<Name extends keyof this & string>(
    names: Name | readonly Name[],
    listener: (change: Change<this, Name>) => unknown,
  ): () => void {
    const wanted: readonly string[] = typeof names === "string" ? [names] : names;
    for (const name of wanted) if (!this.#attributes.has(name)) throw this.#attributes.unknown(name);
    const ends = wanted.map((name) => {
      if (!this.#listeners.has(name)) this.#listeners.set(name, new Listeners());
      return this.#listeners.get(name)!.add((changed) => listener({ owner: this, ...changed } as Change<this, Name>));
    });
    return () => {
      for (const end of ends) end();
    };
  }

  /**
   * Changes several attributes at once: they are checked together and travel in one message.
   * @throws InvalidArgument, and nothing has changed, if one is unknown or not allowed
   */
  set(changes: Options<this>): void {
    this.change(changes as Values);
  }

  /** Runs `run` and sends what it changed in this widget in one message afterwards. Listeners are called at once. */
  hold<T>(run: () => T): T {
    if (this.#held !== undefined) return run();
    this.#held = new Set();
    try {
      return run();
    } finally {
      const names = this.#held;
      this.#held = undefined;
      this.#send(names);
    }
  }

  /** Calls `listener` with each custom message of the page. @returns a function that ends it */
  onMessage(listener: (content: Record<string, Json>, buffers: readonly Uint8Array[]) => unknown): () => void {
    return this.#custom.add(listener);
  }

  /** Sends a custom message to the page; its buffers are copied. */
  send(content: Record<string, Json>, buffers: readonly ArrayBufferView[] = []): void {
    this.#comm?.send({ method: "custom", content }, { buffers });
  }

  /** Ends the widget, and the layout and style that were made for it: its views vanish from the page. */
  close(): void {
    if (this.#closed) return;
    const comm = this.#comm;
    this.#end();
    comm?.close();
  }

  /** @internal The whole state as it travels. */
  wireState(): Record<string, Wire> {
    return { ...identity(this.#spec), ...this.#attributes.encode() };
  }

  /** @internal Whether a page may hear of this widget. */
  get live(): boolean {
    return this.#comm !== undefined;
  }

  /** @internal Whether an attribute has this name; `travelling`: and the page knows it. */
  hasAttribute(name: string, travelling = false): boolean {
    return this.#attributes.has(name) && (!travelling || this.#spec.attributes[name]!.travels);
  }

  /** Shows the widget where it is the last value of a cell or is given to `display`. */
  [displaySymbol](): MimeBundle {
    return { ...this.viewBundle(), "text/plain": this.toString() };
  }

  /** The class with the attributes that are not as they were at the start. */
  toString(): string {
    const set = Object.entries(this.#spec.attributes).filter(
      ([name, { initial, kind }]) => this.shows(name) && !kind.makes && !same(initial, this.#attributes.get(name)),
    );
    const parts = set.map(([name]) => `${name}: ${printed(this.#attributes.get(name))}`);
    return `${this.#spec.name}(${parts.join(", ")})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** @internal What makes a page show the widget; nothing where no page would. */
  protected viewBundle(): MimeBundle {
    if (!this.live || !this.hasView()) return {};
    return { "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: this.id } };
  }

  /** @internal Whether the page can show it by itself: a layout or a link it cannot. */
  protected hasView(): boolean {
    return false;
  }

  /** @internal Whether {@link toString} may tell of an attribute. */
  protected shows(name: string): boolean {
    return !name.startsWith("_");
  }

  /** @internal All values by name. */
  protected currentValues(): Readonly<Values> {
    return this.#attributes.all;
  }

  /** @internal Called after the page has changed attributes, before their listeners. */
  protected changedByPage(_changes: readonly Changed[]): void {}

  /** @internal Called once, when the widget has been closed on either side. */
  protected ended(): void {}

  /** @internal Makes proposed values coherent; see {@link Settle}. */
  protected settle(_next: Values, _changed: ReadonlySet<string>, _before: Readonly<Values> | undefined): void {}

  /** @internal Changes attributes here and in the page. */
  protected change(changes: Values): void {
    const done = this.#attributes.set(changes);
    const replaced = this.#adoptParts(done, changes);
    this.#send(done.map(({ name }) => name));
    for (const part of replaced) part.close();
    this.#call(done);
  }

  /** @internal Changes attributes without a check, here and in the page; `known`: the page has the values already. */
  protected put(changes: Values, { known = false } = {}): void {
    const done = this.#attributes.put(changes);
    if (!known) this.#send(done.map(({ name }) => name));
    this.#call(done);
  }

  #open(adopted: ReturnType<typeof takeAdopted>, extras: OpenExtras): void {
    const kernel = runningKernel();
    if (!kernel?.interactive) return;
    answerPages(kernel);
    const { state, buffer_paths, buffers } = removeBuffers(this.wireState());
    const data = { state, buffer_paths };
    this.#comm =
      adopted?.comm ?? kernel.comms.open(TARGET, data, { ...extras, id: this.id, metadata: PROTOCOL, buffers });
    enrol(this);
    this.#comm.onMessage((message) => this.#receive(message));
    this.#comm.onClose(() => this.#end());
    if (adopted !== undefined) this.#update(adopted.message);
  }

  #end(): void {
    this.#closed = true;
    this.#comm = undefined;
    withdraw(this);
    for (const part of this.#parts) part.close();
    this.ended();
  }

  /** A layout or style given as a plain object is a widget of this one alone; the one that it replaces ends. */
  #adoptParts(done: readonly Changed[], given: Values): Widget[] {
    const replaced: Widget[] = [];
    for (const { name, old, new: now } of done) {
      if (this.#spec.attributes[name]!.kind.makes !== true) continue;
      if (now !== given[name]) this.#parts.add(now as Widget);
      if (this.#parts.delete(old as Widget)) replaced.push(old as Widget);
    }
    return replaced;
  }

  #call(done: readonly Changed[]): void {
    const errors: unknown[] = [];
    for (const changed of done) {
      try {
        this.#listeners.get(changed.name)?.call(changed);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  #send(names: Iterable<string>): void {
    const travelling = [...names].filter((name) => this.#spec.attributes[name]?.travels);
    if (this.#comm === undefined || travelling.length === 0) return;
    if (this.#held !== undefined) for (const name of travelling) this.#held.add(name);
    else this.#post("update", this.#attributes.encode(travelling));
  }

  #post(method: "update" | "echo_update", values: Record<string, Wire>): void {
    if (Object.keys(values).length === 0) return;
    const { state, buffer_paths, buffers } = removeBuffers(values);
    this.#comm?.send({ method, state, buffer_paths }, { buffers });
  }

  #receive(message: CommMessage): void {
    const { data, buffers } = message;
    if (data.method === "update") this.#update(message);
    else if (data.method === "request_state") this.#post("update", this.wireState());
    else if (data.method === "custom" && isObject(data.content)) this.#custom.tell(data.content, buffers);
  }

  #update({ data, buffers }: CommMessage): void {
    if (!isObject(data.state)) return;
    const sent = putBuffers(data.state, data.buffer_paths, buffers);
    const { done, echo, right } = takePageChange(this.#spec, this.#attributes, sent);
    for (const name of Object.keys(sent)) this.#held?.delete(name);
    this.#post("echo_update", echo);
    this.#post("update", right);
    if (done.length > 0) this.changedByPage(done);
    for (const changed of done) this.#listeners.get(changed.name)?.tell(changed);
  }
}

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
