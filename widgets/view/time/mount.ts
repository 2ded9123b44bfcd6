/**
 * The states of a sample: what the page shows for `timeSeries(states)`. Planes of one state, or of two with a curtain between them; below them,
 * over one axis of time, slider, fractions, thickness and the values along a line.
 */
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import { layoutPanes } from "../../draw/layout.js";
import { timesOf } from "../../draw/state-axis.js";
import type { ShownStates } from "../../protocol.js";
import { addStyles, choice, element } from "../dom.js";
import { commonHandle, type Mounted } from "../handle.js";
import { settling } from "../settling.js";
import { curtainLine, curtainTools } from "../slices/display.js";
import { placePanes } from "../slices/panes.js";
import { openShell } from "../slices/shell.js";
import { TimeAxis } from "./axis.js";
import { stateNames } from "./compare.js";
import { TimeContent, type TimeHandle } from "./content.js";
import { controlsOf, sliderOf, timeRow } from "./controls.js";
import { kymographOf } from "./kymograph.js";
import { measuresOf } from "./measures.js";
import { Player } from "./player.js";
import { States } from "./states.js";
import { TIME_STYLE } from "./style.js";

/** Planes and everything below them fit one screen. */
const TALLEST = 360;

const HELP = [
  [", .", "state before, next state"],
  ["Home End", "first, last state"],
  ["space", "play, hold"],
  ["b", "compare with the state before, or end that"],
  ["v", "drag the curtain"],
  ["s", "exchange both states"],
  ["w", "one window for all states, or one for each"],
  ["t", "axis of the line over time"],
] as const;

/** Builds the view inside an element. */
export function mountTime(root: HTMLElement, handle: TimeHandle): Mounted {
  addStyles(root.ownerDocument, ["time", TIME_STYLE]);
  const count = handle.get("count");
  const { stage, content, failed, show } = openShell(root, commonHandle(handle), (on) => new TimeContent(on, handle), {
    legend: () => [],
    drawn: (look) => kymograph.draw((state) => content.windows.look(look, state), content.numbers),
  });
  const axis = new TimeAxis(count);
  const states = new States(handle, told, failed);

  /** Shows states, in the page alone. */
  function present(shown: ShownStates): void {
    content.shown = shown;
    follow();
    stage.ask();
  }
  const go = (index: number): void => present({ ...content.shown, index: Math.min(count - 1, Math.max(0, index)) });
  /** The end of a gesture. */
  function settle(): void {
    handle.save({ shown: content.shown, ...stage.scene.state });
    handle.send({ kind: "settled" });
  }
  const pending = settling(root, settle);
  const player = new Player(stage, content, count, go, () => {
    settle();
    follow();
  });
  function step(to: number): void {
    player.hold();
    go(to);
    pending.soon();
  }
  function compare(other: number | null): void {
    present({ ...content.shown, other });
    settle();
  }
  function swap(): void {
    const { index, other } = content.shown;
    if (other === null) return;
    present({ index: other, other: index });
    settle();
  }
  function lock(locked: boolean): void {
    handle.save({ locked });
    handle.send({ kind: "settled" });
    follow();
    stage.changed();
  }
  function play(): void {
    if (player.playing) return player.hold();
    if (count > 1) player.play(handle.get("fps"), controls.loop.checked);
    follow();
  }
  const controls = controlsOf(count, states, {
    step: (by) => step(content.shown.index + by),
    pace(fps) {
      handle.save({ fps });
      player.pace(fps);
    },
    play,
    compare,
    swap,
    lock,
  });
  const scrub = (state: number): void => {
    player.stop();
    go(state);
  };
  const slider = sliderOf(axis, states, scrub, settle);
  const measures = measuresOf(axis, states, scrub, settle);
  const times = timeRow(axis);
  /** All that the axis is under. */
  function placeTimes(): void {
    slider.place();
    times.place();
    measures.draw(content.numbers);
  }
  const line = choice("axis of the line through the cursor whose values are shown over time (t)", [
    ["z", "along z"],
    ["y", "along y"],
    ["x", "along x"],
  ]);
  function alongLine(to: Axis): void {
    handle.save({ line: to });
    follow();
    stage.ask();
  }
  line.addEventListener("change", () => alongLine(line.value as Axis));
  const kymograph = kymographOf(
    stage,
    handle,
    axis,
    (state, voxel) => {
      scrub(state);
      const cursor: [number, number, number] = [...stage.scene.state.cursor];
      cursor[AXES[handle.get("line")]] = voxel;
      stage.scene.update({ cursor: cursor as Triple });
    },
    settle,
    failed,
  );

  function follow(): void {
    const { index, other } = content.shown;
    const now = { index, other, playing: player.playing, locked: handle.get("locked"), fps: handle.get("fps") };
    controls.follow(now);
    slider.follow(content.numbers);
    measures.follow(content.numbers);
    line.value = handle.get("line");
  }
  /** Names or figures have come. */
  function told(): void {
    content.windows.take(states.list);
    axis.take(timesOf(states.list));
    follow();
    placeTimes();
    stage.changed();
  }

  stage.over.push(
    curtainLine(stage),
    stateNames(stage, states, () => content.numbers),
  );
  const mounted = show({
    description: "states of a sample over time",
    place(width) {
      placePanes(stage, layoutPanes(stage.volume.shape, stage.volume.spacing, { width, height: TALLEST }));
      axis.width = width;
      placeTimes();
    },
    tools: curtainTools(stage),
    settings: [element("label", {}, "over time ", line)],
    below: [controls.row, slider.box, measures.box, kymograph.box, times.box],
    help: HELP,
    keys: {
      ",": () => step(content.shown.index - 1),
      ".": () => step(content.shown.index + 1),
      Home: () => step(0),
      End: () => step(count - 1),
      " ": play,
      b: () => compare(content.shown.other === null ? Math.max(0, content.shown.index - 1) : null),
      s: swap,
      w: () => lock(!handle.get("locked")),
      t: () => alongLine(({ z: "y", y: "x", x: "z" } as const)[handle.get("line")]),
    },
    modelChanged(names) {
      if (names.includes("shown")) present(handle.get("shown"));
      else follow();
    },
    endings: [() => pending.cancel(), () => player.stop(), kymograph.dispose, () => states.dispose()],
  });
  follow();
  return mounted;
}
