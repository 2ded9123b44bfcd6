import { InvalidArgument, MissingData } from "../../../src/core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../../../src/core/options.js";
import { labelOf } from "../../../src/core/phases.js";
import type { Axis, Region, Triple } from "../../../src/core/shape.js";
import { checkSeries, type Series } from "../../../src/measure/series.js";
import type { SlabMode } from "../../protocol.js";
import { type CameraOptions, checkCamera } from "../slices/camera.js";
import { changesOf, checkDisplay, checkFlag, checkTitle } from "../slices/slices.js";
import { phasesOf, type ThicknessOf } from "./measures.js";
import { type Show, seriesScene } from "./series-scene.js";
import { FASTEST, TimeView } from "./time-view.js";

/** Options of {@link timeSeries}. */
export interface TimeSeriesOptions extends CameraOptions {
  /** What lies under the labels: each state's scan, or nothing. Default `scan` where all states have one, else `labels`. */
  show?: Show;
  /** Name or number of the state to begin with. Default: the first. */
  at?: string | number;
  /** Name or number of the state behind the curtain. Default: none. */
  compare?: string | number;
  /**
   * Thickness to follow, too: the mean local thickness of a `phase`, weighted by volume, or the mean thickness of a `layer` `on` a phase. It is
   * measured in the background. Default: none.
   */
  thickness?: ThicknessOf;
  /** Grey values shown as black and as white in all states. Default: those between which 99 % of the middle planes of all states lie. */
  window?: readonly [low: number, high: number];
  /** Grey values shown as black and as white in single states, by their names, where each has its own window. Default: those of its middle plane. */
  windows?: Readonly<Record<string, readonly [low: number, high: number]>>;
  /** Whether all states have one window; else each has that of its own middle plane. Default true. */
  locked?: boolean;
  /** First position of the cursor in voxels, `[z, y, x]`. Default: the middle. */
  cursor?: Triple;
  /** A box of interest, in voxels; the reader can draw another. Default: none. */
  region?: Region;
  /** Axis of the line through the cursor whose values are shown over time. Default `x`. */
  line?: Axis;
  /** States shown in a second while it plays, more than 0 and at most 60. Default 5. */
  fps?: number;
  /** Where the state behind the curtain begins, as a share of the width of a plane, 0 to 1. Default 0.5. */
  curtain?: number;
  /** Planes around the cursor's that are shown as one, 1 to 256. Default 1. */
  planes?: number;
  /** How several planes become one: "mean", "max" or "min". Default "mean". */
  mode?: SlabMode;
  /** Whether labels are outlined, not filled. Default false. */
  outline?: boolean;
  /** 0 (only grey) to 1 (only colour). Default 0.4, of labels alone 1. */
  opacity?: number;
  /** Name above the view. Default: "time series". */
  title?: string;
}

const OPTIONS = [
  ...["show", "at", "compare", "thickness", "window", "windows", "locked", "cursor", "region", "line", "fps"],
  ...["curtain", "planes", "mode", "outline", "zoom", "centre", "opacity", "title"],
];
const caller = "timeSeries";

/** Number of a state that is given by its name or number. */
function numberOf(series: Series, name: string, state: string | number): number {
  if (typeof state === "string") return series.states.indexOf(series.state(state));
  checkNumber(`${caller}: ${name}`, state, 0, series.length - 1, true);
  return state;
}

/** Throws unless the phases that a thickness is of are there. */
function checkThickness(series: Series, of: ThicknessOf): void {
  checkOptions(`${caller}: thickness`, of, ["phase", "layer", "on", "most"]);
  const named = phasesOf(series);
  const wanted = "layer" in of ? [of.layer, of.on] : [of.phase];
  // Without names any label may be meant, which shows when it is measured.
  for (const phase of wanted)
    if (named.length > 0 || typeof phase !== "number") labelOf(`${caller}: thickness`, phase, named);
}

/**
 * Shows the states of a sample in one view: three linked planes of one state, a slider and a player over all of them, the fractions of the phases
 * and the values along a line over time, both of which go to a state where they are clicked, and any two states with a curtain between them.
 *
 *   const view = await timeSeries(states, { thickness: { phase: "pore" } });   // states = series([…])
 *   view                                      // play, step, compare; then, in another cell:
 *   view.state.name                           // "D1"
 *   view.ab?.b.name                           // the one behind the curtain
 *   await view.fractions                      // a table, one row a state
 *
 * Where each state has a `time` they stand at their times on the axis that all of this shares, else the same step apart.
 * One window of grey values holds for all states, so that what looks brighter is. A label has the same colour in all states: of particles that were
 * tracked (`trackParticles`) each keeps its own. Playing goes by the clock: where planes come too slowly states are left out, and none is late.
 * Fractions and thickness are measured in the background, once. Cost at the start: the middle plane of each state.
 * @param states made by `series(…)`, all states in one frame
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if an option is out of range, or there is no such state or phase
 * @throws MissingData if scans are to be shown and a state has none
 */
export async function timeSeries(states: Series, options: TimeSeriesOptions = {}): Promise<TimeView> {
  checkSeries(caller, states);
  checkOptions(caller, options, OPTIONS);
  const scanned = states.states.every(({ scan }) => scan !== undefined);
  const { show = scanned ? "scan" : "labels", at, compare, thickness, locked, line, fps, ...rest } = options;
  const { curtain, opacity, title } = rest;
  checkChoice("show", show, ["scan", "labels"]);
  if (show === "scan" && !scanned) {
    const without = states.states.find(({ scan }) => scan === undefined)!.name;
    throw new MissingData(`${caller}: the state ${JSON.stringify(without)} has no scan; give { show: "labels" }`);
  }
  const dtypes = new Set(states.states.map(({ scan, labels }) => (show === "scan" ? scan! : labels).dtype));
  if (dtypes.size > 1)
    throw new InvalidArgument(
      `${caller}: the states have the voxel types ${[...dtypes].join(", ")}; convert them to one, by convert(…)`,
    );
  if (thickness !== undefined) checkThickness(states, thickness);
  checkFlag("locked", locked);
  checkDisplay(rest);
  checkCamera(rest);
  if (line !== undefined) checkChoice("line", line, ["z", "y", "x"]);
  if (fps !== undefined) checkNumber("fps", fps, 0.1, FASTEST);
  if (curtain !== undefined) checkNumber("curtain", curtain, 0, 1);
  if (opacity !== undefined) checkNumber("opacity", opacity, 0, 1);
  if (title !== undefined) checkTitle(title);
  const first = states.states[0]!.labels;
  const { cursor, window, windows, region } = rest;
  const changes = changesOf(first, { ...(cursor && { cursor }), ...(window && { window }), ...(region && { region }) });
  const shown = {
    ...(at !== undefined && { index: numberOf(states, "at", at) }),
    ...(compare !== undefined && { other: numberOf(states, "compare", compare) }),
  };
  const scene = await seriesScene(states, show);
  if (windows !== undefined)
    scene.windows.set(
      caller,
      states.states.map(({ name }) => name),
      windows,
    );
  if (Object.keys(changes).length > 0) scene.set(changes);
  if (Object.keys(shown).length > 0) scene.present({ ...scene.shown, ...shown });
  return new TimeView(states, scene, options);
}
