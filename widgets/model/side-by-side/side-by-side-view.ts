/** Volumes beside each other on the kernel's side: what the page may change, what a cell reads, the picture that a notebook keeps. */
import type { Phase } from "../../../src/core/phases.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Look } from "../../draw/colours.js";
import { layoutGrid } from "../../draw/grid.js";
import { type Pane, SIDES } from "../../draw/layout.js";
import { blank, drawBar, fillPane, NOTHING, type Plane, paint } from "../../draw/pictures.js";
import { around, indexIn, type PlacedGrid, paneOf, sizeOf, thicknessIn, wholeGrid } from "../../draw/placed-grid.js";
import type { PanelAbout, SideBySideState } from "../../protocol/side-by-side.js";
import { type SlabMode, THICKEST } from "../../protocol.js";
import { cellOf, displayCode, unless } from "../code.js";
import { type CaptionPart, OwnWidget } from "../own-widget.js";
import { lengthText } from "../picture.js";
import { serve, slab } from "../planes.js";
import { reduced } from "../reduced.js";
import { factsOf, type Scene, sceneAccepts } from "../scene.js";
import { SceneView } from "../scene-view.js";
import type { VolumeWindows } from "../several/windows.js";
import { cameraCode, cameraIn, cameraOf } from "../slices/camera.js";
import { displayIn, phasesOf } from "../slices/slices-view.js";
import type { Shown } from "../view.js";
import type { Link } from "./placement.js";
import type { SideBySideOptions } from "./side-by-side.js";

type State = Omit<SideBySideState, `_${string}`>;

/** One volume with its name and the labels that lie over it. */
export interface Panel {
  readonly name: string;
  readonly volume: Volume;
  readonly labels: Volume | undefined;
  /** Where it lies in the voxels of the first volume. */
  readonly grid: PlacedGrid;
}

const TITLE = "side by side";
const PICTURE = { width: 640, height: 520 };

/** Volumes beside each other; made by {@link sideBySide}. */
export class SideBySide extends SceneView<State> {
  readonly #panels: readonly Panel[];
  readonly #windows: VolumeWindows;
  /** What the call was given and nobody changes. */
  readonly #given: Readonly<Record<string, unknown>>;

