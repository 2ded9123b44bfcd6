/** What keys do while the network has the focus. */
import { ALONG, CORNER, turned, zoomed } from "../../draw/orthographic.js";
import { element } from "../dom.js";
import { settling } from "../settling.js";
import { cameraOf, type Stage, select } from "./stage.js";

/** Radians, and shares of the shorter side, of one key. */
const TURN = 0.12;
const STEP = 0.05;

/** What keys and mouse do, for those who ask. */
const HELP: readonly (readonly [keys: string, does: string])[] = [
  ["drag, arrows", "turn"],
  ["Shift+drag, Shift+arrows", "move"],
  ["wheel, + −", "zoom"],
  ["1 2 3", "look along z, y, x"],
  ["0", "from a corner, all of it"],
  ["click, n p", "select a pore; the next, the one before"],
  ["Esc", "select none"],
  ["t", "throats on or off"],
  ["g", "phase behind on or off"],
  ["v", "voxels of the pore on or off"],
  ["w", "way on or off"],
  ["u, Shift+U", "undo, redo"],
];

export const helpOf = (): HTMLElement =>
  element(
    "div",
    { class: "voxbook-help" },
    ...HELP.map(([key, does]) => element("span", {}, element("kbd", {}, key), ` ${does}`)),
  );

/** @param others further keys, by their name @returns a function that ends the listening */
export function keys(stage: Stage, others: Readonly<Record<string, () => void>>): () => void {
  const { root, handle } = stage;
  const ending = new AbortController();
  const pending = settling(root, () => stage.settle());
  const look = (turn: (typeof ALONG)["z"]) => () => stage.note({ camera: { ...CORNER, turn } });
  const zoom = (by: number) => () => stage.note({ camera: zoomed(cameraOf(stage), by) });
  const go = (right: number, down: number) => (pan: boolean) => {
    const camera = cameraOf(stage);
    const shift = [camera.shift[0] + STEP * right, camera.shift[1] + STEP * down] as const;
    stage.note({ camera: pan ? { ...camera, shift } : turned(camera, TURN * right, TURN * down) });
  };
  const next = (by: number) => () => {
    const count = handle.get("pores");
    if (count === 0) return;
    const now = handle.get("selected") ?? (by > 0 ? -1 : 0);
    select(stage, (now + by + count) % count);
  };
  const moves: Record<string, (pan: boolean) => void> = {
    ArrowLeft: go(-1, 0),
    ArrowRight: go(1, 0),
    ArrowUp: go(0, -1),
    ArrowDown: go(0, 1),
    "+": zoom(1.25),
    "=": zoom(1.25),
    "-": zoom(0.8),
    "0": () => stage.note({ camera: CORNER }),
    "1": look(ALONG.z),
    "2": look(ALONG.y),
    "3": look(ALONG.x),
  };
  const own: Record<string, () => void> = {
    n: next(1),
    p: next(-1),
    Escape: () => select(stage, null),
    u: () => handle.send({ kind: "undo" }),
    U: () => handle.send({ kind: "redo" }),
    ...others,
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== root || event.ctrlKey || event.metaKey || event.altKey) return;
      const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
      const known = move ?? (Object.hasOwn(own, event.key) ? own[event.key] : undefined);
      if (known === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      known(event.shiftKey);
      if (move !== undefined) pending.soon();
    },
    { signal: ending.signal },
  );
  return () => {
    pending.cancel();
    ending.abort();
  };
}
