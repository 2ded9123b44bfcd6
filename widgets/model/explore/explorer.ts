/** Several views of one thing in one output, behind tabs, whose settings are one value. */
import type { Json } from "../../../kernel/comm.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import type { ExplorerState } from "../../protocol/explorer.js";
import type { Action } from "../../protocol.js";
import { OwnWidget } from "../own-widget.js";
import { type Scene, scenePartsOf } from "../scene.js";
import { SceneView } from "../scene-view.js";
import { Together } from "../together.js";
import { type Shown, View } from "../view.js";

type State = Omit<ExplorerState, `_${string}`>;

/** How views stand: plain data, for a file or for {@link Explorer.state} of another one. */
export interface ExplorerSettings {
  /** The tab that is open. */
  readonly open: string;
  /** What a reader can change, by view: of the views of one volume the cursor, the window, the thresholds and others are the same. */
  readonly views: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** A tab: its title, and the views below each other behind it, by name. */
export interface ExplorerTab {
  readonly title: string;
  readonly views: Readonly<Record<string, View<object>>>;
}

/** Views of a thing in one output; made by {@link explore}. */
export class Explorer extends View<State> {
  /** The views, by name: `explorer.views.slices`, `explorer.views.histogram`. */
  readonly views: Readonly<Record<string, View<object>>>;
  readonly #shownInTab: readonly View<object>[];
  readonly #code: (state: ExplorerSettings) => string;

  /** @internal @param code a cell that makes it again, standing so */
  constructor(tabs: readonly ExplorerTab[], code: (state: ExplorerSettings) => string) {
    const behind = tabs.map(({ views }) => {
      const list = Object.values(views);
      return list.length === 1 ? list[0]! : new Together(list);
    });
    super(
      new OwnWidget<State>(
        { model: "ExplorerModel", view: "ExplorerView" },
        {
          children: behind.map(({ widget }) => `IPY_MODEL_${widget.id}`),
          titles: tabs.map(({ title }) => title),
          open: 0,
        },
        {
          open: (value) =>
            Number.isInteger(value) && tabs[value as number] !== undefined ? (value as number) : undefined,
        },
      ),
    );
    this.views = Object.assign({}, ...tabs.map(({ views }) => views)) as Record<string, View<object>>;
    this.#shownInTab = behind;
    this.#code = code;
    for (const { widget } of Object.values(this.views))
      widget.onMessage(({ kind }) => void (kind === "settled" && this.renew()));
    // Another tab is another picture.
    this.widget.onChange(() => void this.renew());
  }

  /** The scenes of the views: one for views of one volume. */
  get #scenes(): Scene[] {
    const scenes = Object.values(this.views).flatMap((view) => (view instanceof SceneView ? [view.scene] : []));
    return [...new Set(scenes)];
  }

  /** How the views stand, as plain data. */
  get state(): ExplorerSettings {
    const views = Object.entries(this.views).map(([name, { widget }]) => [
      name,
      widget.settings as Record<string, Json>,
    ]);
    return structuredClone({
      open: this.widget.state.titles[this.widget.state.open]!,
      views: Object.fromEntries(views) as Record<string, Record<string, Json>>,
    });
  }

  /**
   * Lets the views stand as others did.
   * @throws InvalidArgument if there is no such view or tab, or one cannot stand so; nothing is changed then
   */
  set state({ open, views }: ExplorerSettings) {
    const { titles } = this.widget.state;
    const tab = titles.indexOf(open);
    if (tab < 0) throw new InvalidArgument(`state: open is ${JSON.stringify(open)}; the tabs are ${titles.join(", ")}`);
    const changes = Object.entries(Object(views) as ExplorerSettings["views"]).map(([name, settings]) => {
      const view = Object.hasOwn(this.views, name) ? this.views[name]! : undefined;
      if (view === undefined)
        throw new InvalidArgument(
          `state: there is no view ${JSON.stringify(name)}, but ${Object.keys(this.views).join(", ")}`,
        );
      const { taken, refused } = view.widget.taken(settings);
      if (refused.length > 0)
        throw new InvalidArgument(
          `state: ${name} cannot have ${refused.map((one) => `${one} ${JSON.stringify(settings[one])}`).join(", ")}`,
        );
      return [view, taken] as const;
    });
    for (const [view, taken] of changes) {
      if (view instanceof SceneView) view.scene.set(scenePartsOf(taken));
      view.widget.update(taken);
    }
    this.widget.update({ open: tab });
    void this.renew();
  }

  /** What readers did in the views, the oldest first, volume by volume. */
  get actions(): readonly Action[] {
    return structuredClone(this.#scenes.flatMap(({ log }) => [...log.actions]));
  }

  /** A cell that shows this as it is now. */
  get code(): string {
    return this.#code(this.state);
  }

  /** @internal */
  shown(scale = 1): Promise<Shown> {
    return this.#shownInTab[this.widget.state.open]!.shown(scale);
  }
}
