import type { Json } from "../../kernel/comm.js";
import { checkVolume } from "../../src/compute/run.js";
import { DTYPES } from "../../src/core/dtype.js";
import { InvalidArgument, MissingData } from "../../src/core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../../src/core/options.js";
import { phaseTable } from "../../src/core/phases.js";
import { percentileWindow } from "../../src/core/picture.js";
import { type Axis, checkRegion, type Region, sameShape, type Triple } from "../../src/core/shape.js";
import type { Volume } from "../../src/core/volume.js";
import { SIDES } from "../draw/layout.js";
import { type Plane, slicesPicture } from "../draw/pictures.js";
import type { Edit, Reply, SceneState, SlabMode, SlicesDisplay, SlicesState } from "../protocol.js";
import { journalOf, LabelEditor } from "./labels/label-editor.js";
import { unlabelled } from "./labels/unlabelled.js";
import { type CaptionPart, OwnWidget } from "./own-widget.js";
import { lengthText } from "./picture.js";
import { MODES, reduced, serve, slab, THICKEST } from "./planes.js";
import { checkThresholds, factsOf, type Scene, sceneAccepts, sceneOf } from "./scene.js";
import { SceneView, written } from "./scene-view.js";
import type { Shown } from "./view.js";

/** Options of {@link slices}. */
export interface SlicesOptions {
  /** Label volume of the same shape that lies over the grey values. */
  labels?: Volume;
  /**
   * Whether the labels can be painted on. Each edit is kept in a file as soon as it is made, and what stands in the file is done again
   * when the same labels are shown for editing: a path, or true for one in the folder `.voxbook/edits` beside the notebook. Without
   * `labels` painting begins on nothing. Default false.
   */
  edit?: boolean | string;
  /**
   * A field of the same shape, such as a flux or an uncertainty: its values lie over the grey ones as colours, in place of labels.
   * The colours go over the values between which 99 % of the middle plane lies.
   */
  field?: Volume;
  /** Another volume of the same shape, to compare with: it is behind a curtain that is drawn over the planes. */
  beside?: Volume;
  /** Planes around the cursor's that are shown as one, 1 to 256. Default 1. */
  planes?: number;
  /** How several planes become one: "mean", "max" (maximum intensity projection) or "min". Default "mean". */
  mode?: SlabMode;
  /** Whether labels are outlined, not filled. Default false. */
  outline?: boolean;
  /** Names of the labels 1, 2, … to paint, where there are no labels yet. Default: "label 1", "label 2", "label 3". */
  names?: readonly string[];
  /** First position of the cursor in voxels, `[z, y, x]`. Default: the middle. */
  cursor?: Triple;
  /** Grey values shown as black and as white. Default: those between which 99 % of the middle plane lies. */
  window?: readonly [low: number, high: number];
  /** Thresholds whose phases colour the planes; shared with the histogram of the same volume. Default: those of the histogram. */
  thresholds?: readonly number[];
  /** A box of interest, in voxels; the reader can draw another. Default: none. */
  region?: Region;
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
  readonly #editor: LabelEditor | undefined;
  readonly #field: Volume | undefined;
  readonly #beside: Volume | undefined;

