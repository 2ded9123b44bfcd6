/** One volume with its surfaces and planes, in its part of the canvas. */

import vtkCellArray from "@kitware/vtk.js/Common/Core/CellArray.js";
import vtkDataArray from "@kitware/vtk.js/Common/Core/DataArray.js";
import vtkImageData from "@kitware/vtk.js/Common/DataModel/ImageData.js";
import vtkPiecewiseFunction from "@kitware/vtk.js/Common/DataModel/PiecewiseFunction.js";
import vtkPlane from "@kitware/vtk.js/Common/DataModel/Plane.js";
import vtkPolyData from "@kitware/vtk.js/Common/DataModel/PolyData.js";
import vtkActor from "@kitware/vtk.js/Rendering/Core/Actor.js";
import vtkColorTransferFunction from "@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js";
import vtkImageMapper from "@kitware/vtk.js/Rendering/Core/ImageMapper.js";
import vtkImageSlice from "@kitware/vtk.js/Rendering/Core/ImageSlice.js";
import vtkMapper from "@kitware/vtk.js/Rendering/Core/Mapper.js";
import vtkRenderer from "@kitware/vtk.js/Rendering/Core/Renderer.js";
import type vtkRenderWindow from "@kitware/vtk.js/Rendering/Core/RenderWindow.js";
import vtkVolume from "@kitware/vtk.js/Rendering/Core/Volume.js";
import vtkVolumeMapper from "@kitware/vtk.js/Rendering/Core/VolumeMapper.js";
import { type Mesh, vertexNormals } from "../../../src/core/mesh.js";
import { rgb } from "../../../src/core/phases.js";
import type { ByteVolume } from "../../draw/projection.js";
import { UNIT } from "../../draw/transfer.js";
import { along, type Box, type Projector, type Vector } from "../../draw/turntable.js";
import type { RenderMode } from "../../protocol/volume3d.js";
import type { Quality, Viewport } from "./rendering.js";
import { FASTER } from "./shader.js";

/** vtk.js' numbers of the ways rays are put together. */
const BLENDS: Readonly<Record<RenderMode, 0 | 1 | 3>> = { composite: 0, iso: 0, mip: 1, average: 3, none: 0 };
const DIM = 0.12;

