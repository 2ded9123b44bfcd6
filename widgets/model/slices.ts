import { checkVolume } from "../../src/compute/run.js";
import { InvalidArgument } from "../../src/core/errors.js";
import { checkNumber, checkOptions } from "../../src/core/options.js";
import { phaseTable } from "../../src/core/phases.js";
import { sameShape, type Triple } from "../../src/core/shape.js";
import type { Volume } from "../../src/core/volume.js";
import { SIDES } from "../draw/layout.js";
import { type Plane, slicesPicture } from "../draw/pictures.js";
import type { SceneState, SlicesState } from "../protocol.js";
import { type CaptionPart, OwnWidget } from "./own-widget.js";
import { lengthText } from "./picture.js";
import { reduced, serve } from "./planes.js";
import { checkThresholds, factsOf, type Scene, sceneAccepts, sceneOf } from "./scene.js";
import { SceneView, written } from "./scene-view.js";
import type { Shown } from "./view.js";

/** Options of {@link slices}. */
export interface SlicesOptions {
  /** Label volume of the same shape that lies over the grey values. */
  labels?: Volume;
  /** First position of the cursor in voxels, `[z, y, x]`. Default: the middle. */
  cursor?: Triple;
  /** Grey values shown as black and as white. Default: those between which 99 % of the middle plane lies. */
  window?: readonly [low: number, high: number];
  /** Thresholds whose phases colour the planes; shared with the histogram of the same volume. Default: those of the histogram. */
  thresholds?: readonly number[];
  /** 0 (only grey) to 1 (only colour). Default 0.4. */
  opacity?: number;
  /** Name above the view. Default: "scan". */
  title?: string;
}

type State = Omit<SlicesState, `_${string}`>;

/** The three linked planes of a volume; made by {@link slices}. */
export class Slices extends SceneView<State> {
  /** @internal */
  readonly volume: Volume;
  readonly #labels: Volume | undefined;

  /** @internal */
  constructor(volume: Volume, scene: Scene, options: SlicesOptions) {
    const { labels, opacity = 0.4, title = volume.role === "labels" ? "labels" : "scan" } = options;
    const over = labels ?? (volume.role === "labels" || volume.role === "mask" ? volume : undefined);
    super(
      new OwnWidget<State>(
        { model: "SlicesModel", view: "SlicesView" },
        {
          ...scene.state,
          history: scene.log.lengths,
          scene: scene.id,
          volume: factsOf(volume, title),
          phases: over === undefined ? scene.phasesNow() : phasesOf(over),
          labels: over !== undefined,
          opacity,
        },
        {
          ...sceneAccepts(scene),
          opacity: (value) => (typeof value === "number" && value >= 0 && value <= 1 ? value : undefined),
        },
      ),
      scene,
    );
    this.volume = volume;
    this.#labels = over;
    serve(this.widget, { grey: volume, labels: over });
    this.join();
  }

  /** @internal */
  get followsThresholds(): boolean {
    return this.#labels === undefined;
  }

  /** Position of the cursor in voxels, `[z, y, x]`, as it was after the last gesture. */
  get cursor(): Triple {
    return this.scene.state.cursor;
  }

  /** Grey values shown as black and as white, as they were after the last gesture. */
  get window(): readonly [low: number, high: number] {
    return this.scene.state.window;
  }

  get code(): string {
    const { cursor, window, thresholds } = this.scene.state;
    const shown = this.volume.role === "labels" || this.volume.role === "mask" ? "labels" : "scan";
    const over = this.#labels !== undefined && this.#labels !== this.volume ? "labels, " : "";
    const list = (values: readonly number[]): string => `[${values.map(written).join(", ")}]`;
    const looks = `cursor: ${list(cursor)}, window: ${list(window)}, thresholds: ${list(thresholds)}`;
    return `import { slices } from "voxbook/widgets";\n\nawait slices(${shown}, { ${over}${looks}, opacity: ${written(this.widget.state.opacity)} })\n`;
  }

