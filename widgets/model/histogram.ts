import { checkVolume } from "../../src/compute/run.js";
import { InvalidArgument, isVoxbookError } from "../../src/core/errors.js";
import { checkNumber, checkOptions } from "../../src/core/options.js";
import type { Volume } from "../../src/core/volume.js";
import { multiOtsu } from "../../src/segment/multi-otsu.js";
import { separability } from "../../src/segment/separability.js";
import { type Histogram, histogram } from "../../src/statistics/histogram.js";
import { fractionsOf, histogramPicture } from "../draw/pictures.js";
import type { HistogramState, Suggestion } from "../protocol.js";
import { type CaptionPart, OwnWidget } from "./own-widget.js";
import { serve } from "./planes.js";
import { checkThresholds, factsOf, type Scene, sceneAccepts, sceneOf } from "./scene.js";
import { SceneView, written } from "./scene-view.js";
import type { Shown } from "./view.js";

/** Options of {@link histogramOf}. */
export interface HistogramOptions {
  /** Thresholds to begin with. Default: multi-Otsu's for `classes`. */
  thresholds?: readonly number[];
  /** Number of phases, 2 to 6: one more than thresholds. Default 3. */
  classes?: number;
  /** Names of the phases from dark to bright. Default: "phase 0", … */
  names?: readonly string[];
  /** Only voxels where this mask is not 0 count. Default: all. */
  mask?: Volume;
  /** Axis of the counts. Default "log": a minority phase would not be seen on a linear one. */
  scale?: "linear" | "log";
  /** Name above the view. Default: "histogram". */
  title?: string;
}

type State = Omit<HistogramState, `_${string}`>;

/** The histogram of a volume with thresholds to drag; made by {@link histogramOf}. */
export class HistogramView extends SceneView<State> {
  readonly #counted: Histogram;

  /** @internal */
  constructor(volume: Volume, scene: Scene, counted: Histogram, suggestions: Suggestion[], options: HistogramOptions) {
    const { scale = "log", title = "histogram" } = options;
    super(
      new OwnWidget<State>(
        { model: "HistogramModel", view: "HistogramView" },
        {
          ...scene.state,
          history: scene.log.lengths,
          scene: scene.id,
          volume: factsOf(volume, title),
          phases: scene.phasesNow(),
          suggestions,
          scale,
        },
        { ...sceneAccepts(scene), scale: (value) => (value === "linear" || value === "log" ? value : undefined) },
      ),
      scene,
    );
    this.#counted = counted;
    serve(this.widget, { grey: volume, counts: counted });
    this.join();
  }

  /** @internal */
  readonly followsThresholds = true;

  /** The thresholds, ascending, as they were when the mouse was last released. */
  get value(): number[] {
    return [...this.scene.state.thresholds];
  }

  /** Sets the thresholds; all views of the volume follow. */
  set value(thresholds: readonly number[]) {
    this.scene.set({ thresholds: checkThresholds(thresholds) });
  }

  /** Share of the counted voxels in each phase, from dark to bright. */
  get fractions(): number[] {
    return fractionsOf(this.#counted, this.scene.state.thresholds);
  }

  get code(): string {
    const { phases, scale } = this.widget.state;
    const options = `thresholds: [${this.value.map(written).join(", ")}], names: ${JSON.stringify(phases.map(({ name }) => name))}, scale: "${scale}"`;
    return `import { histogramOf } from "voxbook/widgets";\n\nawait histogramOf(scan, { ${options} })\n`;
  }

  /** @internal */
  async shown(): Promise<Shown> {
    const { thresholds } = this.scene.state;
    const { phases, scale, volume } = this.widget.state;
    const picture = histogramPicture(this.#counted, { thresholds, phases }, scale);
    const { fractions } = this;
    const caption: CaptionPart[] = [
      ...phases.map(({ name, colour }, k) => ({ text: `${name} ${(100 * fractions[k]!).toFixed(2)} %`, colour })),
      { text: `thresholds ${thresholds.map((n) => Number(n.toPrecision(6))).join(", ")}` },
    ];
    return { picture, alt: `${volume.title}`, caption };
  }
}

/** Otsu and multi-Otsu, as far as the values allow: a volume of two values has no three classes. */
async function suggest(counted: Histogram): Promise<Suggestion[]> {
  const found: Suggestion[] = [];
  for (const classes of [2, 3, 4]) {
    try {
      const thresholds = await multiOtsu(counted, { classes });
      const sure = Math.round(1000 * (await separability(counted, thresholds))) / 1000;
      found.push({ name: classes === 2 ? "Otsu" : `multi-Otsu ${classes}`, thresholds, separability: sure });
    } catch (error) {
      if (!isVoxbookError(error, "InvalidArgument")) throw error;
    }
  }
  return found;
}

/**
 * Shows the grey-value histogram of a volume with thresholds to drag. While one is dragged, the phase fractions and all
 * slices of the same volume follow in the page; when it is released, `value` has the new thresholds.
 *
 *   const thresholds = await histogramOf(clean, { classes: 3 });   // show it: `thresholds`, or together with slices
 *   const phases = await threshold(clean, thresholds.value);
 *
 * Counts are exact for integer voxels of up to 16 bits; wider ones are counted in bins of equal width.
 * @param volume any voxel type
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if an option is out of range, or the volume has fewer values than classes
 */
export async function histogramOf(volume: Volume, options: HistogramOptions = {}): Promise<HistogramView> {
  checkVolume("histogramOf", volume);
  checkOptions("histogramOf", options, ["thresholds", "classes", "names", "mask", "scale", "title"]);
  const { classes = 3, thresholds, names = [], mask, scale, title } = options;
  checkNumber("classes", classes, 2, 6, true);
  if (scale !== undefined && scale !== "linear" && scale !== "log")
    throw new InvalidArgument(`scale is ${JSON.stringify(scale)}; allowed are "linear" and "log"`);
  if (title !== undefined && String(title).length > 60) throw new InvalidArgument("title: at most 60 characters");
  const given = thresholds === undefined ? undefined : checkThresholds(thresholds);
  const phases = given === undefined ? classes : given.length + 1;
  if (names.length > phases || names.some((name) => String(name).length > 40))
    throw new InvalidArgument(`names: give at most ${phases} names of at most 40 characters, one for each phase`);
  const counted = await histogram(volume, mask === undefined ? {} : { mask });
  const suggestions = await suggest(counted);
  const suggested = suggestions.find((one) => one.thresholds.length === classes - 1)?.thresholds;
  const begin = given ?? suggested ?? (await multiOtsu(counted, { classes }));
  const scene = await sceneOf(volume);
  scene.names = names.map(String);
  scene.set({ thresholds: begin });
  return new HistogramView(volume, scene, counted, suggestions, options);
}
