/**
 * A pore network to turn, to click and to brush. What is shown is the model's state: a gesture changes it in the page (`stage.note`), and
 * all parts follow in the next frame; at its end the kernel is told (`stage.settle`).
 */
import type { Triple } from "../../../src/core/shape.js";
import { ballAt } from "../../draw/bodies.js";
import { FULL, GHOST, levelsOf, networkBody, voxelBody } from "../../draw/network-look.js";
import { projectionOf } from "../../draw/orthographic.js";
import type { HistoryState } from "../../protocol.js";
import { addStyles, element, ownKeys, perFrame } from "../dom.js";
import type { ModelHandle, Mounted } from "../handle.js";
import { historyButtons } from "../history.js";
import { sceneFor } from "../scene.js";
import { chartOf } from "./chart.js";
import { drawBox, drawFront } from "./front.js";
import { type At, gestures } from "./gestures.js";
import type { NetworkHandle } from "./handle.js";
import { keys } from "./keys.js";
import { NetworkData } from "./network-data.js";
import { CpuPainter, painterFor } from "./painter.js";
import { poreTable } from "./pore-table.js";
import { Sharpness } from "./sharpness.js";
import { cameraOf, type Own, type Stage, select } from "./stage.js";
import { STYLE } from "./style.js";
import { toolbarOf } from "./toolbar.js";

const WIDEST = 640;
const TALLEST = 460;
/** Beside the network. */
const SIDE = 242;

const OWN: readonly (keyof Own)[] = ["colour", "scale", "range", "selected", "path", "show", "camera"];

