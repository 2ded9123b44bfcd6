/**
 * Who colours the planes of a page: the processor, or the graphics card where there is one and it is quicker. Both draw the same pixels,
 * so a page begins with the processor, and the card takes over when its code has come and has been tried.
 */
import { drawPlane, outlineLabels } from "../../draw/colours.js";
import type { Renderer } from "./gl/renderer.js";
import type { Painted } from "./pane.js";

/** Set to "webgl" or "cpu" in the page's local storage, it decides; else it is measured. */
export const RENDERER_KEY = "voxbook.renderer";

/** Pictures that planes are coloured in, the newest last: a drag colours the three of a view in each frame, and none is to be collected for it. */
const sheets: ImageData[] = [];
const SHEETS = 3;
/** Pixels of a picture that is kept, at most. */
const KEPT = 2048 ** 2;

/** A picture of that size, with anything in it. */
function sheetOf(width: number, height: number): ImageData {
  if (width * height > KEPT) return new ImageData(width, height);
  const at = sheets.findIndex((one) => one.width === width && one.height === height);
  const sheet = at < 0 ? new ImageData(width, height) : sheets.splice(at, 1)[0]!;
  sheets.push(sheet);
  if (sheets.length > SHEETS) sheets.shift();
  return sheet;
}

/** Colours a plane by the processor. */
export function paintByProcessor({ plane, over, outlined, look, table }: Painted, to: CanvasRenderingContext2D): void {
  const pixels = sheetOf(plane.width, plane.height);
  drawPlane(plane.values, plane.dtype, look, pixels.data, over, table);
  if (outlined?.values.length === plane.values.length) outlineLabels(pixels.data, outlined);
  to.putImageData(pixels, 0, 0);
}

let renderer: Renderer | undefined;
let trying: Promise<void> | undefined;

/** Colours a plane on a canvas of its size. */
export function paint(painted: Painted, to: CanvasRenderingContext2D): void {
  // The card draws no outlines over other colours.
  if (painted.outlined !== undefined || renderer?.paint(painted, to) !== true) paintByProcessor(painted, to);
}

/** What colours planes now, for who asks. */
export const painterName = (): string => (renderer === undefined ? "processor" : renderer.name);

function wish(): string | null {
  try {
    return localStorage.getItem(RENDERER_KEY);
  } catch {
    // A page may be forbidden to keep anything.
    return null;
  }
}

/** Tries the card, once a page. */
export function tryCard(): Promise<void> {
  trying ??= choose().catch(() => undefined);
  return trying;
}

async function choose(): Promise<void> {
  const wanted = wish();
  if (wanted === "cpu") return;
  const [{ Renderer }, { quicker }] = await Promise.all([import("./gl/renderer.js"), import("./gl/trial.js")]);
  const made = new Renderer();
  if (wanted === "webgl" || quicker(made, paintByProcessor)) renderer = made;
  else made.dispose();
}
