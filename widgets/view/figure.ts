/** A view as a file for a paper: the kernel draws it in print size, the page saves it as SVG or as PNG. */
import { withResolution } from "../../src/core/png.js";
import { FIGURE_DPI, FIGURE_WIDTHS, type FigureReply, type FigureRequest } from "../protocol/figure.js";
import { button, bytesOf, download, element, group } from "./dom.js";
import type { ModelHandle } from "./handle.js";
import { nextNumber } from "./request-number.js";

type Handle = ModelHandle<never, FigureRequest, FigureReply | { kind: "error"; id: number; message: string }>;

/** The pixels of a figure, as many as print needs. */
async function pngOf(svg: Blob, millimetres: number): Promise<Blob> {
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const width = Math.round((millimetres / 25.4) * FIGURE_DPI);
    const height = Math.round((width * image.naturalHeight) / image.naturalWidth);
    const canvas = element("canvas", { width: String(width), height: String(height) });
    canvas.getContext("2d")!.drawImage(image, 0, 0, width, height);
    const file = await new Promise<Blob | null>((made) => canvas.toBlob(made, "image/png"));
    if (file === null) throw new Error("this browser could not make a PNG of so many pixels; save the SVG");
    return new Blob([withResolution(new Uint8Array(await file.arrayBuffer()), FIGURE_DPI)], { type: "image/png" });
  } finally {
    URL.revokeObjectURL(address);
  }
}

export interface FigureButton {
  readonly button: HTMLElement;
  /** Opens with the choices of size and kind. */
  readonly panel: HTMLElement;
  dispose(): void;
}

/** @param handle of any view @param name of the file, without its ending */
export function figureButton(handle: unknown, name: string): FigureButton {
  const { send, onMessage } = handle as Handle;
  const note = element("span", { role: "status" });
  const width = element("input", { type: "number", class: "voxbook-small", value: String(FIGURE_WIDTHS.usual) });
  for (const [key, value] of Object.entries({ min: FIGURE_WIDTHS.least, max: FIGURE_WIDTHS.most, step: 1 }))
    width.setAttribute(key, String(value));
  width.setAttribute("aria-label", "width in print, in millimetres");
  const caption = element("input", { type: "text", size: "34", placeholder: "caption", "aria-label": "caption" });
  let wanted: { id: number; kind: "svg" | "png"; millimetres: number; parts: Uint8Array<ArrayBuffer>[] } | undefined;

  function ask(kind: "svg" | "png"): void {
    const millimetres = Number(width.value);
    wanted = { id: nextNumber(), kind, millimetres, parts: [] };
    note.textContent = "is drawn …";
    send({ kind: "figure", id: wanted.id, millimetres, caption: caption.value });
  }
  async function save({ kind, millimetres, parts }: NonNullable<typeof wanted>): Promise<void> {
    const svg = new Blob(parts, { type: "image/svg+xml" });
    try {
      download(kind === "svg" ? svg : await pngOf(svg, millimetres), `${name}.${kind}`);
      note.textContent = `saved as ${name}.${kind}`;
    } catch (error) {
      note.textContent = error instanceof Error ? error.message : String(error);
    }
  }
  const stop = onMessage((reply, buffers) => {
    if (wanted === undefined || reply.id !== wanted.id) return;
    if (reply.kind === "error") note.textContent = reply.message;
    else {
      wanted.parts.push(bytesOf(buffers[0]!));
      if (wanted.parts.length < reply.parts) return;
      void save(wanted);
    }
    wanted = undefined;
  });
  const panel = element(
    "div",
    { class: "voxbook-bar" },
    element("label", {}, "width ", width, " mm"),
    caption,
    group(
      button("SVG", "save as SVG", () => ask("svg")),
      button("PNG", `save as PNG, ${FIGURE_DPI} dots an inch`, () => ask("png")),
    ),
    note,
  );
  panel.hidden = true;
  const open = button("Figure", "this view as a figure for a paper", () => {
    panel.hidden = !panel.hidden;
    open.setAttribute("aria-expanded", String(!panel.hidden));
  });
  open.setAttribute("aria-expanded", "false");
  return { button: open, panel, dispose: stop };
}
