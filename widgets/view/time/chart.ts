/** Numbers over the states as lines with marks; a press or a drag goes to the state under the mouse. */
import { axisEnd, dashOf, markOf } from "../../draw/marks.js";
import { element } from "../dom.js";
import { scrubber, type TimeAxis } from "./axis.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 9;

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>>,
  text = "",
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.textContent = text;
  return made;
}

export interface ChartLine {
  readonly name: string;
  readonly colour: string;
  /** One a state; NaN where it is not known. */
  readonly values: readonly number[];
}

export interface Chart {
  readonly box: HTMLElement;
  /** Draws the lines. @param shown number of the state that is shown, and of the one behind the curtain */
  draw(lines: readonly ChartLine[], shown: readonly number[]): void;
  /** Moves the line of the state that is shown. */
  move(shown: readonly number[]): void;
}

const line = (x1: number, y1: number, x2: number, y2: number, kind: string): SVGLineElement =>
  svg("line", { x1, y1, x2, y2, class: kind });

/** The line of a chart as it stands in a legend. */
export function legendMark(number: number, colour: string): SVGSVGElement {
  const made = svg("svg", { width: 26, height: 12, "aria-hidden": "true" });
  made.append(
    svg("line", {
      x1: 0,
      y1: 6,
      x2: 26,
      y2: 6,
      stroke: colour,
      "stroke-width": 2,
      "stroke-dasharray": dashOf(number).join(" "),
    }),
    markAt(number, colour, 13, 6),
  );
  return made;
}

function markAt(number: number, colour: string, x: number, y: number): SVGPolygonElement {
  const points = markOf(number).map(([dx, dy]) => `${(x + 3.6 * dx).toFixed(1)},${(y + 3.6 * dy).toFixed(1)}`);
  return svg("polygon", { points: points.join(" "), fill: colour, class: "voxbook-mark" });
}

/** Pieces of a line between gaps. */
function pieces(points: readonly (readonly [x: number, y: number])[]): string {
  return points
    .map(([x, y], k) => {
      if (!Number.isFinite(y)) return "";
      const begins = k === 0 || !Number.isFinite(points[k - 1]![1]);
      return `${begins ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join(" ");
}

/** Points of which each is some pixels behind the one before: marks that touch each other would hide the line. */
function apart<P extends readonly [x: number, y: number]>(points: readonly P[]): P[] {
  const kept: P[] = [];
  for (const point of points) if (kept.length === 0 || point[0] - kept.at(-1)![0] >= 12) kept.push(point);
  return kept;
}

/**
 * @param title what the numbers are
 * @param text how a number of the axis is written
 */
export function chartOf(
  title: string,
  height: number,
  axis: TimeAxis,
  text: (value: number) => string,
  go: (state: number) => void,
  settle: () => void,
): Chart {
  const picture = svg("svg", { class: "voxbook-chart", role: "img", height });
  const heads = [svg("line", { class: "voxbook-head" }), svg("line", { class: "voxbook-head voxbook-other" })];
  scrubber(picture, axis, go, settle);

  function move(shown: readonly number[]): void {
    for (const [k, head] of heads.entries()) {
      const state = shown[k];
      head.style.display = state === undefined ? "none" : "";
      if (state === undefined) continue;
      for (const name of ["x1", "x2"]) head.setAttribute(name, String(axis.x(state)));
    }
  }

  return {
    box: element("div", {}, picture),
    move,
    draw(lines, shown) {
      const { width, left, span } = axis;
      const known = lines.flatMap(({ values }) => values.filter(Number.isFinite));
      const end = axisEnd(Math.max(0, ...known));
      const y = (value: number): number => height - MARGIN - (value / end) * (height - 2 * MARGIN);
      picture.setAttribute("width", String(width));
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const told = lines.map(({ name, values }) => {
        const [first, last] = [values[0]!, values.at(-1)!];
        return Number.isFinite(first) && Number.isFinite(last) ? `${name} from ${text(first)} to ${text(last)}` : name;
      });
      picture.setAttribute("aria-label", `${title}: ${told.join(", ")}`);
      const grid = [0, end / 2, end].flatMap((value) => [
        line(left, y(value), left + span, y(value), "voxbook-grid"),
        svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text(value)),
      ]);
      const times = (axis.ticks?.marks ?? []).map(({ x }) => line(x, 0, x, height, "voxbook-grid"));
      const drawn = lines.flatMap(({ colour, values }, k) => {
        const points = values.map((value, state) => [axis.x(state), y(value)] as const);
        const style = { fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": dashOf(k).join(" ") };
        const marked = apart(points.filter(([, at]) => Number.isFinite(at)));
        return [svg("path", { d: pieces(points), ...style }), ...marked.map(([x, at]) => markAt(k, colour, x, at))];
      });
      for (const head of heads) {
        head.setAttribute("y1", "0");
        head.setAttribute("y2", String(height));
      }
      picture.replaceChildren(...times, ...grid, ...heads, ...drawn);
      move(shown);
    },
  };
}
