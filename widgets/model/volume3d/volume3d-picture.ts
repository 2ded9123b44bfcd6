/** The picture of a volume in space that a notebook keeps: seen from where the reader looked, drawn on the CPU from the coarse level. */
import type { Volume } from "../../../src/core/volume.js";
import { besides, type Picture } from "../../draw/pictures.js";
import { type ByteVolume, projection } from "../../draw/projection.js";
import { clipBox, extentIn, space, voxelIn } from "../../draw/space.js";
import { isoOf, solidLabels, transferTable } from "../../draw/transfer.js";
import type { RenderMode, Volume3dState } from "../../protocol/volume3d.js";
import type { SceneState } from "../../protocol.js";
import type { CaptionPart } from "../own-widget.js";
import { lengthText } from "../picture.js";
import type { Shown } from "../view.js";
import { coarse, coarseLevel } from "./coarse.js";
import { type ByteOf, labelByte } from "./levels.js";
import type { Space } from "./volume3d-view.js";

const WIDTH = 480;
/** Each label is its own byte. */
const LABEL_SCALE = [0, 255] as const;
const MODE_NAMES: Readonly<Record<RenderMode, string>> = {
  composite: "composite",
  mip: "maximum intensity",
  average: "average intensity",
  iso: "isosurface",
  none: "surfaces",
};

const looks = new WeakMap<Volume, Map<string, Promise<ByteVolume["values"]>>>();

/** The coarse level, once a volume and a scale. */
function coarseValues(
  volume: Volume,
  { labelled, scale }: Pick<Space, "labelled" | "scale">,
  byteOf: ByteOf,
): Promise<Uint8Array> {
  const known = looks.get(volume) ?? new Map<string, Promise<Uint8Array>>();
  looks.set(volume, known);
  const key = labelled ? "labels" : scale.join(" ");
  let values = known.get(key);
  if (values === undefined) {
    values = coarse(volume, byteOf, labelled).then((found) => found.values);
    known.set(key, values);
  }
  return values;
}

export async function volume3dShown(
  sources: Space,
  scene: SceneState,
  state: Volume3dState,
  byteOf: ByteOf,
): Promise<Shown> {
  const { volumes, labels, labelled, scale } = sources;
  const { display, view, phases, volume } = state;
  const { window, thresholds } = scene;
  const whole = space(state.volumes);
  // No triangles are drawn here: where only surfaces of labels are to be seen, the labels themselves are.
  const surfaces = state.surfaced && display.mode === "none";
  const ofLabels = labelled || surfaces;
  const solid = solidLabels(display, phases, ofLabels);
  const { mode, hidden } = solid;
  const drawn = { labelled: ofLabels, scale: ofLabels ? LABEL_SCALE : scale };
  const table = transferTable({ display: solid, window, thresholds, phases, ...drawn });
  const columns = Math.ceil(Math.sqrt(volumes.length));
  const size = { width: Math.floor((WIDTH - 6 * (columns - 1)) / columns), height: volumes.length === 1 ? 340 : 220 };
  const pictures: Picture[] = [];
  for (const [k, one] of volumes.entries()) {
    const source = ofLabels && !labelled ? labels[k] : one;
    const { shape, step } = coarseLevel(source ?? one);
    const values =
      source === undefined
        ? new Uint8Array(shape[0] * shape[1] * shape[2])
        : await coarseValues(source, drawn, source === one ? byteOf : labelByte);
    const body: ByteVolume = { values, shape, voxel: voxelIn(whole, state.volumes[k]!, step), labelled: ofLabels };
    const clip = clipBox(whole, state.volumes[0]!, state.volumes[k]!, display.clip);
    pictures.push(
      projection(body, { table, mode, lit: display.lit, clip }, view, extentIn(whole, state.volumes[0]!), size),
    );
  }
  const shown = phases.filter(({ label }) => (surfaces ? display.surfaces.includes(label) : !hidden.includes(label)));
  const caption: CaptionPart[] = [
    ...(volumes.length === 1 ? [] : [{ text: state.volumes.map(({ name }) => name).join(" | ") }]),
    { text: MODE_NAMES[display.mode] },
    ...(display.mode === "iso" && !labelled
      ? [{ text: `surface at ${Number(isoOf({ display, thresholds, window }).toPrecision(6))}` }]
      : []),
    ...(display.mode === "composite" || labelled || surfaces
      ? shown.slice(0, 8).map(({ name, colour }) => ({ text: name, colour }))
      : []),
    {
      text: `size z, y, x: ${state.volumes[0]!.shape.map((n, k) => lengthText(n * (volume.spacing?.[k] ?? 1), volume.spacing !== null)).join(" × ")}`,
    },
  ];
  return { picture: besides(pictures, columns), alt: `${volume.title} in space`, caption };
}
