/** Figures for a paper: a picture with its scale bar's length, names and caption as text, in SVG. No DOM, no Node. */

/** A text over a picture. */
export interface FigureText {
  /** Pixels of the picture: the middle of the text where it is centred, else its left end; the line it stands on. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly centred?: boolean;
}

/** A name below the picture, behind a chip of its colour where it has one. */
export interface LegendEntry {
  readonly text: string;
  readonly colour?: string | undefined;
}

export interface FigureParts {
  /** The picture as base64 of a PNG. */
  readonly png: string;
  /** Its size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Width in print, in millimetres. */
  readonly millimetres: number;
  readonly texts: readonly FigureText[];
  readonly legend: readonly LegendEntry[];
  /** Stands below the legend. */
  readonly caption: string;
  /** What the figure shows, for who cannot see it. */
  readonly alt: string;
}

/** Points of the letters in print, as journals ask for. */
const POINTS = 7;
const FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/** Text for XML: what it may not hold at all is left out. */
export const xmlText = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (letter) => ("\t\n\r".includes(letter) ? letter : ""))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** About how wide a text is, in letters' heights: no fonts are there to ask. */
const wide = (text: string): number => 0.56 * [...text].length;

/** Words in lines of at most `most` letters' heights. */
function lines(text: string, most: number): string[] {
  const out: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((one) => one !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && wide(longer) > most) {
      out.push(line);
      line = word;
    } else line = longer;
  }
  return line === "" ? out : [...out, line];
}

/** The legend's entries in rows, each with where it begins. */
function legendRows(legend: readonly LegendEntry[], most: number): { entry: LegendEntry; at: number }[][] {
  const rows: { entry: LegendEntry; at: number }[][] = [];
  let at = Number.POSITIVE_INFINITY;
  for (const entry of legend) {
    const width = wide(entry.text) + (entry.colour === undefined ? 0 : 1.2) + 1.4;
    if (at + width > most) {
      rows.push([]);
      at = 0;
    }
    rows.at(-1)!.push({ entry, at });
    at += width;
  }
  return rows;
}

/**
 * A figure as SVG, as wide as it is to be printed: the picture in its pixels, everything that is text as text.
 * Texts may be anything: they are escaped.
 */
export function figureSvg({ png, width, height, millimetres, texts, legend, caption, alt }: FigureParts): string {
  /** Pixels of the picture that a letter is tall. */
  const letter = ((POINTS / 72) * 25.4 * width) / millimetres;
  const row = 1.5 * letter;
  const rows = legendRows(legend, width / letter);
  const captions = lines(caption, width / letter);
  const tall = height + (rows.length + captions.length) * row + (rows.length + captions.length > 0 ? 0.4 * letter : 0);
  const n = (value: number): string => String(Number(value.toFixed(2)));
  const over = texts.map(
    ({ x, y, text, centred = false }) =>
      `<text x="${n(x)}" y="${n(y)}"${centred ? ' text-anchor="middle"' : ""} fill="#fff" stroke="#000" stroke-opacity="0.7" stroke-width="${n(0.22 * letter)}" stroke-linejoin="round" paint-order="stroke">${xmlText(text)}</text>`,
  );
  const names = rows.flatMap((entries, k) =>
    entries.map(({ entry: { text, colour }, at }) => {
      const y = height + (k + 1) * row;
      const x = at * letter;
      const chip =
        colour === undefined || !/^#[0-9a-f]{6}$/i.test(colour)
          ? ""
          : `<rect x="${n(x)}" y="${n(y - 0.8 * letter)}" width="${n(0.9 * letter)}" height="${n(0.9 * letter)}" fill="${colour}"/>`;
      return `${chip}<text x="${n(x + (chip === "" ? 0 : 1.2 * letter))}" y="${n(y)}">${xmlText(text)}</text>`;
    }),
  );
  const below = captions.map(
    (line, k) => `<text x="0" y="${n(height + (rows.length + k + 1) * row)}">${xmlText(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(millimetres)}mm" height="${n((millimetres * tall) / width)}mm" viewBox="0 0 ${n(width)} ${n(tall)}" font-family="${FONT}" font-size="${n(letter)}" role="img">`,
    `<title>${xmlText(alt)}</title>`,
    `<rect width="${n(width)}" height="${n(tall)}" fill="#fff"/>`,
    `<image width="${n(width)}" height="${n(height)}" style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>`,
    ...over,
    ...names,
    ...below,
    "</svg>",
    "",
  ].join("\n");
}
