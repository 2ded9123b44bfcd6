import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { displaySymbol, type MimeBundle } from "../core/display.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { PALETTE } from "../core/phases.js";
import { type Provenance, type Traced, trace } from "../core/provenance.js";
import { checkRegion, type Region } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { type Histogram, histogram } from "../statistics/histogram.js";
import { overlay } from "./histogram-overlay.js";
import { mapPlanes } from "./plane-wise.js";

/** Something whose attenuation is known, and where it is seen. */
export interface Reference {
  /** `"Zn"`. */
  readonly name: string;
  /** Attenuation coefficient in 1/cm at the energy of the scan. */
  readonly attenuation: number;
  /** A scan of it taken like the other one, of the same voxel type. Default: the scan itself. */
  readonly volume?: Volume;
  /** The box in which there is nothing else; away from edges. Default: all of the scan. */
  readonly region?: Region;
  /** Where it is, in place of or within a box. */
  readonly mask?: Volume;
}

/** Options of {@link calibrate}. */
export type CalibrateOptions = Pick<RunOptions, "signal" | "memoryLimit" | "workers">;

/** What grey values stand for, as {@link calibrate} found it. */
export class Calibration implements Traced {
  /** Attenuation in 1/cm = offset + slope · grey value. */
  readonly slope: number;
  readonly offset: number;
  /** Root mean square of the residuals over their degrees of freedom, references less two, in 1/cm; NaN of two references. */
  readonly deviation: number;
  /** One row a reference: `reference`, `attenuation` (1/cm), `grey value`, `deviation`, `voxels`, `residual` (1/cm). */
  readonly table: ResultTable;
  readonly provenance: Provenance;
  readonly #line: Line;
  readonly #scan: Histogram;
  readonly #references: readonly { readonly name: string; readonly counts: Histogram }[];

  /** @internal made by {@link calibrate} */
  constructor(
    line: Line,
    table: ResultTable,
    scan: Histogram,
    references: readonly { readonly name: string; readonly counts: Histogram }[],
  ) {
    this.slope = line.slope;
    this.offset = line.offset;
    this.deviation = line.deviation;
    this.#line = line;
    this.table = table;
    this.provenance = table.provenance;
    this.#scan = scan;
    this.#references = references;
  }

  /** Attenuation in 1/cm that a grey value stands for. */
  attenuation(grey: number): number {
    return this.offset + this.slope * grey;
  }

  /**
   * Standard error of {@link attenuation} in 1/cm, as far as references that lie beside the line tell it: that of the line at this
   * grey value. NaN of two references, through which a line always goes.
   */
  uncertainty(grey: number): number {
    const { count, middle, squares, deviation } = this.#line;
    return deviation * Math.sqrt(1 / count + (grey - middle) ** 2 / squares);
  }

  /** Grey value of an attenuation in 1/cm. */
  grey(attenuation: number): number {
    return (attenuation - this.offset) / this.slope;
  }

  /**
   * The scan in attenuations, 1/cm.
   * @returns float32 volume of the same shape
   */
  async apply(
    volume: Volume,
    options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit"> = {},
  ): Promise<Volume> {
    checkVolume("apply", volume);
    checkOptions("apply", options, ["signal", "onProgress", "memoryLimit"]);
    const { slope, offset } = this;
    const map = {
      dtype: "float32",
      trace: () => trace("calibrated", { slope, offset }, { volume, calibration: this }),
      cost: 5,
    } as const;
    return mapPlanes("apply", volume, map, options, async () => ({
      found: {},
      work: (plane) => Float32Array.from(plane, (value) => offset + slope * value),
    }));
  }

  toString(): string {
    const number = (value: number): string => String(Number(value.toPrecision(5)));
    const names = this.#references.map(({ name }) => name).join(", ");
    const off = Number.isNaN(this.deviation) ? "" : `; references lie ${number(this.deviation)} 1/cm beside the line`;
    return `attenuation = (${number(this.offset)} + ${number(this.slope)} · grey value) 1/cm, from ${names}${off}`;
  }

