import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { displaySymbol, type MimeBundle } from "../core/display.js";
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
  /** A scan of it taken like the other one. Default: the scan itself. */
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
  /** One row a reference: `reference`, `attenuation` (1/cm), `grey value`, `deviation`, `voxels`, `residual` (1/cm). */
  readonly table: ResultTable;
  readonly provenance: Provenance;
  readonly #scan: Histogram;
  readonly #references: readonly { readonly name: string; readonly counts: Histogram }[];

  /** @internal made by {@link calibrate} */
  constructor(
    line: { readonly slope: number; readonly offset: number },
    table: ResultTable,
    scan: Histogram,
    references: readonly { readonly name: string; readonly counts: Histogram }[],
  ) {
    this.slope = line.slope;
    this.offset = line.offset;
    this.table = table;
    this.provenance = table.provenance;
    this.#scan = scan;
    this.#references = references;
  }

  /** Attenuation in 1/cm that a grey value stands for. */
  attenuation(grey: number): number {
    return this.offset + this.slope * grey;
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
    const provenance = trace("calibrated", { slope, offset }, { volume, calibration: this });
    return mapPlanes(
      "apply",
      volume,
      "float32",
      (plane) => Float32Array.from(plane, (value) => offset + slope * value),
      options,
      provenance,
    );
  }

  toString(): string {
    const number = (value: number): string => String(Number(value.toPrecision(5)));
    return `attenuation = ${number(this.offset)} 1/cm + ${number(this.slope)} 1/cm · grey value, from ${this.#references.map(({ name }) => name).join(", ")}`;
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
      "text/html": `${overlay(this.#scan, coloured, this.toString())}${shown["text/html"]}`,
    };
  }
}

/**
 * Calibrates grey values to attenuation coefficients by references: regions of the scan, or scans taken like it, of matter
 * whose attenuation is known, such as air, a foil, a can, or pure powders of the phases. With it a peak of the histogram can be
 * named, and scans of different days can be compared.
 *
 * A straight line through the mean grey values, least squares; with two references it goes through both, with more the
 * residuals tell how straight grey values are. Beam hardening bends them: keep references of like thickness.
 * Cost a pass over each reference.
 * @param volume the scan
 * @param references at least two of different attenuation
 * @throws InvalidArgument if there are fewer than two, or they do not fit; MissingData if a reference has no voxel, or all
 * have the same grey value
 * @example
 * const calibration = await calibrate(scan, [
 *   { name: "air", attenuation: 0, region: { start: [0, 0, 0], stop: [20, 20, 20] } },
 *   { name: "Zn", attenuation: 330, volume: await open("zinc.tif") },
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
  const counted: { name: string; attenuation: number; counts: Histogram; mean: number; deviation: number }[] = [];
  for (const { name, attenuation, volume: own = volume, region, mask } of references) {
    const where = { ...options, ...(region && { region }), ...(mask && { mask }) };
    const counts = await histogram(own, { ...where, range, bins: BINS });
    counted.push({ name, attenuation, counts, ...momentsOf(counts) });
  }
  const line = straightLine(counted.map(({ mean, attenuation }) => [mean, attenuation] as const));
  if (line === undefined)
    throw new MissingData(
      "calibrate: all references have the same grey value; check their regions, and that they differ in attenuation",
    );
  const provenance = trace(
    "calibrate",
    { references: references.map(({ name, attenuation, region }) => ({ name, attenuation, region })), ...line },
    {
      volume,
      ...Object.fromEntries(references.flatMap(({ name, volume }) => (volume ? [[`reference ${name}`, volume]] : []))),
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
        values: counted.map(({ mean, attenuation }) => attenuation - line.offset - line.slope * mean),
        unit: "1/cm",
      },
    ],
    provenance,
  );
  return new Calibration(line, table, await histogram(volume, { ...options, range, bins: BINS }), counted);
}

/** Bins over the range of scan and references together: a mean is right to a fraction of one. */
const BINS = 4096;

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

/** Least squares; undefined if all lie above each other. */
function straightLine(
  points: readonly (readonly [x: number, y: number])[],
): { slope: number; offset: number } | undefined {
  const n = points.length;
  const [mx, my] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / n) as [number, number];
  const xx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const xy = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  if (!(xx > 0) || xy === 0) return undefined;
  return { slope: xy / xx, offset: my - (xy / xx) * mx };
}
