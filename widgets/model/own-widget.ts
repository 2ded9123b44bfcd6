/** The widgets whose views voxbook brings itself: plain state, and a picture for where the view is not there. */
import type { Json, MimeBundle, OpenExtras } from "../../kernel/comm.js";
import { MODULE, MODULE_VERSION, VIEW_MIME } from "../protocol.js";
import { type Attribute, type Changed, of } from "./core/attributes.js";
import type { Wire } from "./core/buffers.js";
import { runningKernel } from "./core/kernel.js";
import type { Kind } from "./core/kinds.js";
import type { ModelSpec } from "./core/spec.js";
import { Widget } from "./core/widget.js";

/** Names that the page's models and views have in their module. */
export interface WidgetNames {
  readonly model: string;
  readonly view: string;
}

/** For each part of the state that a page may change: the value that is kept of what it sent; undefined: none, it is refused. */
export type Accepts<State> = { readonly [Name in keyof State]?: (value: unknown) => State[Name] | undefined };

/** A piece of the line below a picture; with a colour it begins with a chip. */
export interface CaptionPart {
  readonly text: string;
  readonly colour?: string;
}

function attribute(value: unknown, accept: ((value: unknown) => unknown) | undefined): Attribute {
  const kind: Kind<unknown> = { allowed: "what the view sends", take: accept ?? (() => undefined) };
  return of(kind, value, { page: accept !== undefined });
}

function specOf<State extends object>(names: WidgetNames, state: State, accepts: Accepts<State>): ModelSpec {
  const entries = Object.entries(state).map(([name, value]) => [name, attribute(value, accepts[name as keyof State])]);
  return {
    ...{ name: names.model, module: MODULE, version: MODULE_VERSION, viewModule: MODULE, viewVersion: MODULE_VERSION },
    ...names,
    attributes: Object.fromEntries(entries) as ModelSpec["attributes"],
  };
}

/** State on both sides, `State` without what the protocol adds to say where its code is. */
export class OwnWidget<State extends object> extends Widget {
  readonly #changed: ((names: readonly string[], before: Partial<State>) => void)[] = [];
  readonly #ended: (() => void)[] = [];
  readonly #accepts: Accepts<State>;

  /** @param accepts what a page may change, and to what */
  constructor(names: WidgetNames, state: State, accepts: Accepts<State> = {}, extras: OpenExtras = {}) {
    super(specOf(names, state, accepts), {}, extras);
    this.#accepts = accepts;
  }

  get state(): Readonly<State> {
    return this.currentValues() as State;
  }

  /** What a page may change, as it is now; without what has no value that it could be set to. */
  get settings(): Partial<State> {
    const { state } = this;
    const names = Object.keys(this.#accepts) as (keyof State)[];
    const set = names.filter((name) => this.#accepts[name]!(state[name]) !== undefined);
    return Object.fromEntries(set.map((name) => [name, state[name]])) as Partial<State>;
  }

  /** What of `settings` a page might have set, each as it would be kept; the names of those that cannot be are in `refused`. */
  taken(settings: Readonly<Record<string, unknown>>): { taken: Partial<State>; refused: string[] } {
    const taken: Partial<State> = {};
    const refused: string[] = [];
    for (const [name, value] of Object.entries(settings)) {
      const accept = Object.hasOwn(this.#accepts, name) ? this.#accepts[name as keyof State] : undefined;
      const kept = accept?.(value);
      if (kept === undefined) refused.push(name);
      else taken[name as keyof State] = kept;
    }
    return { taken, refused };
  }

  /** Changes the state here and in the page. */
  update(changes: Partial<State>): void {
    this.put(changes);
  }

  /** Changes the state here only: the page knows already. */
  note(changes: Partial<State>): void {
    this.put(changes, { known: true });
  }

  /** Called with the names of what the page changed, and with what that was before. */
  onChange(listener: (names: readonly string[], before: Partial<State>) => void): void {
    this.#changed.push(listener);
  }

  /** Called when the widget has been closed, here or by the page. */
  onEnd(listener: () => void): void {
    this.#ended.push(listener);
  }

  override wireState(): Record<string, Wire> {
    return { ...super.wireState(), _view_count: null };
  }

  /** Replaces the picture of the widget's outputs in the notebook. */
  renew(bundle: MimeBundle): void {
    runningKernel()?.display(bundle, { displayId: this.id, update: true });
  }

  /** What a notebook keeps of the widget: the live view for this page, a picture and text for all others. */
  bundle(picture: MimeBundle, caption: readonly CaptionPart[]): MimeBundle {
    const reference = { version_major: 2, version_minor: 0, model_id: this.id, caption: caption as unknown as Json };
    return { ...(this.live ? { [VIEW_MIME]: reference } : {}), ...this.viewBundle(), ...picture };
  }

  protected override hasView(): boolean {
    return true;
  }

  protected override changedByPage(changes: readonly Changed[]): void {
    const names = changes.map(({ name }) => name);
    const before = Object.fromEntries(changes.map(({ name, old }) => [name, old])) as Partial<State>;
    for (const listener of this.#changed) listener(names, before);
  }

  protected override ended(): void {
    for (const listener of this.#ended) listener();
  }
}
