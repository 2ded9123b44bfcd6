/** Pictures and captions that a notebook keeps of a view. */
import type { MimeBundle } from "../../kernel/comm.js";
import { escapeHtml } from "../../src/core/display.js";
import { formatLength } from "../../src/core/length.js";
import { base64, encodePng } from "../../src/core/png.js";
import type { Picture } from "../draw/pictures.js";
import type { CaptionPart } from "./own-widget.js";

/** PNG without its alpha channel, as base64: pictures are opaque. */
export function png({ pixels, width, height }: Picture): string {
  const rgb = new Uint8ClampedArray(3 * width * height);
  for (let k = 0; k < width * height; k++) {
    rgb[3 * k] = pixels[4 * k]!;
    rgb[3 * k + 1] = pixels[4 * k + 1]!;
    rgb[3 * k + 2] = pixels[4 * k + 2]!;
  }
  return base64(encodePng(rgb, width, height, 3));
}

/** A length, or voxels where the voxel size is unknown. */
export const lengthText = (length: number, known: boolean): string =>
  known ? formatLength(length) : `${Number(length.toPrecision(3))} voxels`;

/** The picture with its caption as HTML, the picture alone as PNG, and both as text. */
export function pictureBundle(
  picture: Picture,
  alt: string,
  caption: readonly CaptionPart[],
  rows: readonly (readonly string[])[] = [],
): MimeBundle {
  const data = png(picture);
  const chip = (colour: string | undefined): string =>
    colour === undefined
      ? ""
      : `<span style="display:inline-block;width:0.8em;height:0.8em;margin-right:0.3em;background:${escapeHtml(colour)}"></span>`;
  const line = caption
    .map(({ text, colour }) => `<span style="margin-right:1.2em">${chip(colour)}${escapeHtml(text)}</span>`)
    .join("");
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((text) => `<${tag} style="text-align:right;padding:1px 0 1px 14px">${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row, k) => cells(row, k === 0 ? "th" : "td")).join("");
  const table = rows.length === 0 ? "" : `<table>${body}</table>`;
  return {
    "text/plain": [
      `${alt}: ${caption.map(({ text }) => text).join(", ")}`,
      ...rows.map((row) => row.map((text) => text.replaceAll("\n", " ")).join("  ")),
    ].join("\n"),
    "text/html": `<div><img alt="${escapeHtml(alt)}" width="${picture.width}" height="${picture.height}" src="data:image/png;base64,${data}"><div style="padding:4px 0">${line}</div>${table}</div>`,
    "image/png": data,
  };
}
