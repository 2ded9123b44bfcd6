import { fft } from "../compute/fft.js";
import { watched } from "../compute/progress.js";
import type { ResultTable } from "../core/arrow/table.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type Finding, findingsTable } from "./findings.js";
import { checkProjections, type ProjectionRunOptions, radiansOf } from "./projections.js";

/** Options of {@link samplingCheck}. */
export interface SamplingCheckOptions extends Pick<ProjectionRunOptions, "signal" | "onProgress"> {
  /** Diameter of the sample in detector columns. Default: the width of the detector. */
  diameter?: number;
  /** Detector row whose sinogram is looked at. Default: the middle one. */
  row?: number;
}

/**
 * Checks whether a scan has enough projections and fine enough columns.
 *
 * View aliasing: at the rim of a sample of N columns neighbouring projections must be at most a column apart, which takes
 * π/2·N of them over half a turn; with fewer, streaks fan out of dense parts beyond a circle of 2/π times their number. Good
 * from 1 on, fair from ½ on (inner parts are still sampled), poor below. A wedge that is missing is told apart.
 * Ray aliasing: edges sharper than a column fold into coarser detail. Measured as how far the power of the signal falls over
 * the last octave of frequencies along the columns, after the noise was subtracted (from second differences between
 * neighbouring projections): sharp edges seen by square pixels give 0.1, behind a point spread of σ = 0.6 columns 0.03, of
 * 0.8 columns 0.005. Poor above 0.05, fair above 0.01; unknown where noise hides it.
 * Cost one sinogram; memory four times it.
 * @param absorbances volume of role projections with angles
 * @throws MissingData if the angles are unknown
 * @see A. C. Kak & M. Slaney, Principles of Computerized Tomographic Imaging (1988, again 2001), chapter 5,
 * doi:10.1137/1.9780898719277
 */
export async function samplingCheck(absorbances: Volume, options: SamplingCheckOptions = {}): Promise<ResultTable> {
  checkProjections("samplingCheck", absorbances);
  checkOptions("samplingCheck", options, ["diameter", "row", "signal", "onProgress"]);
  const [count, height, columns] = absorbances.shape;
  const { diameter = columns, row = Math.floor(height / 2), ...run } = options;
  checkNumber("diameter (columns)", diameter, 1, columns);
  checkNumber("row", row, 0, height - 1, true);
  const angles = radiansOf("samplingCheck", absorbances);
  const directions = distinctDirections(angles);
  const gaps = directions.map((at, k) => (k === 0 ? at + Math.PI - directions.at(-1)! : at - directions[k - 1]!));
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
  const widest = Math.max(...gaps);
  const wedge = directions.length > 1 && widest > 4 * usual ? widest : 0;
  const needed = (Math.PI / 2) * diameter;
  // Over the angles that there are: a missing wedge is a fault of its own.
  const ratio = (directions.length * (Math.PI / (Math.PI - wedge))) / needed;
  const decay = await watched("samplingCheck", 1, run, async ({ step }) => {
    const { values } = await absorbances.plane("y", row);
    const found = lastOctave(Float32Array.from(values), count, columns);
    step();
    return found;
  });
  const free = diameter * ratio;
  const findings: Finding[] = [
    {
      figure: "projections over the number needed",
      value: ratio,
      unit: "1",
      verdict: ratio >= 1 ? "good" : ratio >= 0.5 ? "fair" : "poor",
      meaning: `${directions.length} directions over half a turn; π/2 · ${Number(diameter.toPrecision(4))} columns need ${Math.ceil(needed)}; free of view aliasing within a circle of ${Math.floor(free)} columns`,
      remedy:
        ratio >= 1 ? "" : `take ${Math.ceil(needed)} projections, look only at the inner circle, or bin the columns`,
    },
    {
      figure: "missing wedge",
      value: (wedge * 180) / Math.PI,
      unit: "degree",
      verdict: wedge === 0 ? "good" : "poor",
      meaning:
        wedge === 0
          ? `no gap is wider than four usual steps of ${Number(((usual * 180) / Math.PI).toPrecision(3))}°`
          : "edges across these directions are blurred and stretched",
      remedy: wedge === 0 ? "" : "scan over half a turn; measure no shapes along the missing directions",
    },
    {
      figure: "signal left at the finest detail of the columns",
      value: decay,
      unit: "1",
      verdict: Number.isNaN(decay) ? "unknown" : decay > 0.05 ? "poor" : decay > 0.01 ? "fair" : "good",
      meaning: Number.isNaN(decay)
        ? "noise hides how sharp the edges are"
        : "power at the finest over that at half as fine; 0.1: edges sharper than a column",
      remedy: decay > 0.01 ? "use smaller columns, or blur before the detector: folded detail cannot be undone" : "",
    },
  ];
  return findingsTable(findings, trace("samplingCheck", { diameter, row }, { volume: absorbances }));
}

/** Angles modulo half a turn in ascending order, those that repeat left out. */
function distinctDirections(angles: Float64Array): number[] {
  const turned = Array.from(angles, (angle) => ((angle % Math.PI) + Math.PI) % Math.PI).sort((a, b) => a - b);
  // Rounding can put 180° just below or at 0.
  const near = 1e-6;
  const kept = turned.filter((at, k) => k === 0 || at - turned[k - 1]! > near);
  if (kept.length > 1 && kept[0]! + Math.PI - kept.at(-1)! < near) kept.pop();
  return kept;
}

/** Mean power of the signal from 0.44 to 0.5 cycles a column over that from 0.22 to 0.25; NaN where noise hides it. */
function lastOctave(sinogram: Float32Array, count: number, columns: number): number {
  if (count < 3 || columns < 64) return Number.NaN;
  const window = Float64Array.from(
    { length: columns },
    (_, x) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (x + 0.5)) / columns),
  );
  const re = new Float64Array(columns);
  const im = new Float64Array(columns);
  const power = new Float64Array(columns >> 1);
  const noise = new Float64Array(columns >> 1);
  // What is the same at all angles is no edge of the sample but a stripe.
  const constant = new Float64Array(columns);
  for (let k = 0; k < sinogram.length; k++) constant[k % columns]! += sinogram[k]! / count;
  const at = (a: number, x: number): number => sinogram[a * columns + x]! - constant[x]!;
  for (let a = 1; a + 1 < count; a++) {
    for (let x = 0; x < columns; x++) {
      re[x] = window[x]! * at(a, x);
      im[x] = (window[x]! * (at(a - 1, x) - 2 * at(a, x) + at(a + 1, x))) / Math.sqrt(6);
    }
    fft(re, im);
    for (let k = 1; k < power.length; k++) {
      const m = columns - k;
      power[k]! += ((re[k]! + re[m]!) ** 2 + (im[k]! - im[m]!) ** 2) / 4;
      noise[k]! += ((im[k]! + im[m]!) ** 2 + (re[m]! - re[k]!) ** 2) / 4;
    }
  }
  const band = (values: Float64Array, from: number, to: number): number => {
    const part = values.subarray(Math.round(from * columns), Math.round(to * columns));
    return part.reduce((a, b) => a + b, 0) / part.length;
  };
  const fine = band(power, 0.44, 0.5) - band(noise, 0.44, 0.5);
  const half = band(power, 0.22, 0.25) - band(noise, 0.22, 0.25);
  // The noise is known to a tenth or so: a signal below that is none.
  const known = half > 0.2 * band(noise, 0.22, 0.25) && half > 0;
  return known ? Math.max(0, fine / half) : Number.NaN;
}
