/** The line between two hands with its length: a text that faces the reader. */
import vtkCellArray from "@kitware/vtk.js/Common/Core/CellArray.js";
import vtkDataArray from "@kitware/vtk.js/Common/Core/DataArray.js";
import vtkPolyData from "@kitware/vtk.js/Common/DataModel/PolyData.js";
import vtkActor from "@kitware/vtk.js/Rendering/Core/Actor.js";
import vtkMapper from "@kitware/vtk.js/Rendering/Core/Mapper.js";
import type vtkRenderer from "@kitware/vtk.js/Rendering/Core/Renderer.js";
import vtkTexture from "@kitware/vtk.js/Rendering/Core/Texture.js";
import { along, type Vector } from "../../draw/turntable.js";

const WIDTH = 256;
const HEIGHT = 64;

export class MeasureLine {
  readonly #renderer: vtkRenderer;
  readonly #line = vtkActor.newInstance();
  readonly #text = vtkActor.newInstance();
  readonly #lineData = vtkPolyData.newInstance();
  readonly #textData = vtkPolyData.newInstance();
  // Its text changes: storage that may not be allocated anew makes a GL error of each change.
  readonly #texture = vtkTexture.newInstance({ resizable: true, interpolate: true });
  readonly #canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  #shown = "";

  constructor(renderer: vtkRenderer) {
    this.#renderer = renderer;
    this.#lineData.getPoints().setData(new Float32Array(6), 3);
    this.#lineData.setLines(vtkCellArray.newInstance({ values: Uint32Array.of(2, 0, 1) }));
    this.#textData.getPoints().setData(new Float32Array(12), 3);
    this.#textData.setPolys(vtkCellArray.newInstance({ values: Uint32Array.of(4, 0, 1, 2, 3) }));
    this.#textData.getPointData().setTCoords(
      vtkDataArray.newInstance({
        name: "place",
        numberOfComponents: 2,
        values: Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1),
      }),
    );
    for (const [actor, data] of [
      [this.#line, this.#lineData],
      [this.#text, this.#textData],
    ] as const) {
      const mapper = vtkMapper.newInstance();
      mapper.setInputData(data);
      actor.setMapper(mapper);
      actor.getProperty().setLighting(false);
      renderer.addActor(actor);
    }
    this.#line.getProperty().setColor(1, 0.86, 0);
    this.#line.getProperty().setLineWidth(3);
    this.#text.addTexture(this.#texture);
  }

  /** @param up @param right as the reader sees them, in space @param size height of the text */
  show(a: Vector, b: Vector, text: string, right: Vector, up: Vector, size: number): void {
    this.#lineData.getPoints().setData(Float32Array.of(...a, ...b), 3);
    this.#lineData.modified();
    const middle = along([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2], up, size);
    const wide = (size * WIDTH) / HEIGHT / 2;
    const corners = [
      [-1, -0.5],
      [1, -0.5],
      [1, 0.5],
      [-1, 0.5],
    ].flatMap(([x, y]) => [...along(along(middle, right, x! * wide), up, y! * size)]);
    this.#textData.getPoints().setData(Float32Array.from(corners), 3);
    this.#textData.modified();
    if (text === this.#shown) return;
    this.#shown = text;
    const context = this.#canvas.getContext("2d", { willReadFrequently: true })!;
    context.fillStyle = "#111";
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = "#ffdc00";
    context.font = "40px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, WIDTH / 2, HEIGHT / 2);
    const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
    this.#texture.setJsImageData({ width: WIDTH, height: HEIGHT, data } as ImageData);
  }

  dispose(): void {
    for (const actor of [this.#line, this.#text]) {
      this.#renderer.removeActor(actor);
      actor.delete();
    }
  }
}
