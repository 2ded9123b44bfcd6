/** Pictures and captions that a notebook keeps of a view. */
import type { MimeBundle } from "../../kernel/comm.js";
import { escapeHtml } from "../../src/core/display.js";
import { formatLength } from "../../src/core/length.js";
import { base64, encodePng } from "../../src/core/png.js";
import { fewColours, smaller } from "../draw/few-colours.js";
import type { Picture } from "../draw/pictures.js";
import type { CaptionPart } from "./own-widget.js";

/** A picture stands in the notebook twice, as HTML and as PNG, in four letters for three bytes: together 200 KB. */
const MOST_BYTES = 70_000;

/** PNG of at most 256 colours, and of fewer pixels where noise would make it large; pictures are opaque. */
function png(picture: Picture): string {
  let shown = picture;
  for (;;) {
    const { indices, palette } = fewColours(shown);
    const file = encodePng(indices, shown.width, shown.height, 1, palette);
    if (file.length <= MOST_BYTES || shown.width < 64) return base64(file);
    shown = smaller(shown, Math.min(0.9, 0.95 * Math.sqrt(MOST_BYTES / file.length)));
  }
}

/** A length, or voxels where the voxel size is unknown. */
export const lengthText = (length: number, known: boolean): string =>
  known ? formatLength(length) : `${Number(length.toPrecision(3))} voxels`;

/** The picture with its caption as HTML, the picture alone as PNG, and both as text. */
export function pictureBundle(picture: Picture, alt: string, caption: readonly CaptionPart[]): MimeBundle {
  const data = png(picture);
  const chip = (colour: string | undefined): string =>
    colour === undefined
      ? ""
      : `<span style="display:inline-block;width:0.8em;height:0.8em;margin-right:0.3em;background:${escapeHtml(colour)}"></span>`;
  const line = caption
    .map(({ text, colour }) => `<span style="margin-right:1.2em">${chip(colour)}${escapeHtml(text)}</span>`)
    .join("");
  return {
    "text/plain": `${alt}: ${caption.map(({ text }) => text).join(", ")}`,
    "text/html": `<div><img alt="${escapeHtml(alt)}" width="${picture.width}" height="${picture.height}" src="data:image/png;base64,${data}"><div style="padding:4px 0">${line}</div></div>`,
    "image/png": data,
  };
}