export class Cell {
  readonly renderer = vtkRenderer.newInstance();
  readonly #volume = vtkVolume.newInstance();
  readonly #mapper = vtkVolumeMapper.newInstance({
    viewSpecificProperties: { OpenGL: { ShaderReplacements: FASTER } },
  } as object);
  readonly #colours = vtkColorTransferFunction.newInstance();
  readonly #density = vtkPiecewiseFunction.newInstance();
  readonly #clip = Array.from({ length: 6 }, (_, k) => {
    const normal: [number, number, number] = [0, 0, 0];
    normal[k >> 1] = k % 2 === 0 ? 1 : -1;
    return vtkPlane.newInstance({ normal });
  });
  readonly #planes = [0, 1, 2].map(() => ({
    actor: vtkImageSlice.newInstance(),
    mapper: vtkImageMapper.newInstance(),
  }));
  readonly #surfaces = new Map<number, vtkActor>();
  readonly #window: vtkRenderWindow;
  #viewport: Viewport;
  #body: ByteVolume | undefined;
  #image: vtkImageData | undefined;
  #mode: RenderMode = "composite";
  #camera: Projector | undefined;
  /** Of the canvas, from below; undefined: all of it is drawn. */
  #strip: readonly [low: number, high: number] | undefined;
  /** Distance between samples of a sharp picture. */
  #distance = 1;

  constructor(window: vtkRenderWindow, viewport: Viewport, background: Vector) {
    this.#window = window;
    this.#viewport = viewport;
    this.renderer.setViewport(...viewport);
    this.renderer.setBackground(...background);
    this.renderer.getActiveCamera().setParallelProjection(true);
    window.addRenderer(this.renderer);
    const property = this.#volume.getProperty();
    property.setRGBTransferFunction(0, this.#colours);
    property.setScalarOpacity(0, this.#density);
    property.setScalarOpacityUnitDistance(0, UNIT);
    property.setAmbient(0.35);
    property.setDiffuse(0.65);
    property.setSpecular(0.12);
    property.setSpecularPower(12);
    this.#mapper.setAutoAdjustSampleDistances(false);
    this.#mapper.setMaximumSamplesPerRay(8192);
    this.#volume.setMapper(this.#mapper);
    for (const plane of this.#clip) this.#mapper.addClippingPlane(plane);
    for (const { actor, mapper } of this.#planes) {
      actor.setMapper(mapper);
      const look = actor.getProperty();
      look.setRGBTransferFunction(0, this.#colours);
      look.setUseLookupTableScalarRange(true);
      for (const plane of this.#clip) mapper.addClippingPlane(plane);
    }
  }

  setBody(body: ByteVolume): void {
    const { values, shape, voxel, labelled } = body;
    const first = this.#body === undefined;
    const before = this.#image;
    this.#body = body;
    const image = vtkImageData.newInstance();
    image.setDimensions(shape[2], shape[1], shape[0]);
    image.setSpacing([...voxel] as [number, number, number]);
    // The centre of the first voxel.
    image.setOrigin(voxel.map((n) => n / 2) as [number, number, number]);
    image.getPointData().setScalars(vtkDataArray.newInstance({ name: "voxels", values, numberOfComponents: 1 }));
    this.#image = image;
    this.#mapper.setInputData(image);
    this.#distance = Math.min(...voxel) * (labelled ? 0.6 : 0.8);
    const property = this.#volume.getProperty();
    if (labelled) property.setInterpolationTypeToNearest();
    else property.setInterpolationTypeToLinear();
    for (const { mapper, actor } of this.#planes) {
      mapper.setInputData(image);
      if (labelled) actor.getProperty().setInterpolationTypeToNearest();
      else actor.getProperty().setInterpolationTypeToLinear();
    }
    before?.delete();
    if (first) this.renderer.addVolume(this.#volume);
  }

  setTransfer(table: Float32Array, mode: RenderMode): void {
    this.#mode = mode;
    this.#colours.setNodes(
      Array.from({ length: 256 }, (_, x) => ({
        x,
        r: table[4 * x],
        g: table[4 * x + 1],
        b: table[4 * x + 2],
        midpoint: 0.5,
        sharpness: 0,
      })) as never,
    );
    this.#density.setNodes(
      Array.from({ length: 256 }, (_, x) => ({
        x,
        y: Math.min(0.9999, table[4 * x + 3]!),
        midpoint: 0.5,
        sharpness: 0,
      })) as never,
    );
    this.#mapper.setBlendMode(BLENDS[mode]);
    this.#volume.setVisibility(mode !== "none");
  }

  setQuality({ lit, step }: Quality): void {
    this.#volume.getProperty().setShade(lit && (this.#mode === "composite" || this.#mode === "iso"));
    // vtk.js keeps the densities of the distance before, unless they are other ones.
    if (this.#mapper.setSampleDistance(step * this.#distance)) this.#density.modified();
  }

  setClip({ from, to }: Box): void {
    for (const [k, plane] of this.#clip.entries()) {
      const place: [number, number, number] = [0, 0, 0];
      place[k >> 1] = (k % 2 === 0 ? from : to)[k >> 1]!;
      plane.setOrigin(place);
    }
  }

  setPlanes(place: Vector | undefined): void {
    for (const [k, { actor, mapper }] of this.#planes.entries()) {
      if (place === undefined || this.#body === undefined) {
        this.renderer.removeActor(actor);
        continue;
      }
      const { shape, voxel } = this.#body;
      const at = Math.min(shape[2 - k]! - 1, Math.max(0, Math.floor(place[k]! / voxel[k]!)));
      if (k === 0) mapper.setISlice(at);
      else if (k === 1) mapper.setJSlice(at);
      else mapper.setKSlice(at);
      this.renderer.addActor(actor as never);
    }
  }

  setSurface(label: number, mesh: Pick<Mesh, "positions" | "corners" | "colour"> | undefined): void {
    const known = this.#surfaces.get(label);
    if (known !== undefined) {
      this.renderer.removeActor(known);
      known.delete();
      this.#surfaces.delete(label);
    }
    if (mesh === undefined) return;
    const data = vtkPolyData.newInstance();
    data.getPoints().setData(mesh.positions, 3);
    const cells = new Uint32Array((mesh.corners.length / 3) * 4);
    for (let k = 0, at = 0; k < mesh.corners.length; k += 3) {
      cells[at++] = 3;
      for (let n = 0; n < 3; n++) cells[at++] = mesh.corners[k + n]!;
    }
    data.setPolys(vtkCellArray.newInstance({ values: cells }));
    const normals = vertexNormals(mesh);
    data
      .getPointData()
      .setNormals(vtkDataArray.newInstance({ name: "Normals", values: normals, numberOfComponents: 3 }));
    const mapper = vtkMapper.newInstance();
    mapper.setInputData(data);
    mapper.setScalarVisibility(false);
    for (const plane of this.#clip) mapper.addClippingPlane(plane);
    const actor = vtkActor.newInstance();
    actor.setMapper(mapper);
    const property = actor.getProperty();
    property.setColor(...(rgb(mesh.colour).map((n) => n / 255) as [number, number, number]));
    property.setAmbient(0.25);
    property.setDiffuse(0.75);
    property.setSpecular(0.15);
    property.setSpecularPower(15);
    this.#surfaces.set(label, actor);
    this.renderer.addActor(actor);
  }

  setLit(label: number, lit: boolean): void {
    this.#surfaces
      .get(label)
      ?.getProperty()
      .setOpacity(lit ? 1 : DIM);
  }

  setCamera(camera: Projector): void {
    this.#camera = camera;
    this.#aim();
  }

  place(viewport: Viewport): void {
    this.#viewport = viewport;
    this.renderer.setViewport(...viewport);
  }

  /** Draws a strip of the canvas from now on, between these shares of its height from below; undefined: all of it. */
  setStrip(strip: readonly [low: number, high: number] | undefined): void {
    this.#strip = strip;
    this.#aim();
  }

  #aim(): void {
    if (this.#camera === undefined) return;
    const { up, forward, scale, centre, diameter, height } = this.#camera;
    const [left, bottom, right, top] = this.#viewport;
    const [low, high] = this.#strip ?? [0, 1];
    const [from, to] = [Math.max(bottom, low), Math.min(top, high)];
    this.renderer.setDraw(from < to);
    if (from >= to) return;
    this.renderer.setViewport(left, from, right, to);
    // Rays are parallel: the strip is what a lower camera sees that stands higher or deeper.
    const share = (to - from) / (top - bottom);
    const higher = ((from + to - bottom - top) / 2 / (top - bottom)) * (height / scale);
    const camera = this.renderer.getActiveCamera();
    const far = 4 * diameter;
    const focus = along(centre, up, higher);
    camera.setFocalPoint(...focus);
    camera.setPosition(...along(focus, forward, -far));
    camera.setViewUp(...(up as [number, number, number]));
    camera.setParallelScale((share * height) / 2 / scale);
    camera.setClippingRange(far - 3 * diameter, far + 3 * diameter);
  }

  /** As it was before a headset had it. */
  restore(): void {
    const camera = this.renderer.getActiveCamera();
    camera.setParallelProjection(true);
    this.#aim();
    camera.setExplicitProjectionMatrix(null as never);
  }

  dispose(): void {
    for (const actor of this.#surfaces.values()) actor.delete();
    this.#window.removeRenderer(this.renderer);
    this.#mapper.delete();
    this.#volume.delete();
    this.#image?.delete();
  }
}
