import type { Json } from "../../kernel/comm.js";
import { checkVolume } from "../../src/compute/run.js";
import { DTYPES } from "../../src/core/dtype.js";
import { InvalidArgument, MissingData } from "../../src/core/errors.js";
import { checkNumber, checkOptions } from "../../src/core/options.js";
import { phaseTable } from "../../src/core/phases.js";
import { sameShape, type Triple } from "../../src/core/shape.js";
import type { Volume } from "../../src/core/volume.js";
import { SIDES } from "../draw/layout.js";
import { type Plane, slicesPicture } from "../draw/pictures.js";
import type { Edit, Reply, SceneState, SlicesState } from "../protocol.js";
import { journalOf, LabelEditor } from "./labels/label-editor.js";
import { unlabelled } from "./labels/unlabelled.js";
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
  /**
   * Whether the labels can be painted on. Each edit is kept in a file as soon as it is made, and what stands in the file is done again
   * when the same labels are shown for editing: a path, or true for one in the folder `.voxbook/edits` beside the notebook. Without
   * `labels` painting begins on nothing. Default false.
   */
  edit?: boolean | string;
  /** Names of the labels 1, 2, … to paint, where there are no labels yet. Default: "label 1", "label 2", "label 3". */
  names?: readonly string[];
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
  readonly #editor: LabelEditor | undefined;

  /** @internal */
  constructor(volume: Volume, scene: Scene, options: Omit<SlicesOptions, "edit" | "names">, editor?: LabelEditor) {
    const { labels, opacity = 0.4, title = volume.role === "labels" ? "labels" : "scan" } = options;
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
    this.#editor = editor;
    serve(this.widget, { grey: volume, labels: over });
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
  checkOptions("slices", options, ["labels", "edit", "names", "cursor", "window", "thresholds", "opacity", "title"]);
  const { labels, opacity, cursor, window, thresholds, title, edit = false, names } = options;
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
  if (edit === false && names === undefined) return new Slices(volume, scene, options);
  const start = labels ?? (isLabelled(volume) ? volume : unlabelled(volume, names));
  return new Slices(volume, scene, options, await editorOf(scene, start, edit));
}