  /** @internal */
  constructor(
    panels: readonly Panel[],
    scene: Scene,
    windows: VolumeWindows,
    options: SideBySideOptions & { readonly link: Link },
    given: Readonly<Record<string, unknown>>,
  ) {
    const { planes = 1, mode = "mean", outline = false, opacity = 0.4, axis = "z" } = options;
    const { title = TITLE, locked = false, link } = options;
    const labels = panels.find((panel) => panel.labels !== undefined)?.labels;
    super(
      new OwnWidget<State>(
        { model: "SideBySideModel", view: "SideBySideView" },
        {
          ...scene.state,
          history: scene.log.lengths,
          scene: scene.id,
          volume: factsOf(panels[0]!.volume, title),
          phases: labels === undefined ? scene.phasesNow() : phasesOf(labels),
          labels: labels !== undefined,
          labelsId: null,
          field: null,
          display: { planes, mode, outline, curtain: 1 },
          camera: cameraOf(options, scene.camera),
          opacity,
          ...{ count: panels.length, axis, locked },
          frame: link === "voxels" ? null : around(panels.map(({ grid }) => grid)),
        },
        {
          ...sceneAccepts(scene),
          opacity: (value) => (typeof value === "number" && value >= 0 && value <= 1 ? value : undefined),
          display: displayIn,
          camera: cameraIn,
          axis: (value) => (Object.hasOwn(AXES, String(value)) ? (String(value) as Axis) : undefined),
          locked: (value) => (typeof value === "boolean" ? value : undefined),
        },
      ),
      scene,
    );
    this.#panels = panels;
    this.#windows = windows;
    this.#given = given;
    windows.follow(this.widget);
    serve(this.widget, {
      volumes: (k) => (panels[k] === undefined ? undefined : { grey: panels[k].volume, labels: panels[k].labels }),
      others: { volumes: async () => [{ volumes: this.#about() }, []] },
    });
    this.join();
  }

  #about(): PanelAbout[] {
    return this.#panels.map(({ name, volume, labels, grid }, k) => ({
      ...{ name, dtype: volume.dtype, window: [...this.#windows.own[k]!] },
      phases: labels === undefined ? null : phasesOf(labels),
      alone: labels === volume,
      grid,
    }));
  }

  /** @internal */
  get followsThresholds(): boolean {
    return !this.widget.state.labels;
  }

  /** Position of the cursor in voxels, `[z, y, x]`, as it was after the last gesture. */
  get cursor(): Triple {
    return this.scene.state.cursor;
  }

  /** The plane that is shown of each volume. */
  get axis(): Axis {
    return this.widget.state.axis;
  }

  /** Grey values shown as black and as white, by the names of the volumes. */
  get windows(): Readonly<Record<string, readonly [low: number, high: number]>> {
    return Object.fromEntries(this.#panels.map(({ name }, k) => [name, this.#windowOf(k)]));
  }

  #windowOf(k: number): readonly [low: number, high: number] {
    const { labels, volume } = this.#panels[k]!;
    return this.widget.state.locked && labels !== volume ? this.scene.state.window : this.#windows.own[k]!;
  }

  get code(): string {
    const { cursor, window, thresholds, region } = this.scene.state;
    const { axis, locked, opacity, display, camera, volume } = this.widget.state;
    const own = this.#windows.changed(this.#panels.map(({ name }) => name));
    return cellOf("sideBySide", "volumes", {
      ...this.#given,
      ...{ axis, cursor, locked, window },
      windows: Object.keys(own).length > 0 ? own : undefined,
      thresholds: thresholds.length > 0 ? thresholds : undefined,
      ...{ region, opacity },
      ...displayCode(display, false),
      ...cameraCode(camera),
      title: unless(TITLE, volume.title),
    });
  }

  /** @internal */
  async shown(): Promise<Shown> {
    const { axis, display, opacity, phases, volume: facts, frame } = this.widget.state;
    const { cursor, thresholds } = this.scene.state;
    const seen = frame ?? wholeGrid(facts.shape);
    const grid = layoutGrid(this.#panels.length, axis, sizeOf(seen), facts.spacing, PICTURE);
    const picture = blank(grid.width, grid.height);
    const k = AXES[axis];
    const outside: string[] = [];
    for (const [n, { name, volume, labels, grid: placed }] of this.#panels.entries()) {
      const index = indexIn(placed, k, cursor[k]);
      if (frame !== null) fillPane(picture, grid.panes[n]!, NOTHING);
      if (index === undefined) outside.push(name);
      else {
        const pane = paneOf(grid.panes[n]!, seen, placed);
        const own: readonly Phase[] = labels === undefined ? phases : phasesOf(labels);
        const alone = labels === volume && opacity > 0 ? { opacity: 1 } : {};
        const shown: Look = { window: this.#windowOf(n), thresholds, phases: own, opacity, outline: display.outline };
        const planes = thicknessIn(placed, k, display.planes, THICKEST);
        const at = { axis, index, planes, mode: display.mode, pane };
        paint(picture, pane, await planeAt({ volume, labels }, at, own), volume.dtype, { ...shown, ...alone });
      }
    }
    const bar = drawBar(picture, grid.panes[0]!, grid.scale);
    const known = facts.spacing !== null;
    const place = `plane ${axis} ${cursor[k]}`;
    const caption: CaptionPart[] = [
      { text: `${this.#panels.map(({ name }) => name).join(" | ")}` },
      ...phases.map(({ name, colour }) => ({ text: name, colour })),
      { text: frame === null ? place : `${place} of ${this.#panels[0]!.name}, the others where it lies` },
      ...(outside.length === 0 ? [] : [{ text: `it lies outside of ${outside.join(", ")}` }]),
      { text: `bar ${lengthText(bar.length, known)}` },
    ];
    return { picture, alt: `${facts.title}: ${this.#panels.length} volumes`, caption };
  }
}

/** A plane of a volume with what lies over it, as small as its pane. */
async function planeAt(
  { volume, labels }: Pick<Panel, "volume" | "labels">,
  at: { axis: Axis; index: number; planes: number; mode: SlabMode; pane: Pane },
  phases: readonly Phase[],
): Promise<Plane> {
  const { axis, index, planes, mode, pane } = at;
  const { right, down } = SIDES[axis];
  const { shape } = volume;
  const level = Math.max(0, Math.floor(Math.log2(Math.max(shape[right] / pane.width, shape[down] / pane.height))));
  const plane = await slab(volume, axis, index, planes, mode, { level, labels: false });
  const over = labels && reduced(await labels.plane(axis, index), level, true);
  return { axis, ...plane, ...(over && { over: { values: over.values, phases, width: over.width } }) };
}
