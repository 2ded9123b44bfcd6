/** Saves the view as a picture of 1 to 4 times its size, with scale bar and axes. */
import { button, choice, download, element } from "../dom.js";
import type { Drawing } from "./drawing.js";
import { drawOverlay } from "./overlay.js";
import type { Stage3d } from "./stage.js";

/** The view on a canvas of `factor` times its size. */
export function pictureOf(
  stage: Stage3d,
  drawing: Drawing,
  still: HTMLCanvasElement,
  factor: number,
): HTMLCanvasElement {
  const { clientWidth, clientHeight } = stage.area;
  const canvas = element("canvas", { width: String(clientWidth * factor), height: String(clientHeight * factor) });
  const context = canvas.getContext("2d")!;
  drawing.now({ pixel: 1, lit: stage.display.lit }, factor);
  // At once: a drawn frame does not outlive this task.
  const source = stage.rendering?.canvas ?? still;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const over = element("canvas", { width: String(canvas.width), height: String(canvas.height) });
  drawOverlay(stage, over, factor);
  context.drawImage(over, 0, 0);
  stage.ask();
  return canvas;
}

export function snapshot(
  stage: Stage3d,
  drawing: () => Drawing,
  still: HTMLCanvasElement,
): { readonly group: HTMLElement; save(): void } {
  const factor = choice(
    "size of the saved picture",
    [1, 2, 3, 4].map((n) => [String(n), `${n}×`] as const),
  );
  factor.value = "2";
  const save = (): void => {
    pictureOf(stage, drawing(), still, Number(factor.value)).toBlob((blob) => {
      if (blob === null) stage.failed("The picture is too large for this browser; choose a smaller size.");
      else download(blob, `${stage.handle.get("volume").title.replace(/[^\p{L}\p{N}]+/gu, "-")}-3d.png`);
    });
  };
  return {
    group: element("span", { class: "voxbook-group" }, button("Save picture", "save a picture (s)", save), factor),
    save,
  };
}
