/** The states of a series on the kernel's side: what is shown, what is measured, what a cell reads. */
import type { Json } from "../../../kernel/comm.js";
import type { ResultTable } from "../../../src/core/arrow/table.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber } from "../../../src/core/options.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Series, State } from "../../../src/measure/series.js";
import type { StateAbout, TimeReply, TimeState } from "../../protocol/time.js";
import type { Layer } from "../../protocol.js";
import { cellOf, displayCode, unless } from "../code.js";
import { OwnWidget } from "../own-widget.js";
import { type Answer, serve } from "../planes.js";
import { factsOf, sceneAccepts } from "../scene.js";
import { SceneView } from "../scene-view.js";
import { cameraCode, cameraIn, cameraOf } from "../slices/camera.js";
import { displayIn } from "../slices/slices-view.js";
import type { Shown } from "../view.js";
import { kymograph, lineIn } from "./kymograph.js";
import { phasesOf, SeriesMeasures, type ThicknessOf } from "./measures.js";
import { greyOf, type SeriesScene, shownIn } from "./series-scene.js";
import { timeShown } from "./time-picture.js";
import type { TimeSeriesOptions } from "./time-series.js";

export type ViewState = Omit<TimeState, `_${string}`>;

const TITLE = "time series";
/** States shown in a second, at most: no page draws more. */
export const FASTEST = 60;

/** The states of a series in one view; made by {@link timeSeries}. */
export class TimeView extends SceneView<ViewState> {
  declare readonly scene: SeriesScene;
  readonly #series: Series;
  readonly #measures: SeriesMeasures;
  readonly #thickness: ThicknessOf | undefined;
  /** By state. */
  readonly #grey: readonly Volume[];

