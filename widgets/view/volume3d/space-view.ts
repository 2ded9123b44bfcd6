/** A view of volumes in space: the parts put together. The first image is drawn on the CPU, while the graphics part is being loaded. */
import { extentIn, space } from "../../draw/space.js";
import { type Display3d, TEXTURE_BUDGET } from "../../protocol/volume3d.js";
import { addStyles, behindFrame, element, ownKeys } from "../dom.js";
import type { Mounted } from "../handle.js";
import { historyButtons } from "../history.js";
import { sceneFor } from "../scene.js";
import { Asking, GivenUp, type Handle3d } from "./asking.js";
import { cardOf } from "./card.js";
import { clipPanel } from "./clip-panel.js";
import { drawing } from "./drawing.js";
import { gestures3d } from "./gestures.js";
import { graphicsPart } from "./graphics-part.js";
import { headsetButton } from "./headset.js";
import { keys3d } from "./keys.js";
import { load, type Room } from "./loading.js";
import { phasePanel } from "./phase-panel.js";
import { snapshot } from "./snapshot.js";
import { layout3d, type Stage3d, viewportsOf } from "./stage.js";
import { surfaceLoading } from "./surface-loading.js";
import { toolbar3d } from "./toolbar.js";

const WIDEST = 880;
const TALL = 460;
/** Voxels of all textures of a view where the processor draws. */
const SOFTWARE_BUDGET = 128 ** 3;
/** A view that is not seen for so long gives its context back: a page has only sixteen. */
const AWAY_MS = 20_000;

const STYLE = `
.voxbook-space { position: relative; background: #121419; outline: 1px solid var(--jp-border-color2, transparent); touch-action: none; user-select: none; cursor: grab; overflow: hidden; }
.voxbook-space:active { cursor: grabbing; }
.voxbook-space.voxbook-at-handle { cursor: move; }
.voxbook-space > canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.voxbook-space > .voxbook-error { z-index: 1; }
.voxbook-space > .voxbook-note { position: absolute; left: 0; right: 0; top: 0; padding: 6px 10px; background: rgba(60,45,0,0.85); color: #ffe9b0; }
.voxbook-clip input[type=range] { width: 90px; }
.voxbook-clip output { min-width: 11em; font-variant-numeric: tabular-nums; font-size: 12px; }
.voxbook-bar > .voxbook-bar { padding: 0; min-height: 0; gap: 4px; }
.voxbook [hidden] { display: none !important; }
`;

