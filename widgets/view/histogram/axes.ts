/** Bars and axes, drawn by plotly; what is dragged lies above them. */
import { type Counts, coarser } from "../../draw/pictures.js";
import { type Chart, HEIGHT, MARGIN, span } from "./chart.js";

type Plotly = typeof import("plotly.js-basic-dist-min");

let loading: Promise<Plotly> | undefined;

/** Some 400 KB: loaded with the first histogram of a page. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= import("plotly.js-basic-dist-min").then((module) => {
    const { default: inner } = module as Plotly & { default?: Plotly };
    return inner ?? module;
  });
  // A page that was offline may be online again.
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

/** Ends a drawing of {@link drawAxes}; where plotly was never needed it is not loaded for that. */
export function purgeAxes(axes: HTMLElement): void {
  loading?.then((plotly) => plotly.purge(axes)).catch(() => undefined);
}

const REFERENCE_COLOURS = ["#cc79a7", "#d55e00", "#56b4e9", "#f0e442"];

/** Middles of the bars. */
const places = ({ counts, low, step }: Counts): number[] => Array.from(counts, (_, k) => low + (k + 0.5) * step);

/** A reference in bars as wide as those drawn, scaled to the same number of voxels. */
function lineOf(counts: Counts, drawn: Counts, total: number): { x: number[]; y: number[] } {
  const bars = coarser(counts, Math.max(1, Math.round((counts.counts.length * counts.step) / drawn.step)));
  const all = Array.from(bars.counts).reduce((sum, count) => sum + count, 0);
  const scale = all === 0 ? 0 : (total / all) * (drawn.step / bars.step);
  return { x: places(bars), y: Array.from(bars.counts, (count) => count * scale) };
}

export async function drawAxes(chart: Chart, axes: HTMLElement): Promise<void> {
  if (chart.counts === undefined || chart.width === 0) return;
  const plotly = await loadPlotly();
  const drawn = coarser(chart.counts, chart.bars);
  chart.drawn = drawn;
  const style = getComputedStyle(chart.root);
  const bars = {
    type: "bar" as const,
    name: "voxels",
    x: places(drawn),
    y: Array.from(drawn.counts),
    width: drawn.step,
    marker: { color: style.getPropertyValue("--jp-ui-font-color2").trim() || "#777", line: { width: 0 } },
    hovertemplate: "%{x}: %{y} voxels<extra></extra>",
  };
  const references = chart.references.map(({ name, counts }, k) => ({
    type: "scatter" as const,
    mode: "lines" as const,
    // plotly reads a name as markup.
    name: name.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
    ...lineOf(counts, drawn, chart.total),
    line: { color: REFERENCE_COLOURS[k % REFERENCE_COLOURS.length]!, width: 2 },
    hoverinfo: "skip" as const,
  }));
  const { color } = style;
  const lines = { color, gridcolor: "rgba(128,128,128,0.2)", linecolor: color, zeroline: false, fixedrange: true };
  await plotly.react(
    axes,
    [bars, ...references],
    {
      width: chart.width,
      height: HEIGHT,
      margin: { l: MARGIN.left, r: MARGIN.right, t: MARGIN.top, b: MARGIN.bottom },
      bargap: 0,
      showlegend: references.length > 0,
      legend: { x: 1, xanchor: "right", y: 1, bgcolor: "rgba(255,255,255,0.6)" },
      dragmode: false,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { size: 11, color },
      xaxis: { ...lines, range: [...span(chart)], title: { text: "grey value", standoff: 4 } },
      yaxis: { ...lines, type: chart.scale, title: { text: "voxels" }, exponentformat: "power" as const, nticks: 5 },
    },
    { displayModeBar: false, responsive: false },
  );
  chart.ask();
}