  /** What the picture reaches over. */
  #axis(): string {
    const { centres } = this.#scan;
    const [first, last] = [centres[0]!, centres.at(-1)!];
    const number = (value: number): string => String(Number(value.toPrecision(4)));
    const attenuations = [first, last].map((grey) => number(this.attenuation(grey))).join(" … ");
    return `grey values ${number(first)} … ${number(last)}, attenuations ${attenuations} 1/cm`;
  }

  /** What a notebook shows: the histogram of the scan under those of the references, and the table. */
  [displaySymbol](): MimeBundle {
    const shown = (this.table as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]();
    const coloured = this.#references.map(({ name, counts }, k) => ({
      name,
      counts,
      colour: PALETTE[k % PALETTE.length]!,
    }));
    return {
      "text/plain": `${this.toString()}\n${shown["text/plain"]}`,
      "text/html": `${overlay(this.#scan, coloured, [this.#axis(), this.toString()])}${shown["text/html"]}`,
    };
  }
}

/**
 * Calibrates grey values to attenuation coefficients by references: regions of the scan, or scans taken like it, of matter
 * whose attenuation is known, such as air, a foil, a can, or pure powders of the phases. With it a peak of the histogram can be
 * named, and scans of different days can be compared.
 *
 * A straight line through the mean grey values, least squares of the attenuations; with two references it goes through both,
 * with more the residuals tell how straight grey values are, and `uncertainty` what that makes of an attenuation. Beam hardening
 * bends them: keep references of like thickness.
 * Cost a pass over each reference.
 * @param volume the scan
 * @param references at least two of different attenuation
 * @throws InvalidArgument if there are fewer than two, or they do not fit; MissingData if a reference has no voxel, or all
 * have the same grey value
 * @example
 * const calibration = await calibrate(scan, [
 *   { name: "air", attenuation: 0, region: { start: [0, 0, 0], stop: [20, 20, 20] } },
 *   { name: "Zn", attenuation: 265, volume: await open("zinc.tif") },
 * ]);
 * const attenuations = await calibration.apply(scan);
 */
export async function calibrate(
  volume: Volume,
  references: readonly Reference[],
  options: CalibrateOptions = {},
): Promise<Calibration> {
  checkVolume("calibrate", volume);
  checkOptions("calibrate", options, ["signal", "memoryLimit", "workers"]);
  if (!Array.isArray(references) || references.length < 2)
    throw new InvalidArgument("calibrate takes at least two references, [{ name, attenuation, region }, …]");
  if (new Set(references.map((reference) => reference?.name)).size < references.length)
    throw new InvalidArgument("calibrate: two references have the same name; give each its own");
  const range = references.reduce<readonly [number, number]>(([low, high], reference) => {
    const [a, b] = checkReference(reference, volume);
    return [Math.min(low, a), Math.max(high, b)];
  }, volume.range);
  // One bin a grey value where that can be, so that means are exact; else a mean is right to a fraction of a bin.
  const whole = DTYPES[volume.dtype].integer && range[1] - range[0] < 65536;
  const bars = whole ? { range } : { range, bins: 4096 };
  const counted: { name: string; attenuation: number; counts: Histogram; mean: number; deviation: number }[] = [];
  for (const { name, attenuation, volume: own = volume, region, mask } of references) {
    const where = { ...options, ...(region && { region }), ...(mask && { mask }) };
    const counts = await histogram(own, { ...where, ...bars });
    if (counts.total === 0) throw new MissingData(`calibrate: all voxels of the reference ${name} are NaN`);
    counted.push({ name, attenuation, counts, ...momentsOf(counts) });
  }
  const line = straightLine(counted.map(({ mean, attenuation }) => [mean, attenuation] as const));
  if (line === undefined)
    throw new MissingData(
      "calibrate: all references have the same grey value; check their regions, and that they differ in attenuation",
    );
  const provenance = trace(
    "calibrate",
    {
      references: references.map(({ name, attenuation, region }) => ({ name, attenuation, region })),
      slope: line.slope,
      offset: line.offset,
    },
    {
      volume,
      ...Object.fromEntries(
        references.flatMap(({ name, volume, mask }) => [
          [`reference ${name}`, volume],
          [`mask of ${name}`, mask],
        ]),
      ),
    },
  );
  const table = resultTable(
    [
      { name: "reference", values: counted.map(({ name }) => name) },
      { name: "attenuation", values: counted.map(({ attenuation }) => attenuation), unit: "1/cm" },
      { name: "grey value", values: counted.map(({ mean }) => mean) },
      { name: "deviation", values: counted.map(({ deviation }) => deviation) },
      { name: "voxels", values: counted.map(({ counts }) => counts.total) },
      {
        name: "residual",
        values: counted.map(({ mean, attenuation }) => residualOf(line, mean, attenuation)),
        unit: "1/cm",
      },
    ],
    provenance,
  );
  return new Calibration(line, table, await histogram(volume, { ...options, ...bars }), counted);
}

