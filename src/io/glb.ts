/** Binary glTF 2.0 (Khronos, ISO/IEC 12113): one file with a JSON chunk and a chunk of numbers. */
import { type Mesh, vertexNormals } from "../core/mesh.js";
import { rgb } from "../core/phases.js";

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const [FLOAT, UNSIGNED_INT] = [5126, 5125];
const [VERTICES, INDICES] = [34962, 34963];

/** glTF's colours are linear light, those of a phase table are sRGB. */
const linear = (byte: number): number => {
  const c = byte / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};

function bounds(positions: Float32Array): { min: number[]; max: number[] } {
  const min = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const max = min.map((n) => -n);
  for (let k = 0; k < positions.length; k++) {
    min[k % 3] = Math.min(min[k % 3]!, positions[k]!);
    max[k % 3] = Math.max(max[k % 3]!, positions[k]!);
  }
  return { min, max };
}

/** @param meshes with lengths in metres, as glTF demands, each with at least one triangle; each becomes a node with its name and colour */
export function glbBytes(meshes: readonly Mesh[]): Uint8Array {
  const parts: (Float32Array | Uint32Array)[] = [];
  const bufferViews: object[] = [];
  const accessors: object[] = [];
  let bytes = 0;
  const add = (data: Float32Array | Uint32Array, target: number, accessor: object): number => {
    bufferViews.push({ buffer: 0, byteOffset: bytes, byteLength: data.byteLength, target });
    accessors.push({ bufferView: bufferViews.length - 1, ...accessor });
    parts.push(data);
    bytes += data.byteLength;
    return accessors.length - 1;
  };
  const vectors = { componentType: FLOAT, type: "VEC3" };
  const primitives = meshes.map((mesh, material) => {
    const count = mesh.positions.length / 3;
    const POSITION = add(mesh.positions, VERTICES, { ...vectors, count, ...bounds(mesh.positions) });
    const NORMAL = add(vertexNormals(mesh), VERTICES, { ...vectors, count });
    const numbers = { componentType: UNSIGNED_INT, type: "SCALAR", count: mesh.corners.length };
    return { attributes: { POSITION, NORMAL }, indices: add(mesh.corners, INDICES, numbers), material };
  });
  const document = {
    asset: { version: "2.0", generator: "voxbook" },
    scene: 0,
    scenes: [{ nodes: meshes.map((_, k) => k) }],
    nodes: meshes.map(({ name }, mesh) => ({ name, mesh })),
    meshes: meshes.map(({ name }, k) => ({ name, primitives: [primitives[k]] })),
    materials: meshes.map(({ name, colour }) => ({
      name,
      pbrMetallicRoughness: {
        baseColorFactor: [...rgb(colour).map(linear), 1],
        metallicFactor: 0,
        roughnessFactor: 0.7,
      },
    })),
    accessors,
    bufferViews,
    buffers: [{ byteLength: bytes }],
  };
  const text = new TextEncoder().encode(JSON.stringify(document));
  const textLength = Math.ceil(text.length / 4) * 4;
  const file = new Uint8Array(12 + 8 + textLength + 8 + bytes);
  const view = new DataView(file.buffer);
  for (const [k, n] of [MAGIC, 2, file.length, textLength, JSON_CHUNK].entries()) view.setUint32(4 * k, n, true);
  // The text is filled up with spaces.
  file.fill(0x20, 20, 20 + textLength).set(text, 20);
  let at = 20 + textLength;
  view.setUint32(at, bytes, true);
  view.setUint32(at + 4, BINARY_CHUNK, true);
  at += 8;
  for (const part of parts) {
    file.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return file;
}