/** Builds the view inside an element. */
export function mountNetwork3d(root: HTMLElement, handle: NetworkHandle): Mounted {
  addStyles(root.ownerDocument, ["network3d", STYLE]);
  const [size, shape] = [handle.get("size"), handle.get("shape")];
  const edges = size.map((n, k) => n / shape[k]!);
  const scene = sceneFor(handle as unknown as Parameters<typeof sceneFor>[0]);
  // A network of its own has no volume, and its scene no other views.
  const linked = handle.get("scene").startsWith("scene-");
  const trouble = element("div", { class: "voxbook-error", role: "alert" });
  trouble.hidden = true;
  const stage: Stage = {
    ...{ root, handle, scene },
    data: new NetworkData(handle),
    box: { low: edges.map((edge) => -edge / 2) as unknown as Triple, size },
    shape: undefined,
    column: undefined,
    path: undefined,
    ghost: undefined,
    voxels: undefined,
    network: undefined,
    note: (changes) => handle.note(changes),
    settle() {
      handle.save(Object.fromEntries(OWN.map((name) => [name, handle.get(name)])));
      if (linked) scene.settle(handle as unknown as Parameters<typeof scene.settle>[0]);
      else handle.send({ kind: "settled" });
    },
    failed(error) {
      trouble.textContent = error instanceof Error ? error.message : String(error);
      trouble.hidden = false;
    },
  };

  const back = element("canvas");
  const front = element("canvas", { style: "pointer-events: none" });
  const area = element("div", { class: "voxbook-network-area", "data-lm-dragdrop": "false" });
  let painter = painterFor(() => {
    // The graphics card is gone: go on without.
    painter = new CpuPainter();
    place();
    sharp.moved();
  });
  function place(): void {
    area.replaceChildren(back, painter.canvas, front, trouble);
    area.setAttribute("data-painter", painter.kind);
  }
  place();
  const wayText = element("div", { class: "voxbook-readout", role: "status" });
  const readout = element("div", { class: "voxbook-readout", "aria-live": "polite" });
  const history = historyButtons(handle as unknown as ModelHandle<HistoryState>, "network");
  const toolbar = toolbarOf(stage, history.group);
  const chart = chartOf(stage);
  let lit: number | null = null;
  const table = poreTable(stage, (label, place) => {
    if (label !== null) {
      lit = label;
      scene.select(
        Uint8Array.from({ length: label + 1 }, (_, k) => Number(k === label)),
        handle.get("labelsId"),
      );
    }
    if (!linked || place === undefined) return;
    // Slices of the volume go to the pore; the kernel, which was told of the click before the place was known, hears where.
    scene.update({
      cursor: place.map((n, k) => Math.min(shape[k]! - 1, Math.max(0, Math.round(n)))) as unknown as Triple,
    });
    stage.settle();
  });

  let [width, height] = [0, 0];
  const frame = perFrame(draw);
  const sharp = new Sharpness(frame.ask);
  function draw(): void {
    if (width === 0) return;
    const begin = performance.now();
    const bodies = [stage.ghost, stage.network, stage.voxels].filter((body) => body !== undefined);
    const ratio = sharp.ratio;
    const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
    painter.draw(bodies, projectionOf(cameraOf(stage), stage.box, wide, tall), wide, tall);
    const projection = projectionOf(cameraOf(stage), stage.box, width, height);
    drawBox(stage, back, projection, width, height);
    drawFront(stage, front, projection, width, height);
    sharp.drawn(performance.now() - begin);
  }

  /** How strongly each pore and throat is drawn. */
  function relight(): void {
    const { shape, column } = stage;
    if (shape === undefined || column === undefined) return;
    const [colour, scale, selected] = [handle.get("colour"), handle.get("scale"), handle.get("selected")];
    const path = stage.path === undefined || stage.path.pores.length === 0 ? null : stage.path;
    const { values } = column;
    const rest = { range: handle.get("range"), throats: handle.get("show").throats };
    const levels = levelsOf(shape, { ...rest, of: colour.of, values, selected, path });
    stage.network = networkBody(shape, { ...column, of: colour.of, scale }, levels);
    sharp.moved();
  }

  let asked = { column: "", path: "null", voxels: "" };
  /** Asks for what is shown and has not come yet. */
  function fetchMissing(): void {
    const { of, name } = handle.get("colour");
    if (asked.column !== `${of} ${name}`) {
      asked = { ...asked, column: `${of} ${name}` };
      const wanted = asked.column;
      Promise.all([stage.data.column(of, name), stage.data.columns()]).then(([values, columns]) => {
        if (asked.column !== wanted) return;
        const unit = columns[of].find((one) => one.name === name)?.unit ?? "";
        stage.column = { ...values, unit };
        chart.draw();
        relight();
      }, stage.failed);
    }
    const path = handle.get("path");
    if (asked.path !== JSON.stringify(path)) {
      asked = { ...asked, path: JSON.stringify(path) };
      const wanted = asked.path;
      stage.path = undefined;
      wayText.textContent = path === null ? "" : "The way is being looked for …";
      if (path !== null)
        stage.data.path(path).then((found) => {
          if (asked.path !== wanted) return;
          stage.path = found;
          wayText.textContent = `${found.text[0]!.toUpperCase()}${found.text.slice(1)}.`;
          relight();
        }, stage.failed);
    }
    const show = handle.get("show");
    const selected = handle.get("selected");
    const voxels = show.voxels && selected !== null ? String(selected) : "";
    if (asked.voxels !== voxels) {
      asked = { ...asked, voxels };
      stage.voxels = undefined;
      if (voxels !== "")
        stage.data.voxels(Number(voxels)).then((places) => {
          if (asked.voxels === voxels) stage.voxels = voxelBody(places, edges, FULL);
          sharp.moved();
        }, stage.failed);
    }
    if (!show.ghost) stage.ghost = undefined;
    else if (stage.ghost === undefined && handle.get("has").ghost)
      stage.data.ghost().then((places) => {
        if (handle.get("show").ghost) stage.ghost ??= voxelBody(places, edges, GHOST);
        sharp.moved();
      }, stage.failed);
  }

  /** Follows the model, whoever changed it. */
  function follow(names: readonly string[]): void {
    trouble.hidden = true;
    fetchMissing();
    // A page that is opened again leaves the slices where they are.
    table.follow(names.includes("selected"));
    toolbar.follow();
    if (handle.get("selected") === null && lit !== null) {
      lit = null;
      scene.select(undefined);
    }
    if (names.includes("scale")) chart.draw();
    if (names.includes("range")) chart.follow();
    if (names.some((name) => name !== "camera" && (OWN as readonly string[]).includes(name))) relight();
    sharp.moved();
  }

  const side = (): number => Math.min(width, height);
  const poreAt = ({ x, y }: At): number =>
    stage.network === undefined
      ? -1
      : ballAt(stage.network.balls, projectionOf(cameraOf(stage), stage.box, width, height), x, y);
  function describe(row: number): string {
    const { column } = stage;
    const diameter = stage.shape!.poreDiameter[row]!;
    const text = (value: number): string => String(Number(value.toPrecision(4)));
    const unit = handle.get("unit");
    const parts = [`pore ${row}`, `diameter ${text(diameter)} ${unit}`];
    const { of, name } = handle.get("colour");
    if (column !== undefined && of === "pores" && name !== "diameter") {
      const value = column.values[row]!;
      parts.push(`${name} ${column.names?.[value] ?? `${text(value)} ${column.unit === "1" ? "" : column.unit}`}`);
    }
    return parts.join("   ·   ");
  }
  const totals = `${handle.get("pores")} pores, ${handle.get("throats")} throats`;
  readout.textContent = totals;

  root.replaceChildren();
  const attributes = {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "pore network in 3D",
    "aria-label": `${handle.get("title")}: ${totals}`,
    "data-jp-suppress-context-menu": "true",
  };
  for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
  const beside = element("div", { class: "voxbook-network-side" }, chart.element, wayText, table.element);
  root.replaceChildren(
    toolbar.bar,
    toolbar.help,
    history.code,
    element("div", { class: "voxbook-network" }, area, beside),
    readout,
  );

  function resized(): void {
    const room = Math.min(900, root.clientWidth || 0);
    if (room < 40) return;
    const beneath = room < 2 * SIDE + 60;
    const wide = Math.min(WIDEST, beneath ? room : room - SIDE);
    if (wide === width) return;
    width = wide;
    height = Math.min(TALLEST, Math.round(0.75 * wide));
    area.style.width = `${width}px`;
    area.style.height = `${height}px`;
    chart.draw();
    sharp.moved();
  }
  const ending = [
    gestures(stage, area, side, {
      hover(at) {
        const row = at === undefined || stage.shape === undefined ? -1 : poreAt(at);
        readout.textContent = row < 0 ? totals : describe(row);
      },
      click(at) {
        const row = poreAt(at);
        select(stage, row < 0 ? null : row);
      },
    }),
    keys(stage, toolbar.keys),
    ownKeys(root),
    scene.join(handle as unknown as Parameters<typeof scene.join>[0], () => undefined),
    handle.onChange(follow),
    () => history.dispose(),
    () => frame.cancel(),
    () => sharp.dispose(),
    () => stage.data.dispose(),
    () => painter.dispose(),
  ];
  const column = (of: "pores" | "throats", name: string): Promise<Float64Array> =>
    stage.data.column(of, name).then(({ values }) => values);
  Promise.all([
    ...(["x", "y", "z", "diameter"] as const).map((name) => column("pores", name)),
    ...(["pore 1", "pore 2", "diameter"] as const).map((name) => column("throats", name)),
  ]).then((all) => {
    const [x, y, z, poreDiameter, one, other, throatDiameter] = all as [
      ...[Float64Array, Float64Array, Float64Array, Float64Array],
      ...[Float64Array, Float64Array, Float64Array],
    ];
    stage.shape = { x, y, z, poreDiameter, one, other, throatDiameter };
    relight();
  }, stage.failed);
  follow([]);
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  resized();

  return {
    resized,
    dispose() {
      observer.disconnect();
      for (const end of ending) end();
    },
  };
}