/** @returns the range of its grey values */
function checkReference(reference: Reference, scan: Volume): readonly [number, number] {
  if (typeof reference !== "object" || reference === null)
    throw new InvalidArgument(`a reference is ${String(reference)}; give { name, attenuation, region }`);
  checkOptions("a reference", reference, ["name", "attenuation", "volume", "region", "mask"]);
  const { name, attenuation, volume = scan, region } = reference;
  if (typeof name !== "string" || name === "") throw new InvalidArgument('a reference needs a name, such as "Zn"');
  checkNumber(`attenuation of ${name} (1/cm)`, attenuation, 0, 1e9);
  if (!(volume instanceof Volume))
    throw new InvalidArgument(`volume of ${name} is ${String(volume)}; give a scan, or a region of this one`);
  if (volume.dtype !== scan.dtype)
    throw new InvalidArgument(
      `reference ${name} is ${volume.dtype}, the scan ${scan.dtype}: grey values of different types do not mean the same; open both from files of one type`,
    );
  if (region !== undefined) checkRegion(region, volume.shape);
  if (volume === scan && region === undefined && reference.mask === undefined)
    throw new InvalidArgument(`reference ${name}: give a region or a mask of the scan, or a scan of its own`);
  return volume.range;
}

function momentsOf({ counts, centres, total }: Histogram): { mean: number; deviation: number } {
  const mean = counts.reduce((sum, count, k) => sum + count * centres[k]!, 0) / total;
  const squares = counts.reduce((sum, count, k) => sum + count * (centres[k]! - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / total) };
}

/** y = offset + slope · x, and what its errors are made of: count, mean and sum of squares of x, deviation of the residuals. */
interface Line {
  readonly slope: number;
  readonly offset: number;
  readonly deviation: number;
  readonly count: number;
  readonly middle: number;
  readonly squares: number;
}

/** What a reference lies above the line; 0 where it lies on it to within rounding. */
function residualOf({ offset, slope }: Line, grey: number, attenuation: number): number {
  const residual = attenuation - offset - slope * grey;
  return Math.abs(residual) > 1e-12 * (Math.abs(offset) + Math.abs(slope * grey)) ? residual : 0;
}

/** Least squares; undefined if all lie above each other. */
function straightLine(points: readonly (readonly [x: number, y: number])[]): Line | undefined {
  const count = points.length;
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / count;
  const [middle, height] = [mean(0), mean(1)];
  const squares = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - height), 0) / squares;
  if (!(squares > 0) || slope === 0) return undefined;
  const offset = height - slope * middle;
  const rest = points.reduce((sum, [x, y]) => sum + (y - offset - slope * x) ** 2, 0);
  const deviation = count > 2 ? Math.sqrt(rest / (count - 2)) : Number.NaN;
  return { slope, offset, deviation, count, middle, squares };
}