  /** @internal @param windows of the volumes over it and beside it: values in the first and in the last colour */
  constructor(
    volume: Volume,
    scene: Scene,
    options: Omit<SlicesOptions, "edit" | "names">,
    windows: { readonly [Name in "beside" | "field"]?: readonly [number, number] | undefined } = {},
    editor?: LabelEditor,
  ) {
    const { labels, field, beside, opacity = field === undefined ? 0.4 : 0.8 } = options;
    const {
      planes = 1,
      mode = "mean",
      outline = false,
      title = volume.role === "labels" ? "labels" : "scan",
    } = options;
    const over = editor?.now ?? labels ?? (isLabelled(volume) ? volume : undefined);
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
          editable: editor !== undefined,
          field: field === undefined ? null : { name: nameOf(field), range: [...(windows.field ?? field.range)] },
          beside:
            beside === undefined
              ? null
              : { title: nameOf(beside), dtype: beside.dtype, window: [...(windows.beside ?? scene.state.window)] },
          display: { planes, mode, outline, curtain: beside === undefined ? 1 : 0.5 },
          opacity,
        },
        {
          ...sceneAccepts(scene),
          opacity: (value) => (typeof value === "number" && value >= 0 && value <= 1 ? value : undefined),
          display: displayIn,
        },
      ),
      scene,
    );
    this.volume = volume;
    this.#labels = over;
    this.#editor = editor;
    this.#field = field;
    this.#beside = beside;
    serve(this.widget, { grey: volume, labels: over, field, beside });
    if (editor !== undefined) this.#takeEdits();
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

  /** The box that the reader has drawn, as it was after the last gesture; for the option `region` of functions. Undefined: none. */
  get region(): Region | undefined {
    return this.scene.state.region ?? undefined;
  }

  /** Does what the page asks for, or tells it why not. */
  #takeEdits(): void {
    this.widget.onMessage(({ kind, id, edit }) => {
      if (kind !== "edit") return;
      this.scene.edit(edit as unknown as Edit, Number(id)).catch((error: unknown) => {
        const reply: Reply = {
          kind: "error",
          id: Number(id),
          message: error instanceof Error ? error.message : String(error),
        };
        this.widget.send(reply as unknown as Record<string, Json>);
      });
    });
  }

  /**
   * The labels as they are now, with everything that was painted, as a volume of their own; its provenance holds the edits.
   * Cost O(n); memory n voxels.
   * @throws MissingData if this view is not for editing
   */
  labels(): Promise<Volume> {
    return this.#edited.labels();
  }

  /** The file that the edits are kept in. */
  get edits(): string {
    return this.#edited.path;
  }

  get #edited(): LabelEditor {
    if (this.#editor === undefined)
      throw new MissingData("this view shows labels that cannot be edited; show it by slices(…, { edit: true })");
    return this.#editor;
  }

  get code(): string {
    const { cursor, window, thresholds, region } = this.scene.state;
    const shown = this.volume.role === "labels" || this.volume.role === "mask" ? "labels" : "scan";
    const over = this.#labels !== undefined && this.#labels !== this.volume ? "labels, " : "";
    const list = (values: readonly number[]): string => `[${values.map(written).join(", ")}]`;
    const looks = `cursor: ${list(cursor)}, window: ${list(window)}, thresholds: ${list(thresholds)}`;
    const box = region === null ? "" : `, region: { start: ${list(region.start)}, stop: ${list(region.stop)} }`;
    return `import { slices } from "voxbook/widgets";\n\nawait slices(${shown}, { ${over}${looks}${box}, opacity: ${written(this.widget.state.opacity)} })\n`;
  }

  /** What the curtain leaves to see of the other volume. */
  async #behind(axis: Axis, index: number, level: number): Promise<Pick<Plane, "behind">> {
    const { beside, display } = this.widget.state;
    if (this.#beside === undefined || beside === null || display.curtain === 1) return {};
    const { values } = reduced(await slab(this.#beside, axis, index, display.planes, display.mode), level, false);
    return { behind: { values, dtype: beside.dtype, window: beside.window, from: display.curtain } };
  }

  /** What lies over a plane in the picture. */
  async #over(axis: Axis, index: number, level: number): Promise<Pick<Plane, "over">> {
    const { phases, field } = this.widget.state;
    if (this.#field !== undefined && field !== null) {
      const { values } = reduced(await this.#field.plane(axis, index), level, false);
      return { over: { values, range: field.range } };
    }
    if (this.#labels === undefined) return {};
    const { values, width } = reduced(await this.#labels.plane(axis, index), level, true);
    return { over: { values, phases, width } };
  }

  /** @internal */
  async shown(): Promise<Shown> {
    const { shape, dtype, spacing = null } = this.volume;
    const { cursor, window, thresholds, region } = this.scene.state;
    const { phases, opacity, volume, display, field } = this.widget.state;
    const planes: Plane[] = [];
    const axes = shape[0] === 1 ? (["z"] as const) : (["z", "y", "x"] as const);
    for (const axis of axes) {
      const index = cursor[{ z: 0, y: 1, x: 2 }[axis]];
      const { right, down } = SIDES[axis];
      const level = Math.max(0, Math.floor(Math.log2(Math.max(shape[right], shape[down]) / 640)));
      const plane = reduced(await slab(this.volume, axis, index, display.planes, display.mode), level, false);
      planes.push({
        axis,
        ...plane,
        ...(await this.#over(axis, index, level)),
        ...(await this.#behind(axis, index, level)),
      });
    }
    const look = { window, thresholds, phases, opacity, outline: display.outline };
    const { picture, bar } = slicesPicture({ shape, dtype, spacing, cursor, look, region }, planes);
    const at =
      spacing === null ? cursor.join(", ") : cursor.map((n, k) => lengthText(n * spacing[k]!, true)).join(", ");
    const caption: CaptionPart[] = [
      ...(field === null
        ? phases.map(({ name, colour }) => ({ text: name, colour }))
        : [{ text: `${field.name} ${written(field.range[0])} … ${written(field.range[1])}` }]),
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

/** What a volume is called that nobody named: the operation that made it. */
const nameOf = ({ provenance }: Volume): string => provenance.operation.slice(0, 40);

/** What a page may set. */
function displayIn(value: unknown): SlicesDisplay | undefined {
  const { planes, mode, outline, curtain } = Object(value) as Partial<SlicesDisplay>;
  const fits =
    Number.isInteger(planes) &&
    planes! >= 1 &&
    planes! <= THICKEST &&
    MODES.includes(mode!) &&
    typeof outline === "boolean" &&
    typeof curtain === "number" &&
    curtain >= 0 &&
    curtain <= 1;
  return fits ? { planes: planes!, mode: mode!, outline, curtain } : undefined;
}

const isLabelled = ({ role }: Volume): boolean => role === "labels" || role === "mask";

/** What paints on labels: one for all views of a volume. */
async function editorOf(scene: Scene, labels: Volume, edit: boolean | string): Promise<LabelEditor> {
  if (edit !== true && (typeof edit !== "string" || edit === ""))
    throw new InvalidArgument(
      `edit is ${JSON.stringify(edit)}; give true, or the path of the file that keeps the edits`,
    );
  if (!DTYPES[labels.dtype].integer) throw new InvalidArgument(`labels are whole numbers, these are ${labels.dtype}`);
  const path = edit === true ? journalOf(labels) : edit;
  if (scene.editor?.path === path) return scene.editor;
  const editor = await LabelEditor.open(labels, scene.volume, path);
  scene.takeEditor(editor);
  return editor;
}

const phasesOf = (labels: Volume): SlicesState["phases"] => [
  ...(labels.phases ?? (labels.role === "mask" ? phaseTable(2, ["outside", "inside"]).slice(1) : [])),
];

const OPTIONS = [
  ...([
    "labels",
    "edit",
    "names",
    "field",
    "beside",
    "planes",
    "mode",
    "outline",
    "cursor",
    "window",
    "thresholds",
  ] as const),
  ...(["region", "opacity", "title"] as const),
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
  checkOptions("slices", options, OPTIONS);
  const { labels, opacity, cursor, window, thresholds, region, title, edit = false, names } = options;
  const { field, beside, planes, mode, outline } = options;
  for (const [name, one] of Object.entries({ labels, field, beside })) {
    if (one === undefined) continue;
    checkVolume(`slices: ${name}`, one);
    if (!sameShape(one.shape, volume.shape))
      throw new InvalidArgument(
        `${name}: the shape is ${one.shape.join(" × ")}, that of the volume ${volume.shape.join(" × ")}; they must be the same`,
      );
  }
  if (planes !== undefined) checkNumber("planes", planes, 1, THICKEST, true);
  if (mode !== undefined) checkChoice("mode", mode, MODES);
  if (outline !== undefined && typeof outline !== "boolean")
    throw new InvalidArgument(`outline is ${JSON.stringify(outline)}; give true or false`);
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
  if (region !== undefined) {
    checkRegion(region, volume.shape);
    changes.region = region;
  }
  const scene = await sceneOf(volume);
  if (Object.keys(changes).length > 0) scene.set(changes);
  const windows = {
    beside: beside && (await sceneOf(beside)).state.window,
    field: field && percentileWindow((await field.plane("z", field.shape[0] >> 1)).values),
  };
  if (edit === false && names === undefined) return new Slices(volume, scene, options, windows);
  const start = labels ?? (isLabelled(volume) ? volume : unlabelled(volume, names));
  return new Slices(volume, scene, options, windows, await editorOf(scene, start, edit));
}
