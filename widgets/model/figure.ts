/** Views as figures for papers: SVG in print size. A page asks for the same and makes a PNG of it where one is wanted. */
import { extname } from "node:path";
import type { Json, MimeBundle } from "../../kernel/comm.js";
import { disk, writeAtomically } from "../../src/compute/atomic.js";
import { displaySymbol } from "../../src/core/display.js";
import { InvalidArgument } from "../../src/core/errors.js";
import { isLength, type Length, mm } from "../../src/core/length.js";
import { checkNumber, checkOptions } from "../../src/core/options.js";
import { figureSvg } from "../draw/figure.js";
import { FIGURE_DPI, FIGURE_WIDTHS, type FigureReply, LONGEST_CAPTION } from "../protocol/figure.js";
import { MAX_PART_BYTES } from "../protocol.js";
import type { OwnWidget } from "./own-widget.js";
import { png } from "./picture.js";
import { errorReply } from "./planes.js";
import type { Shown } from "./view.js";

/** Options of `view.figure`. */
export interface FigureOptions {
  /** Width in print, 20 to 300 mm. Default `mm(170)`, two columns of most journals. */
  width?: Length;
  /** Text below the figure. Default: none. */
  caption?: string;
}

/** A figure, as SVG: pictures at 300 dots an inch, everything that is text as text. */
export class Figure {
  /** The file's text. */
  readonly svg: string;
  readonly #alt: string;

  /** @internal */
  constructor(svg: string, alt: string) {
    this.svg = svg;
    this.#alt = alt;
  }

  /**
   * Writes the figure; a file that was there is replaced when the new one is whole.
   * @param path ends with .svg; a PNG is made in the page, by the button "Figure" of the view
   * @throws InvalidArgument for other endings; MissingData if the folder is not there; LimitExceeded if the disk is full
   */
  async save(path: string): Promise<void> {
    if (typeof path !== "string" || extname(path).toLowerCase() !== ".svg")
      throw new InvalidArgument(
        `a figure is saved as .svg, not as ${String(path)}; the button "Figure" of the view in the notebook makes a PNG`,
      );
    await writeAtomically(path, disk, (append) => append(new TextEncoder().encode(this.svg)));
  }

  [displaySymbol](): MimeBundle {
    return { "image/svg+xml": this.svg, "text/plain": this.#alt };
  }
}

/** What can be drawn as a figure. */
interface Drawn {
  shown(scale?: number): Promise<Shown>;
}

export async function figureOf(view: Drawn, options: FigureOptions): Promise<Figure> {
  checkOptions("figure", options, ["width", "caption"]);
  const { width = mm(FIGURE_WIDTHS.usual), caption = "" } = options;
  if (!isLength(width)) throw new InvalidArgument(`figure: width is ${String(width)}; give a length, such as mm(85)`);
  const millimetres = width.metres * 1e3;
  checkNumber("figure: width (mm)", millimetres, FIGURE_WIDTHS.least, FIGURE_WIDTHS.most);
  if (typeof caption !== "string" || caption.length > LONGEST_CAPTION)
    throw new InvalidArgument(`figure: caption must be a text of at most ${LONGEST_CAPTION} letters`);
  const small = await view.shown();
  const scale = Math.max(1, ((millimetres / 25.4) * FIGURE_DPI) / small.picture.width);
  const { picture, alt, caption: legend, texts = [] } = await view.shown(scale);
  const parts = { png: png(picture), width: picture.width, height: picture.height };
  return new Figure(figureSvg({ ...parts, millimetres, texts, legend, caption, alt }), alt);
}

/** Lets pages ask for the figure of a view. */
export function serveFigures(widget: OwnWidget<object>, view: Drawn): void {
  async function answer({ id, millimetres, caption }: Record<string, Json>): Promise<void> {
    if (typeof millimetres !== "number" || !Number.isFinite(millimetres))
      throw new InvalidArgument(`figure: width is ${String(millimetres)} mm; give a number`);
    const { svg } = await figureOf(view, { width: mm(millimetres), caption: caption as string });
    const bytes = new TextEncoder().encode(svg);
    const parts = Math.ceil(bytes.length / MAX_PART_BYTES);
    for (let part = 0; part < parts; part++) {
      const reply: FigureReply = { kind: "figure", id: Number(id), part, parts };
      const bytesOfPart = bytes.slice(part * MAX_PART_BYTES, (part + 1) * MAX_PART_BYTES);
      widget.send(reply as unknown as Record<string, Json>, [bytesOfPart]);
    }
  }
  widget.onMessage((content) => {
    if (content.kind !== "figure") return;
    answer(content).catch((error: unknown) =>
      widget.send(errorReply(Number(content.id), error) as unknown as Record<string, Json>),
    );
  });
}
