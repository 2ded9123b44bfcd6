/** What all views have in common for who writes a cell: they show themselves, and renew what they have shown. */
import type { MimeBundle } from "../../kernel/comm.js";
import { displaySymbol } from "../../src/core/display.js";
import type { FigureText } from "../draw/figure.js";
import type { Picture } from "../draw/pictures.js";
import { type Figure, type FigureOptions, figureOf, serveFigures } from "./figure.js";
import type { CaptionPart, OwnWidget } from "./own-widget.js";
import { pictureBundle } from "./picture.js";

const displayIdSymbol = Symbol.for("voxbook.displayId");
const firstDisplaySymbol = Symbol.for("voxbook.firstDisplay");

/** A picture of a view as it is now. */
export interface Shown {
  readonly picture: Picture;
  /** What the picture is of, in a few words. */
  readonly alt: string;
  readonly caption: readonly CaptionPart[];
  /** What a figure has as text over the picture. Default: nothing. */
  readonly texts?: readonly FigureText[];
  /** Rows of text below it, the first one with headings. */
  readonly rows?: readonly (readonly string[])[] | undefined;
}

/** A widget in the notebook. As the last value of a cell it shows itself: live in JupyterLab, else as a picture. */
export abstract class View<State extends object> {
  /** @internal */
  readonly widget: OwnWidget<State>;
  /** Whether a cell has shown it: only then there is a picture to renew. */
  #shown = false;

  protected constructor(widget: OwnWidget<State>) {
    this.widget = widget;
    Object.defineProperty(this, displayIdSymbol, { value: widget.id, enumerable: false });
    // The page goes on while the picture is drawn.
    const first = (): MimeBundle | undefined => (widget.live ? widget.bundle({ "text/plain": "…" }, []) : undefined);
    Object.defineProperty(this, firstDisplaySymbol, { value: first, enumerable: false });
    serveFigures(widget, this);
  }

  /** @internal The picture of the view as it is now. @param scale how much larger than on the screen, for print */
  abstract shown(scale?: number): Promise<Shown>;

  /**
   * The view as it is now as a figure for a paper: with the scale bar's length and the names as text, and a caption.
   *
   *   const figure = await view.figure({ width: mm(85), caption: "NMC cathode, three planes." });
   *   await figure.save("slices.svg");
   *
   * @throws InvalidArgument if an option is outside its limits
   */
  figure(options: FigureOptions = {}): Promise<Figure> {
    return figureOf(this, options);
  }

  /** @internal Draws the picture in the notebook again. */
  async renew(): Promise<void> {
    if (!this.#shown) return;
    this.widget.renew(await this.#bundle());
  }

  async #bundle(): Promise<MimeBundle> {
    const { picture, alt, caption, rows } = await this.shown();
    return this.widget.bundle(pictureBundle(picture, alt, caption, rows), caption);
  }

  async [displaySymbol](): Promise<MimeBundle> {
    this.#shown = true;
    return this.#bundle();
  }

  /** Ends the live view; its picture stays. */
  close(): void {
    this.widget.close();
  }
}