  /** @internal */
  async shown(): Promise<Shown> {
    const { shape, dtype, spacing = null } = this.volume;
    const { cursor, window, thresholds } = this.scene.state;
    const { phases, opacity, volume } = this.widget.state;
    const planes: Plane[] = [];
    const axes = shape[0] === 1 ? (["z"] as const) : (["z", "y", "x"] as const);
    for (const axis of axes) {
      const index = cursor[{ z: 0, y: 1, x: 2 }[axis]];
      const { right, down } = SIDES[axis];
      const level = Math.max(0, Math.floor(Math.log2(Math.max(shape[right], shape[down]) / 640)));
      const plane = reduced(await this.volume.plane(axis, index), level, false);
      const over = this.#labels && reduced(await this.#labels.plane(axis, index), level, true);
      planes.push({ axis, ...plane, ...(over && { labels: { values: over.values, phases } }) });
    }
    const look = { window, thresholds, phases, opacity };
    const { picture, bar } = slicesPicture({ shape, dtype, spacing, cursor, look }, planes);
    const at =
      spacing === null ? cursor.join(", ") : cursor.map((n, k) => lengthText(n * spacing[k]!, true)).join(", ");
    const caption: CaptionPart[] = [
      ...phases.map(({ name, colour }) => ({ text: name, colour })),
      { text: `cursor z, y, x: ${at}` },
      { text: `bar ${lengthText(bar, spacing !== null)}` },
    ];
    return { picture, alt: `slices of ${volume.title}`, caption };
  }
}

/** Throws unless a title fits above a view. */
export function checkTitle(title: unknown): void {
  if (typeof title !== "string" || title.length > 60)
    throw new InvalidArgument(`title is ${JSON.stringify(title)}; give a text of at most 60 characters`);
}

const phasesOf = (labels: Volume): SlicesState["phases"] => [
  ...(labels.phases ?? (labels.role === "mask" ? phaseTable(2, ["outside", "inside"]).slice(1) : [])),
];

/**
 * Shows three linked orthogonal planes of a volume with a cursor, window and level, zoom and pan, the grey value and the
 * position in µm (in voxels where the voxel size is unknown) under the mouse, and a scale bar. While the thresholds of the
 * volume's histogram are dragged, the planes follow.
 *
 *   const view = await slices(scan);   // last line of a cell: `view`
 *
 * @param volume any voxel type; a labels or mask volume is shown in the colours of its phases
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if the labels have another shape, or an option is out of range
 */
export async function slices(volume: Volume, options: SlicesOptions = {}): Promise<Slices> {
  checkVolume("slices", volume);
  checkOptions("slices", options, ["labels", "cursor", "window", "thresholds", "opacity", "title"]);
  const { labels, opacity, cursor, window, thresholds, title } = options;
  if (labels !== undefined) {
    checkVolume("slices: labels", labels);
    if (!sameShape(labels.shape, volume.shape))
      throw new InvalidArgument(
        `labels have the shape ${labels.shape.join(" × ")}, the volume ${volume.shape.join(" × ")}; they must be the same`,
      );
  }
  if (opacity !== undefined) checkNumber("opacity", opacity, 0, 1);
  if (title !== undefined) checkTitle(title);
  const changes: Partial<SceneState> = {};
  if (cursor !== undefined) {
    for (const [k, n] of cursor.entries()) checkNumber(`cursor[${k}]`, n, 0, volume.shape[k]! - 1, true);
    changes.cursor = cursor;
  }
  if (window !== undefined) {
    if (!(window[0] < window[1])) throw new InvalidArgument(`window is ${JSON.stringify(window)}; give [low, high]`);
    changes.window = [window[0], window[1]];
  }
  if (thresholds !== undefined) changes.thresholds = checkThresholds(thresholds);
  const scene = await sceneOf(volume);
  if (Object.keys(changes).length > 0) scene.set(changes);
  return new Slices(volume, scene, options);
}
