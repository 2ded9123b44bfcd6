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
  /** Pixels of the screen for one of the frame, along a side. */
  readonly pixel: number;
  readonly lit: boolean;
}

export class Rendering {
  readonly canvas: HTMLCanvasElement;
  readonly card: Card;
  readonly window = vtkRenderWindow.newInstance();
  readonly screen = vtkOpenGLWindow.newInstance();
  readonly cells: Cell[];
  /** Whether a headset draws: then the camera and the frames are its own. */
  immersed = false;
  readonly #interactor = vtkInteractor.newInstance();
  #size = { width: 1, height: 1 };

  constructor(container: HTMLElement, viewports: readonly Viewport[], card: Card) {
    this.card = card;
    this.window.addView(this.screen);
    this.screen.setContainer(container);
    this.#interactor.setView(this.screen);
    this.#interactor.initialize();
    this.cells = viewports.map((viewport) => new Cell(this.window, viewport, BACKGROUND));
    this.canvas = this.screen.getCanvas()!;
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

  /** Draws. @returns milliseconds until it was on the canvas, where `wait` */
  draw({ pixel, lit }: Quality, ratio: number, wait = false): number {
    const start = performance.now();
    const size: [number, number] = [
      Math.max(1, Math.round((this.#size.width * ratio) / pixel)),
      Math.max(1, Math.round((this.#size.height * ratio) / pixel)),
    ];
    const now = this.screen.getSize();
    if (now[0] !== size[0] || now[1] !== size[1]) this.screen.setSize(...size);
    for (const cell of this.cells) cell.setShade(lit);
    this.window.render();
    if (wait) {
      // Nothing else waits for a software renderer.
      const context = this.canvas.getContext("webgl2")!;
      context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
    }
    return performance.now() - start;
  }

  dispose(): void {
    const context = this.canvas.getContext("webgl2");
    for (const cell of this.cells) cell.dispose();
    this.#interactor.delete();
    this.window.removeView(this.screen);
    this.screen.setContainer(null as unknown as HTMLElement);
    this.screen.delete();
    this.window.delete();
    // Collected some time, but a page has only sixteen.
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    this.canvas.remove();
  }
}
