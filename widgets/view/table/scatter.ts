/** Two columns plotted against each other, with a lasso, a box and a click that select. */
import type { AxisScale } from "../../draw/axis.js";
import type { Picture } from "../../draw/pictures.js";
import { type Corner, insidePolygon } from "../../draw/polygon.js";
import { drawScatter, type PointPlaces, placesOf, pointPixels } from "../../draw/scatter.js";
import { lastOf } from "../last-of.js";
import type { LoadedColumn } from "./columns.js";
import { dragging, hexOf, MARGIN, type Place, Plot, type Theme } from "./plot.js";
import { axisOf, beginSelecting, modeOf, named, settle, type TableStage } from "./stage.js";

export type ScatterTool = "lasso" | "box";

/** A press that moves less is a click. */
const CLICK = 4;
/** A click takes the nearest point within so many pixels. */
const NEAR = 8;

export interface Scatter {
  readonly plot: Plot;
  tool: ScatterTool;
  /** Rows that have no place in what was drawn last. */
  left: number;
  draw(theme: Theme): void;
  dispose(): void;
}

/** Where each row lies; undefined: the columns have not come. */
function placing(stage: TableStage): () => PointPlaces | undefined {
  const made = lastOf((across: LoadedColumn, up: LoadedColumn, xAxis: AxisScale, yAxis: AxisScale) =>
    placesOf(across.values, up.values, { xAxis, yAxis }),
  );
  return () => {
    const { columns, display } = stage;
    const [across, up] = [columns.get(display.x), columns.get(display.y)];
    if (across === undefined || up === undefined) return undefined;
    return made(across, up, axisOf(across, display.logX), axisOf(up, display.logY));
  };
}

/** The row whose point is nearest to a place; undefined where none is near. */
function nearest({ x, y }: PointPlaces, at: Place, { room: { width, height } }: Plot): number | undefined {
  let [best, row]: [number, number | undefined] = [NEAR ** 2, undefined];
  for (let k = 0; k < x.length; k++) {
    const far = (x[k]! * width - at.x) ** 2 + ((1 - y[k]!) * height - at.y) ** 2;
    if (far <= best) [best, row] = [far, k];
  }
  return row;
}

export function scatterOf(stage: TableStage): Scatter {
  const plot = new Plot("rows as points");
  /** Corners of what is being drawn. */
  let outline: Corner[] = [];
  const boxOf = ([x1, y1]: Corner, [x2, y2]: Corner): Corner[] => [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
  const placesNow = placing(stage);
  const pixelsOf = lastOf((places: PointPlaces, width: number, height: number, ratio: number) =>
    pointPixels(places, { width, height }, ratio),
  );
  const stop = dragging(plot, (from, event) => {
    const places = placesNow();
    if (places === undefined) return undefined;
    const { x, y } = places;
    const { width, height } = plot.room;
    const select = beginSelecting(stage, modeOf(event));
    const { tool } = scatter;
    let moved = false;
    outline = [[from.x, from.y]];
    return {
      move(place, way) {
        moved ||= way.some((one) => Math.hypot(one.x - from.x, one.y - from.y) >= CLICK);
        if (!moved) return;
        if (tool === "box") outline = boxOf([from.x, from.y], [place.x, place.y]);
        else outline.push(...way.map((one): Corner => [one.x, one.y]));
        const inside = insidePolygon(outline);
        select((row) => inside(x[row]! * width, (1 - y[row]!) * height));
      },
      end(place) {
        outline = [];
        if (!moved) {
          const hit = nearest(places, place, plot);
          select((row) => row === hit);
        }
        settle(stage);
        stage.ask();
      },
    };
  });

  function drawOutline(context: CanvasRenderingContext2D, { ink }: Theme): void {
    if (outline.length < 2) return;
    context.save();
    context.beginPath();
    context.rect(MARGIN.left, MARGIN.top, plot.room.width, plot.room.height);
    context.clip();
    context.beginPath();
    for (const [x, y] of outline) context.lineTo(MARGIN.left + x, MARGIN.top + y);
    context.closePath();
    context.strokeStyle = ink;
    context.lineWidth = 1.5;
    context.setLineDash([5, 3]);
    context.stroke();
    context.restore();
  }

  const scatter: Scatter = {
    plot,
    tool: "lasso",
    left: 0,
    draw(theme) {
      const { columns, display, lit } = stage;
      const context = plot.begin(theme);
      const [across, up] = [columns.get(display.x), columns.get(display.y)];
      if (across === undefined || up === undefined) return;
      const [xAxis, yAxis] = [axisOf(across, display.logX), axisOf(up, display.logY)];
      const places = placesNow()!;
      const { ratio, room } = plot;
      const [width, height] = [Math.round(room.width * ratio), Math.round(room.height * ratio)];
      const image = new ImageData(width, height);
      const picture: Picture = { pixels: image.data, width, height };
      paper(picture, hexOf(theme.paper));
      const points = pixelsOf(places, width, height, ratio);
      drawScatter(picture, points, lit, hexOf(theme.faint, theme.paper));
      context.putImageData(image, Math.round(MARGIN.left * ratio), Math.round(MARGIN.top * ratio));
      const names = { x: named(columns.facts[display.x]!), y: named(columns.facts[display.y]!) };
      plot.axes(xAxis, yAxis, names, theme);
      drawOutline(context, theme);
      scatter.left = points.left;
    },
    dispose: stop,
  };
  return scatter;
}

/** Fills a picture with a colour. */
function paper({ pixels }: Picture, colour: string): void {
  const value = Number.parseInt(colour.slice(1), 16);
  const [r, g, b] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  new Uint32Array(pixels.buffer).fill(((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
}