export function spaceView(root: HTMLElement, handle: Handle3d): Mounted {
  addStyles(root.ownerDocument, ["space", STYLE]);
  const volume = handle.get("volume");
  const members = handle.get("volumes");
  const unit = space(members);
  const still = element("canvas");
  const overlay = element("canvas", { "data-layer": "overlay" });
  const area = element("div", { class: "voxbook-space" }, still, overlay);
  const trouble = element("div", { class: "voxbook-error", role: "alert" });
  const readout = element("div", { class: "voxbook-readout", "aria-live": "polite" });
  const failed = (message: string): void => {
    trouble.textContent = message;
    area.append(trouble);
  };
  const asking = new Asking(handle);
  const stage: Stage3d = {
    ...{ root, area, handle, asking, members, unit },
    scene: sceneFor(handle as never),
    extent: extentIn(unit, members[0]!),
    bodies: members.map(() => undefined),
    scale: [volume.range[0], volume.range[1]],
    display: handle.get("display"),
    view: handle.get("view"),
    panes: [],
    rendering: undefined,
    clipping: false,
    chosen: undefined,
    ask: () => draw.ask(),
    recoloured: () => draw.recoloured(),
    show(changes: Partial<Display3d>) {
      stage.display = { ...stage.display, ...changes };
      follow();
      draw.recoloured();
    },
    settle() {
      handle.save({ display: stage.display, view: stage.view });
      handle.send({ kind: "settled" });
    },
    say(text) {
      readout.textContent = text === "" ? facts() : text;
    },
    failed,
  };
  const draw = drawing(stage, { still, overlay });
  const surfaces = surfaceLoading(stage);
  const clip = clipPanel(stage);
  const phases = phasePanel(stage);
  const history = historyButtons(handle as never, "space");
  const save = snapshot(stage, () => draw, still);
  const headset = headsetButton(stage);
  const toolbar = toolbar3d(stage, {
    history: history.group,
    snapshot: save.group,
    headset: headset.button,
    clip(shown) {
      clip.panel.hidden = !shown;
    },
  });
  function follow(): void {
    toolbar.follow();
    clip.follow();
    phases.follow();
    surfaces.follow();
  }

  /** What is on the screen: voxels of the level, and what draws it. */
  const levels: string[] = [];
  function facts(): string {
    const { cursor } = stage.scene.state;
    const by =
      stage.rendering === undefined ? "drawn on the CPU" : stage.rendering.card.software ? "software WebGL" : "WebGL";
    return [`cursor z ${cursor[0]}  y ${cursor[1]}  x ${cursor[2]}`, ...new Set(levels), by].join("   ·   ");
  }

  async function roomNow(): Promise<Room> {
    // To ask for a card takes longer than to draw the first image.
    await imaged;
    const card = cardOf();
    const all = card === undefined || card.software ? SOFTWARE_BUDGET : TEXTURE_BUDGET;
    return { budget: Math.floor(all / members.length), edge: Math.min(2048, card?.edge ?? 256) };
  }
  const graphics = graphicsPart(stage, { draw, overlay, surfaces });

  async function loadAll(): Promise<void> {
    await Promise.all(
      members.map((member, k) =>
        load(
          ...([asking, unit, k, member, handle.get("labelled"), roomNow] as const),
          ({ body, scale, level, more }) => {
            stage.bodies[k] = body;
            stage.scale = scale;
            levels[k] = `${level.shape.join(" × ")} of ${member.shape.join(" × ")} voxels`;
            stage.rendering?.setBody(k, body);
            root.dataset.level = more ? "coarse" : "sharp";
            stage.say("");
            draw.recoloured();
            if (imaged !== undefined) return;
            // The second frame comes when the first is on its way to the screen.
            imaged = behindFrame().then(behindFrame);
            light();
          },
          (share) => {
            if (share < 1) readout.textContent = `${facts()}   ·   sharper: ${Math.round(100 * share)} %`;
          },
        ),
      ),
    );
  }

  let away: ReturnType<typeof setTimeout> | undefined;
  /** Whether it is seen. */
  let near = false;
  /** Resolves when what the CPU has drawn is seen: then the graphics part may take its time. */
  let imaged: Promise<void> | undefined;
  function light(): void {
    void imaged?.then(() => {
      if (near) void graphics.light();
    });
  }

  root.classList.add("voxbook");
  const attributes = {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "volume in space",
    // Names stand in the picture, which a screen reader does not see.
    "aria-label":
      members.length === 1 ? volume.title : `${volume.title}: ${members.map(({ name }) => name).join(", ")}`,
    "data-jp-suppress-context-menu": "true",
  };
  for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
  root.replaceChildren(toolbar.bar, clip.panel, phases.panel, toolbar.help, history.code, area, readout);

  let width = 0;
  function resized(): void {
    const room = Math.min(WIDEST, root.clientWidth || 0);
    if (room < 40 || room === width) return;
    width = room;
    const { panes, height } = layout3d(members.length, width, TALL);
    stage.panes = panes;
    area.style.width = `${width}px`;
    area.style.height = `${height}px`;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    Object.assign(still, { width, height });
    Object.assign(overlay, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    stage.rendering?.resize(width, height, viewportsOf(panes, width, height));
    draw.ask();
    light();
  }

  const leave = stage.scene.join(handle as never, () => {
    follow();
    stage.say("");
    draw.recoloured();
  });
  const stopChanges = handle.onChange((names) => {
    if (names.includes("display")) stage.display = handle.get("display");
    if (names.includes("view")) stage.view = handle.get("view");
    follow();
    draw.recoloured();
  });
  const seen = new IntersectionObserver((entries) => {
    clearTimeout(away);
    // Of a quick scroll it tells several at once, the newest last.
    near = entries.at(-1)!.isIntersecting;
    if (near) light();
    else away = setTimeout(() => !headset.active() && graphics.dark(), AWAY_MS);
  });
  const ending = [
    gestures3d(stage),
    keys3d(stage, toolbar, save.save),
    ownKeys(root),
    leave,
    stopChanges,
    history.dispose,
    draw.dispose,
    () => asking.dispose(),
  ];
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  resized();
  follow();
  seen.observe(area);
  loadAll().catch((error: unknown) => {
    if (!(error instanceof GivenUp)) failed((error as Error).message);
  });

  return {
    resized,
    dispose() {
      clearTimeout(away);
      seen.disconnect();
      observer.disconnect();
      for (const end of ending) end();
      graphics.dispose(headset.dispose());
    },
  };
}
