/** The volumes, surfaces and planes on the graphics card, by vtk.js. Loaded with the first 3D view of a page. */
import "@kitware/vtk.js/Rendering/OpenGL/Actor.js";
import "@kitware/vtk.js/Rendering/OpenGL/Camera.js";
import "@kitware/vtk.js/Rendering/OpenGL/ImageMapper.js";
import "@kitware/vtk.js/Rendering/OpenGL/ImageSlice.js";
import "@kitware/vtk.js/Rendering/OpenGL/PolyDataMapper.js";
import "@kitware/vtk.js/Rendering/OpenGL/Renderer.js";
import "@kitware/vtk.js/Rendering/OpenGL/Texture.js";
import "@kitware/vtk.js/Rendering/OpenGL/Volume.js";
import "@kitware/vtk.js/Rendering/OpenGL/VolumeMapper.js";
import vtkRenderWindow from "@kitware/vtk.js/Rendering/Core/RenderWindow.js";
import vtkInteractor from "@kitware/vtk.js/Rendering/Core/RenderWindowInteractor.js";
import vtkOpenGLWindow from "@kitware/vtk.js/Rendering/OpenGL/RenderWindow.js";
import type { Mesh } from "../../../src/core/mesh.js";
import { BACKGROUND, type ByteVolume } from "../../draw/projection.js";
import type { Box, Projector, Vector } from "../../draw/turntable.js";
import type { RenderMode } from "../../protocol/volume3d.js";
import type { Card } from "./card.js";
import { Cell } from "./cell.js";

/** A part of the canvas, as shares of its sides from the lower left corner. */
export type Viewport = readonly [left: number, bottom: number, right: number, top: number];

/** How a frame is to be. */
export interface Quality {
  /** Pixels of the canvas for one of the page, along a side. */
  readonly ratio: number;
  readonly lit: boolean;
  /** Distance between samples along a ray, for 1 of the finest. */
  readonly step: number;
}

/** Milliseconds between looks whether a frame is done. */
const LOOK_MS = 4;

export class Rendering {
  readonly canvas: HTMLCanvasElement;
  readonly card: Card;
  readonly window = vtkRenderWindow.newInstance();
  /** Its mouse cursor is the page's; that of vtk.js is a pointer everywhere. */
  readonly screen = vtkOpenGLWindow.newInstance({ cursor: "" });
  readonly cells: Cell[];
  /** Whether a headset draws: then the camera and the frames are its own. */
  immersed = false;
  readonly #interactor = vtkInteractor.newInstance();
  readonly #context: WebGL2RenderingContext;
  #size = { width: 1, height: 1 };

  constructor(container: HTMLElement, viewports: readonly Viewport[], card: Card) {
    this.card = card;
    this.canvas = this.screen.getCanvas()!;
    // vtk.js gets this one when it asks for its own. A sharp picture is drawn in strips, and copied later: it has to stay.
    const options: WebGLContextAttributes = { preserveDrawingBuffer: true, powerPreference: "high-performance" };
    const context = this.canvas.getContext("webgl2", options) as WebGL2RenderingContext | null;
    if (context === null) throw new Error("the browser gives no more of it on this page");
    this.#context = context;
    this.window.addView(this.screen);
    this.screen.setContainer(container);
    this.#interactor.setView(this.screen);
    this.#interactor.initialize();
    this.cells = viewports.map((viewport) => new Cell(this.window, viewport, BACKGROUND));
    this.canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%";
  }

  resize(width: number, height: number, viewports: readonly Viewport[]): void {
    this.#size = { width, height };
    for (const [k, viewport] of viewports.entries()) this.cells[k]!.place(viewport);
  }

  setBody(k: number, body: ByteVolume): void {
    this.cells[k]!.setBody(body);
  }

  setTransfer(table: Float32Array, mode: RenderMode): void {
    for (const cell of this.cells) cell.setTransfer(table, mode);
  }

  setClip(k: number, box: Box): void {
    this.cells[k]!.setClip(box);
  }

  /** The three planes through a place; undefined: none. */
  setPlanes(k: number, place: Vector | undefined): void {
    this.cells[k]!.setPlanes(place);
  }

  /** @param mesh undefined: takes it away */
  setSurface(k: number, label: number, mesh: Pick<Mesh, "positions" | "corners" | "colour"> | undefined): void {
    this.cells[k]!.setSurface(label, mesh);
  }

  setLit(label: number, lit: boolean): void {
    for (const cell of this.cells) cell.setLit(label, lit);
  }

  /** @param camera of one cell; all see the same */
  setCamera(camera: Projector): void {
    for (const cell of this.cells) cell.setCamera(camera);
  }

  /** Rows of the canvas in a frame of that quality. */
  rows({ ratio }: Pick<Quality, "ratio">): number {
    return Math.max(1, Math.round(this.#size.height * ratio));
  }

  /**
   * Asks for a frame; {@link finished} waits for it. What was drawn stays on the canvas until it gets another size.
   * @param rows those to draw, from the first to before the last, counted from above. Default: all
   */
  draw(quality: Quality, rows?: readonly [from: number, to: number]): void {
    const width = Math.max(1, Math.round(this.#size.width * quality.ratio));
    const height = this.rows(quality);
    const now = this.screen.getSize();
    if (now[0] !== width || now[1] !== height) this.screen.setSize(width, height);
    const strip = rows && ([1 - rows[1] / height, 1 - rows[0] / height] as const);
    for (const cell of this.cells) {
      cell.setQuality(quality);
      cell.setStrip(strip);
    }
    this.window.render();
  }

  /**
   * Resolves when all that was asked for is drawn, or will never be. The page goes on meanwhile: reading a pixel back would tell as
   * well, but stop it until then.
   */
  async finished(): Promise<void> {
    const context = this.#context;
    const sync = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (sync === null) return;
    context.flush();
    do await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    while (!context.isContextLost() && context.getSyncParameter(sync, context.SYNC_STATUS) !== context.SIGNALED);
    context.deleteSync(sync);
  }

  dispose(): void {
    for (const cell of this.cells) cell.dispose();
    this.#interactor.delete();
    this.window.removeView(this.screen);
    this.screen.setContainer(null as unknown as HTMLElement);
    this.screen.delete();
    this.window.delete();
    // Collected some time, but a page has only sixteen.
    this.#context.getExtension("WEBGL_lose_context")?.loseContext();
    this.canvas.remove();
  }
}
