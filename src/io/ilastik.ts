/** Arrays of HDF5 files as volumes, with the axes that ilastik (vigra) writes beside them. */
import { resolve } from "node:path";
import { startIsolated } from "../compute/isolated.js";
import { readSaved, type Saved } from "../compute/volume-schema.js";
import { InvalidArgument, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { trace } from "../core/provenance.js";
import { checkShape, type Shape } from "../core/shape.js";
import type { Role, Volume } from "../core/volume.js";
import { assemble } from "./assemble.js";
import { sha256OfFiles } from "./checksum.js";
import type { HdfArray, HdfContents } from "./data-exchange-read.js";
import { type OpenOptions, openParameters, spacingOf } from "./open-options.js";
import { LARGEST_RATIO } from "./raster.js";
import { asVoxels, voxelType } from "./stored.js";
import type { Stored } from "./tiff-chunk.js";

export const EXPORTED = "exported_data";
/** Attribute in which `save` keeps what the format has no place for. */
export const SAVED_ATTRIBUTE = "voxbook";
/** Planes read at a time, in bytes. */
const BATCH_BYTES = 32 * 2 ** 20;

/** Axes of an array, by its number of them, where it does not tell. */
const PLAIN_AXES: Readonly<Record<number, string>> = { 2: "yx", 3: "zyx", 4: "zyxc", 5: "tzyxc" };

/** Opens one array of an HDF5 file. */
export async function openHdf5(path: string, name: string, size: number, options: OpenOptions): Promise<Volume> {
  const { signal, dataset = EXPORTED } = options;
  if (typeof dataset !== "string" || dataset === "")
    throw new InvalidArgument(
      `dataset is ${JSON.stringify(dataset)}; give the path of an array, such as "${EXPORTED}"`,
    );
  const wanted = dataset.replace(/^\/+/, "");
  const thread = startIsolated(new URL("./data-exchange-read.js", import.meta.url), {
    what: `reading ${name}`,
    ...(signal && { signal }),
  });
  try {
    const contents = await thread.call<HdfContents>("hdfOpen", { path: resolve(path), name, size, wanted: [wanted] });
    const array = contents[wanted];
    if (array === undefined) {
      const paths = await thread.call<string[]>("hdfPaths", undefined);
      const first = paths.slice(0, 8).join(", ");
      throw new UnsupportedFeature(
        `${name} is HDF5 without an array ${wanted}, as ilastik exports it: say which one is meant with { dataset: "…" }${first === "" ? "" : ` (there are ${first}${paths.length > 8 ? ", …" : ""})`}; projections in a Data Exchange file are opened by openProjections`,
      );
    }
    const axes = axesOf(array, wanted, name);
    const channel = channelOf(array, axes, options.channel, name);
    const saved = savedOf(array, name);
    const { dtype, readAs } = voxelType(array.kind, array.bits);
    const shape = ["z", "y", "x"].map((axis) => array.shape[axes.indexOf(axis)] ?? 1) as unknown as Shape;
    try {
      checkShape(shape);
    } catch (error) {
      throw new MalformedFile(`${name}: ${wanted}: ${(error as Error).message}`);
    }
    const bytes = (shape[0] * shape[1] * shape[2] * array.bits) / 8;
    if (bytes > LARGEST_RATIO * size)
      throw new MalformedFile(
        `${name}: ${wanted} says that it has ${shape.join(" × ")} voxels, more than a file of ${size} bytes can hold; it was not finished, or is damaged`,
      );
    const role = options.role ?? saved?.role ?? shownAs(array);
    const [depth, height, width] = shape;
    const planeBytes = (height * width * array.bits) / 8;
    const planes = Math.max(1, Math.min(depth, Math.floor(BATCH_BYTES / planeBytes)));
    const parameters = openParameters(
      name,
      "HDF5",
      { ...options, dataset: wanted },
      readAs === undefined ? [] : [readAs],
    );
    return await assemble(
      {
        name,
        shape,
        dtype,
        role,
        spacing: spacingOf(options) ?? saved?.spacing,
        origin: saved?.origin,
        direction: saved?.direction,
        phases: role === saved?.role ? saved?.phases : undefined,
        angles: saved?.angles?.length === depth ? saved.angles : undefined,
        workBytes: 4 * planes * planeBytes,
      },
      options,
      async (stop) => trace("open", parameters, saved && { saved }, await sha256OfFiles([path], stop)),
      async function* (run) {
        for (let z = 0; z < depth; z += planes) {
          run.signal.throwIfAborted();
          const to = Math.min(depth, z + planes);
          const box: Readonly<Record<string, readonly [number, number]>> = {
            z: [z, to],
            y: [0, height],
            x: [0, width],
            c: [channel, channel + 1],
            t: [0, 1],
          };
          const start = [...axes].map((axis) => box[axis]![0]);
          const stop = [...axes].map((axis) => box[axis]![1]);
          const values = await thread.call<Stored>("hdfRead", { path: wanted, start, stop });
          if (values.length !== (to - z) * height * width)
            throw new MalformedFile(`${name}: ${wanted}, planes from ${z} on, gave ${values.length} values`);
          const ordered = inOrder(values, axes, [to - z, height, width]);
          yield asVoxels(ordered, dtype, `${name}, ${wanted}, planes from ${z} on`);
        }
      },
    );
  } finally {
    await thread.end();
  }
}

/** A letter for each axis of the array: t, z, y, x and c, each at most once. */
function axesOf({ shape, attributes }: HdfArray, path: string, name: string): string {
  const { axistags } = attributes;
  let axes = PLAIN_AXES[shape.length] ?? "";
  if (axistags !== undefined) {
    try {
      const { axes: told } = JSON.parse(axistags) as { axes: { key: string }[] };
      axes = told.map(({ key }) => key).join("");
    } catch (error) {
      throw new MalformedFile(`${name}: the axistags of ${path} are "${axistags.slice(0, 60)}", which are none`, {
        cause: error,
      });
    }
  }
  if (axes.length !== shape.length && axistags !== undefined)
    throw new MalformedFile(`${name}: ${path} has ${shape.length} axes, but its axistags name "${axes.slice(0, 20)}"`);
  if (!/^[tzyxc]+$/.test(axes) || new Set(axes).size !== axes.length || !axes.includes("x") || !axes.includes("y"))
    throw new UnsupportedFeature(
      `${name}: ${path} has ${shape.length} axes${axes === "" ? "" : ` ("${axes.slice(0, 20)}")`}; read are y and x with z, time and channel`,
    );
  const times = shape[axes.indexOf("t")] ?? 1;
  if (times > 1)
    throw new UnsupportedFeature(
      `${name}: ${path} is a series of ${times} times; export the times as files of their own`,
    );
  return axes;
}

function channelOf({ shape }: HdfArray, axes: string, channel: number | undefined, name: string): number {
  const channels = shape[axes.indexOf("c")] ?? 1;
  if (channels > 1 && channel === undefined)
    throw new InvalidArgument(
      `${name} has ${channels} channels (probabilities have one for each label); choose one with the option channel, from 0 to ${channels - 1}`,
    );
  if (channel !== undefined && !(Number.isInteger(channel) && channel >= 0 && channel < channels))
    throw new InvalidArgument(`channel is ${channel}; ${name} has channels 0 to ${channels - 1}`);
  return channel ?? 0;
}

/** How ilastik shows an array says what it is. */
function shownAs({ attributes, kind, bits }: HdfArray): Role {
  if (kind === "float") return "intensity";
  if (attributes.display_mode === "random-colortable") return "labels";
  return attributes.display_mode === "binary-mask" && bits === 8 ? "mask" : "intensity";
}

function savedOf({ attributes }: HdfArray, name: string): Saved | undefined {
  const text = attributes[SAVED_ATTRIBUTE];
  return text === undefined ? undefined : readSaved(text, name);
}

/** The values in the order z, y, x: as they are, if they have it. */
function inOrder(values: Stored, axes: string, size: Shape): Stored {
  const order = [...axes].filter((axis) => "zyx".includes(axis));
  if (order.join("") === "zyx" || order.join("") === "yx") return values;
  const lengths = order.map((axis) => size["zyx".indexOf(axis)]!);
  const step = (axis: string): number => {
    const at = order.indexOf(axis);
    return at < 0 ? 0 : lengths.slice(at + 1).reduce((product, n) => product * n, 1);
  };
  const out = values.slice() as Float64Array;
  const from = values as Float64Array;
  const [dz, dy, dx] = ["z", "y", "x"].map(step) as [number, number, number];
  for (let z = 0, k = 0; z < size[0]; z++)
    for (let y = 0; y < size[1]; y++) {
      const row = z * dz + y * dy;
      for (let x = 0; x < size[2]; x++) out[k++] = from[row + x * dx]!;
    }
  return out;
}
