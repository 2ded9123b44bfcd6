import type { Table } from "apache-arrow";
import { displaySymbol, escapeHtml, type MimeBundle } from "../display.js";
import { InvalidArgument } from "../errors.js";
import { checkOptions, suggestion } from "../options.js";
import { PALETTE } from "../phases.js";

/** Options of {@link lines}. */
export interface LinesOptions {
  /** Name of the column along x. */
  x: string;
  /** Name of the column along y. */
  y: string;
  /** Text above the picture. */
  title?: string;
  /** Names of the tables whose rows are marked by circles, the first by the largest, so that equal points are all seen. Default: none. */
  marks?: readonly string[];
}

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Radius of the circles around the points. */
  readonly mark?: number;
}

const WIDTH = 560;
const HEIGHT = 300;
const LEFT = 70;
const RIGHT = 16;
const TOP = 34;
const BOTTOM = 46;
/** More points than the picture has columns are not seen. */
const MOST_POINTS = 2000;

/** A picture of lines; made by {@link lines}. It shows itself in a notebook, as SVG: `lines.svg` is its text. */
export class Lines {
  readonly #lines: readonly Line[];
  readonly #labels: readonly [x: string, y: string];
  readonly #title: string;

  /** @internal */
  constructor(drawn: readonly Line[], labels: readonly [x: string, y: string], title: string) {
    this.#lines = drawn;
    this.#labels = labels;
    this.#title = title;
  }

  /** The picture as SVG. */
  get svg(): string {
    const all = this.#lines.flatMap(({ points }) => points);
    const [x, y] = [axis(all.map((point) => point[0])), axis(all.map((point) => point[1]))];
    const across = (value: number): number => LEFT + ((value - x.low) / (x.high - x.low)) * (WIDTH - LEFT - RIGHT);
    const up = (value: number): number =>
      HEIGHT - BOTTOM - ((value - y.low) / (y.high - y.low)) * (HEIGHT - TOP - BOTTOM);
    const text = (at: string, content: string): string => `<text ${at}>${escapeHtml(content)}</text>`;
    const parts = [
      ...x.ticks.map((tick) => {
        const at = across(tick).toFixed(1);
        return `<path stroke="#ddd" d="M${at} ${TOP}V${HEIGHT - BOTTOM}"/>${text(`x="${at}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle"`, short(tick))}`;
      }),
      ...y.ticks.map((tick) => {
        const at = up(tick).toFixed(1);
        return `<path stroke="#ddd" d="M${LEFT} ${at}H${WIDTH - RIGHT}"/>${text(`x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end"`, short(tick))}`;
      }),
      text(`x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle"`, this.#labels[0]),
      text(
        `transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle"`,
        this.#labels[1],
      ),
      ...(this.#title === "" ? [] : [text(`x="${LEFT}" y="14" font-weight="bold"`, this.#title)]),
    ];
    let legend = LEFT;
    for (const [k, { name, points, mark }] of this.#lines.entries()) {
      const colour = PALETTE[k % PALETTE.length]!;
      const path = points.map(
        (point, n) => `${n === 0 ? "M" : "L"}${across(point[0]).toFixed(1)} ${up(point[1]).toFixed(1)}`,
      );
      parts.push(`<path fill="none" stroke="${colour}" stroke-width="1.5" d="${path.join("")}"/>`);
      if (mark !== undefined)
        for (const point of points)
          parts.push(
            `<circle fill="none" stroke="${colour}" stroke-width="1.5" cx="${across(point[0]).toFixed(1)}" cy="${up(point[1]).toFixed(1)}" r="${mark}"/>`,
          );
      parts.push(
        `<path stroke="${colour}" stroke-width="3" d="M${legend} 26h16"/>${text(`x="${legend + 20}" y="30"`, name)}`,
      );
      legend += 36 + 7 * name.length;
    }
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">` +
      `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>${parts.join("")}</svg>`
    );
  }

  toString(): string {
    const names = this.#lines.map(({ name, points }) => `${name} (${points.length} points)`);
    return `${this.#labels[1]} over ${this.#labels[0]}: ${names.join(", ")}`;
  }

  [displaySymbol](): MimeBundle {
    return { "text/plain": this.toString(), "image/svg+xml": this.svg };
  }
}

const short = (value: number): string => String(Number(value.toPrecision(6)));

function axis(values: readonly number[]): { low: number; high: number; ticks: readonly number[] } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low === high) [low, high] = [low - 1, high + 1];
  // About six ticks, at multiples of 1, 2 or 5 times a power of ten.
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return { low, high, ticks: Array.from({ length: last - first + 1 }, (_, k) => (first + k) * step) };
}

/**
 * Columns of tables as lines in one picture, such as a profile before and after a correction:
 * `lines({ before, after }, { x: "radius", y: "mean" })`. Rows whose values are no finite numbers are left out.
 * @param tables a name for each line, and its table; all have the columns `x` and `y`
 * @throws InvalidArgument if there is no table, a column is missing, or none of its rows can be drawn
 */
export function lines(tables: Readonly<Record<string, Table>>, options: LinesOptions): Lines {
  checkOptions("lines", options, ["x", "y", "title", "marks"]);
  const { marks = [] } = options;
  const named = Object.entries(tables ?? {});
  if (named.length === 0 || named.length > PALETTE.length)
    throw new InvalidArgument(
      `lines takes 1 to ${PALETTE.length} tables by their names, { before, after }; got ${named.length}`,
    );
  if (!Array.isArray(marks))
    throw new InvalidArgument(`lines: marks is ${JSON.stringify(marks)}; give a list of names`);
  for (const name of marks)
    if (!Object.hasOwn(tables, String(name)))
      throw new InvalidArgument(
        `lines: there is no table ${JSON.stringify(name)} to mark${suggestion(String(name), Object.keys(tables))}`,
      );
  const labels: [string, string] = ["", ""];
  const drawn = named.map(([name, table]) => {
    const columns = [options.x, options.y].map((column, k) => {
      const names = table?.schema?.fields?.map((field) => field.name) ?? [];
      const field = table?.schema?.fields?.find((one) => one.name === column);
      if (field === undefined)
        throw new InvalidArgument(
          `${name} has no column ${JSON.stringify(column)}${suggestion(String(column), names)} (it has ${names.join(", ") || "none"})`,
        );
      const unit = field.metadata.get("unit");
      labels[k] = unit === undefined || unit === "1" ? column : `${column} (${unit})`;
      return Array.from(table.getChild(column)!, Number);
    });
    const rows = columns[0]!
      .map((value, k) => [value, columns[1]![k]!] as const)
      .filter((row) => row.every(Number.isFinite));
    if (rows.length === 0)
      throw new InvalidArgument(`${name} has no row whose ${options.x} and ${options.y} are finite numbers`);
    const step = Math.ceil(rows.length / MOST_POINTS);
    const place = marks.indexOf(name);
    return {
      name,
      points: rows.filter((_, k) => k % step === 0),
      ...(place >= 0 && { mark: 2.5 + 2 * (marks.length - 1 - place) }),
    };
  });
  return new Lines(drawn, labels, options.title ?? "");
}