  /** @internal */
  constructor(series: Series, scene: SeriesScene, options: Omit<TimeSeriesOptions, "show">) {
    const { show, windows } = scene;
    const { planes = 1, mode = "mean", outline = false, opacity = show === "scan" ? 0.4 : 1 } = options;
    const { curtain = 0.5, title = TITLE, locked = true, fps = 5, line = "x" } = options;
    const grey = greyOf(series, show);
    super(
      new OwnWidget<ViewState>(
        { model: "TimeModel", view: "TimeView" },
        {
          ...scene.state,
          history: scene.log.lengths,
          scene: scene.id,
          volume: { ...factsOf(grey[0]!, title), range: rangeOf(grey) },
          phases: phasesOf(series),
          labels: true,
          // Each state has its own labelling.
          labelsId: null,
          field: null,
          display: { planes, mode, outline, curtain },
          camera: cameraOf(options, scene.camera),
          opacity,
          ...{ count: series.length, shown: scene.shown, locked, fps, line },
        },
        {
          ...sceneAccepts(scene),
          opacity: (value) => (typeof value === "number" && value >= 0 && value <= 1 ? value : undefined),
          display: displayIn,
          camera: cameraIn,
          shown: (value) => shownIn(series, value),
          locked: (value) => (typeof value === "boolean" ? value : undefined),
          fps: (value) => (typeof value === "number" && value > 0 && value <= FASTEST ? value : undefined),
          line: (value) => (Object.hasOwn(AXES, String(value)) ? (String(value) as Axis) : undefined),
        },
      ),
      scene,
    );
    this.#series = series;
    this.#grey = grey;
    this.#measures = new SeriesMeasures(series, options.thickness);
    this.#thickness = options.thickness;
    windows.follow(this.widget);
    serve(this.widget, {
      volumes: (k) => (grey[k] === undefined ? undefined : { grey: grey[k], labels: series.states[k]!.labels }),
      others: { volumes: async () => this.#about(), kymograph: (request) => this.#line(request) },
    });
    this.widget.onChange((names) => {
      if (names.includes("shown")) scene.presentedByPage(this.widget.state.shown);
    });
    const stop = scene.onShown((shown) => this.widget.update({ shown }));
    this.widget.onEnd(() => {
      stop();
      this.#measures.stop();
    });
    this.join();
  }

  /** @internal */
  readonly followsThresholds = false;

  /** Number of the state that is shown, from 0, as it was after the last gesture. */
  get index(): number {
    return this.scene.shown.index;
  }

  /** Shows another state in all views of the series. */
  set index(index: number) {
    checkNumber("index", index, 0, this.#series.length - 1, true);
    this.scene.present({ ...this.scene.shown, index });
  }

  /** The state that is shown. */
  get state(): State {
    return this.#series.states[this.index]!;
  }

  /** The state on the left of the curtain and the one behind it; undefined: no two are compared. */
  get ab(): { readonly a: State; readonly b: State } | undefined {
    const { other } = this.scene.shown;
    return other === null ? undefined : { a: this.state, b: this.#series.states[other]! };
  }

  /**
   * Share of each phase in each state, a row a state, beside what the cycler tells; with the thickness where the view was asked for it. What
   * the view has measured already is not measured again.
   * @throws what the first measurement threw that failed
   */
  get fractions(): Promise<ResultTable> {
    return this.#measures.table();
  }

  /** Position of the cursor in voxels, `[z, y, x]`, as it was after the last gesture. */
  get cursor(): Triple {
    return this.scene.state.cursor;
  }

  /** Grey values shown as black and as white, in all states unless each has its own. */
  get window(): readonly [low: number, high: number] {
    const { own } = this.scene.windows;
    return this.widget.state.locked ? this.scene.state.window : own[this.index]!;
  }

  get code(): string {
    const { opacity, locked, line, fps, display, camera, volume } = this.widget.state;
    const { window, cursor, region } = this.scene.state;
    const { ab, state, scene } = this;
    const own = scene.windows.changed(this.#series.states.map(({ name }) => name));
    return cellOf("timeSeries", "states", {
      ...{ show: scene.show, at: state.name, compare: ab?.b.name },
      ...{ cursor, window, windows: Object.keys(own).length > 0 ? own : undefined, region },
      thickness: this.#thickness,
      ...{ opacity, locked, line, fps },
      ...displayCode(display, true),
      ...cameraCode(camera),
      title: unless(TITLE, volume.title),
    });
  }

  /** What the page is told of the states, once; then of each what is measured. */
  #about(): Answer {
    const { states, chargeUnit } = this.#series;
    const { own } = this.scene.windows;
    const volumes = states.map(
      ({ name, voltage, charge, time }, k): StateAbout => ({
        ...{ name, dtype: this.#grey[k]!.dtype, window: [...own[k]!] },
        ...(voltage !== undefined && { voltage }),
        ...(charge !== undefined && { charge }),
        ...(time !== undefined && { time }),
      }),
    );
    const lines = this.#measures.phases.map(({ name, colour }) => ({ name, colour }));
    // After this answer.
    setImmediate(() => this.#measure());
    return [{ volumes, chargeUnit, lines, thickness: this.#measures.thickness ?? null }, []];
  }

  #running = false;

  /** Tells the page what was measured, and measures the rest. */
  #measure(): void {
    for (const state of this.#measures.done.keys()) this.#tell(state, null);
    if (this.#running) return;
    this.#running = true;
    const known = new Set(this.#measures.done.keys());
    void this.#measures
      .all((state, failed) => {
        if (failed !== null || !known.has(state)) this.#tell(state, failed);
      })
      .finally(() => {
        this.#running = false;
        void this.renew();
      });
  }

  #tell(state: number, failed: string | null): void {
    const count = this.#measures.phases.length + (this.#measures.thickness === undefined ? 0 : 1);
    const values = this.#measures.done.get(state) ?? new Array<number>(count).fill(Number.NaN);
    const reply: TimeReply = { kind: "measured", id: 0, state, failed };
    this.widget.send(reply as unknown as Record<string, Json>, [Float64Array.from(values)]);
  }

  async #line(request: Record<string, Json>): Promise<Answer> {
    const layer = String(request.layer) as Layer;
    if (layer !== "grey" && layer !== "labels") throw new InvalidArgument(`this view has no ${layer}`);
    const { axis, at } = lineIn(request, this.#grey[0]!);
    return kymograph(layer === "grey" ? this.#grey : this.#series.states.map(({ labels }) => labels), axis, at);
  }

  /** @internal */
  async shown(): Promise<Shown> {
    // Where no page asks for them nothing has measured the states.
    if (!this.widget.live) await this.#measures.table();
    return timeShown(
      this.#series,
      this.#grey,
      this.scene,
      { ...this.widget.state, own: this.scene.windows.own },
      this.#measures,
    );
  }
}

const rangeOf = (volumes: readonly Volume[]): [number, number] => {
  const ranges = volumes.map((volume) => factsOf(volume, "").range);
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
};
