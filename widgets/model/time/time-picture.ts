/** The picture of a series that a notebook keeps: the planes of the state that is shown, and the fractions over all states. */
import type { Volume } from "../../../src/core/volume.js";
import type { Series } from "../../../src/measure/series.js";
import { linesPicture } from "../../draw/lines-picture.js";
import { stacked } from "../../draw/pictures.js";
import { timesOf } from "../../draw/state-axis.js";
import type { CaptionPart } from "../own-widget.js";
import { slicesShown } from "../slices/slices-picture.js";
import type { Shown } from "../view.js";
import type { SeriesMeasures } from "./measures.js";
import type { SeriesScene } from "./series-scene.js";
import type { ViewState } from "./time-view.js";

type Window = readonly [low: number, high: number];

/** What the cycler tells of a state, in words. */
function toldOf(series: Series, index: number): string {
  const { name, voltage, charge, time } = series.states[index]!;
  const facts = [
    voltage === undefined ? "" : `${voltage} V`,
    charge === undefined ? "" : `${charge} ${series.chargeUnit}`,
    time === undefined ? "" : `${time} s`,
  ];
  return [name, ...facts.filter((fact) => fact !== "")].join(", ");
}

export async function timeShown(
  series: Series,
  grey: readonly Volume[],
  scene: SeriesScene,
  state: ViewState & { readonly own: readonly Window[] },
  measures: SeriesMeasures,
): Promise<Shown> {
  const { index, other } = scene.shown;
  const { locked, own } = state;
  const windowOf = (k: number): [number, number] => [...(locked ? scene.state.window : own[k]!)];
  const behind = other === null ? undefined : { beside: grey[other], besideLabels: series.states[other]!.labels };
  const beside =
    other === null ? null : { title: series.states[other]!.name, dtype: grey[other]!.dtype, window: windowOf(other) };
  const planes = await slicesShown(
    { grey: grey[index]!, labels: series.states[index]!.labels, ...behind },
    { state: { ...scene.state, window: windowOf(index) } },
    { ...state, beside },
  );
  const { phases, done } = measures;
  const line = (n: number): number[] => series.states.map((_, k) => done.get(k)?.[n] ?? Number.NaN);
  const lines = phases.map(({ colour }, n) => ({ colour, values: line(n) }));
  const { width } = planes.picture;
  const chart = linesPicture(lines, index, { width, height: 120 }, timesOf(series.states));
  const share = (n: number): string => {
    const value = done.get(index)?.[n];
    return value === undefined ? "" : ` ${(100 * value).toFixed(2)} %`;
  };
  const others = other === null ? "" : `, right: ${toldOf(series, other)}`;
  const caption: CaptionPart[] = [
    { text: `state ${index + 1} of ${series.length}: ${toldOf(series, index)}${others}` },
    ...phases.map(({ name, colour }, n) => ({ text: `${name}${share(n)}`, colour })),
    // Its own phases stand there already.
    ...planes.caption.filter(({ colour }) => colour === undefined),
  ];
  return { picture: stacked([planes.picture, chart]), alt: `${state.volume.title}: states of a sample`, caption };
}
