/** Writes AmiraMesh files, which Amira, Avizo and Fiji open: a field on a lattice, with materials for labels. */
import { type SaveFileSystem, writeAtomically } from "../compute/atomic.js";
import { watched } from "../compute/progress.js";
import { savedLine } from "../compute/volume-schema.js";
import { DTYPES, type DType } from "../core/dtype.js";
import { UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { type Phase, rgb } from "../core/phases.js";
import type { Volume } from "../core/volume.js";
import { materialName, SAVED_PARAMETER } from "./amira-mesh.js";

const TYPES: Readonly<Partial<Record<DType, string>>> = {
  uint8: "byte",
  int16: "short",
  uint16: "ushort",
  int32: "int",
  float32: "float",
};
/** Materials are listed from label 0 on. */
const MOST_MATERIALS = 2 ** 12;
const BATCH_BYTES = 8 * 2 ** 20;
const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** @throws UnsupportedFeature for voxel types that the format has not */
export async function writeAmiraMesh(
  volume: Volume,
  path: string,
  options: Pick<RunOptions, "signal" | "onProgress">,
  files: SaveFileSystem,
): Promise<void> {
  const [depth, height, width] = volume.shape;
  const { bytes: size } = DTYPES[volume.dtype];
  const header = new TextEncoder().encode(headerOf(volume));
  const planeBytes = height * width * size;
  const together = Math.max(1, Math.min(volume.grid.brick[0], Math.floor(BATCH_BYTES / planeBytes)));
  await watched("save", depth, options, ({ signal, step }) =>
    writeAtomically(path, files, async (append) => {
      await append(header);
      for (let z = 0; z < depth; z += together) {
        signal.throwIfAborted();
        const stop = Math.min(depth, z + together);
        const voxels = await volume.read({ start: [z, 0, 0], stop: [stop, height, width] });
        const bytes = Buffer.from(voxels.buffer, voxels.byteOffset, voxels.byteLength);
        if (!LITTLE && size === 2) bytes.swap16();
        if (!LITTLE && size === 4) bytes.swap32();
        await append(bytes);
        for (let k = z; k < stop; k++) step();
      }
      await append(new TextEncoder().encode("\n"));
    }),
  );
}

function headerOf(volume: Volume): string {
  const { shape, dtype, role, phases, spacing, origin } = volume;
  // Unsigned numbers of 32 bits are written as signed ones where they fit.
  const type = dtype === "uint32" && volume.range[1] < 2 ** 31 ? "int" : TYPES[dtype];
  if (type === undefined)
    throw new UnsupportedFeature(
      `save: AmiraMesh has no voxels of ${dtype}; it has ${Object.keys(TYPES).join(", ")}: convert them, or save as .arrow or .tif`,
    );
  const [depth, height, width] = shape;
  const labelled = role === "labels" || role === "mask";
  const materials = labelled ? materialsOf(role === "mask" ? maskPhases : (phases ?? [])) : [];
  // Micrometres where the voxel size is known; else voxels, and no unit.
  const sizes = spacing?.map((metres) => metres * 1e6) ?? [1, 1, 1];
  const first = spacing === undefined ? [0, 0, 0] : origin.map((metres) => metres * 1e6);
  const box = [2, 1, 0].flatMap((k) => [first[k]!, first[k]! + Math.max(1, shape[k]! - 1) * sizes[k]!]);
  return [
    "# AmiraMesh BINARY-LITTLE-ENDIAN 2.1",
    "",
    "",
    `define Lattice ${width} ${height} ${depth}`,
    "",
    "Parameters {",
    ...(spacing === undefined ? [] : ["    Units {", '        Coordinates "µm"', "    }"]),
    ...(materials.length === 0 ? [] : ["    Materials {", ...materials, "    }"]),
    `    Content "${width}x${height}x${depth} ${type}, uniform coordinates",`,
    `    BoundingBox ${box.join(" ")},`,
    '    CoordType "uniform",',
    `    ${SAVED_PARAMETER} "${Buffer.from(savedLine(volume)).toString("base64")}"`,
    "}",
    "",
    `Lattice { ${type} ${labelled ? "Labels" : "Data"} } @1`,
    "",
    "# Data section follows",
    "@1",
    "",
  ].join("\n");
}

const maskPhases: readonly Phase[] = [
  { label: 0, name: "Exterior", colour: "#000000" },
  { label: 1, name: "Inside", colour: "#e69f00" },
];

/** The k-th material is that of label k: labels that no phase has get one, too. */
function materialsOf(phases: readonly Phase[]): string[] {
  const tabled = new Map(phases.filter(({ label }) => label >= 0).map((phase) => [phase.label, phase]));
  const most = Math.max(-1, ...tabled.keys());
  if (most >= MOST_MATERIALS) return [];
  const used = new Set<string>();
  return Array.from({ length: most + 1 }, (_, label) => {
    const phase = tabled.get(label);
    const wanted = materialName(phase?.name ?? `label_${label}`);
    const name = used.has(wanted) ? `${wanted}_${label}` : wanted;
    used.add(name);
    const colour = rgb(phase?.colour ?? "#000000").map((n) => (n / 255).toFixed(5));
    return [`        ${name} {`, `            Color ${colour.join(" ")},`, `            Id ${label + 1}`, "        }"];
  }).flat();
}
