/** Saves the view as a picture of 1 to 4 times its size, with scale bar and axes. */
import { button, choice, download, element } from "../dom.js";
import type { Drawing } from "./drawing.js";
import { drawOverlay } from "./overlay.js";
import type { Stage3d } from "./stage.js";

/** The view on a canvas of `factor` times its size. */
async function pictureOf(
  stage: Stage3d,
  drawing: Drawing,
  still: HTMLCanvasElement,
  factor: number,
): Promise<HTMLCanvasElement> {
  const { clientWidth, clientHeight } = stage.area;
  const size = { width: String(clientWidth * factor), height: String(clientHeight * factor) };
  const canvas = element("canvas", size);
  const over = element("canvas", size);
  await drawing.picture(factor, () => drawOverlay(stage, over, factor));
  const context = canvas.getContext("2d")!;
  const source = stage.rendering?.canvas ?? still;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
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
  const tooLarge = (): void => stage.failed("The picture is too large for this browser; choose a smaller size.");
  const save = (): void => {
    pictureOf(stage, drawing(), still, Number(factor.value)).then(
      (picture) =>
        picture.toBlob((blob) => {
          if (blob === null) tooLarge();
          else download(blob, `${stage.handle.get("volume").title.replace(/[^\p{L}\p{N}]+/gu, "-")}-3d.png`);
        }),
      tooLarge,
    );
  };
  return {
    group: element("span", { class: "voxbook-group" }, button("Save picture", "save a picture (s)", save), factor),
    save,
  };
}
