/** Surfaces of labels as triangles, and as the files other programs read. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Mesh } from "#src/core/mesh.js";
import { vertexNormals } from "#src/core/mesh.js";
import { phaseTable } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import { labelSurface, saveSurface, um } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";

const folder = mkdtempSync(join(tmpdir(), "voxbook-surface-"));
afterAll(() => rmSync(folder, { recursive: true }));

function volumeOf(shape: Shape, label: (z: number, y: number, x: number) => number) {
  const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0, at = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[2]; x++, at++) values[at] = label(z, y, x);
  return memoryVolume(values, shape, { role: "labels", phases: phaseTable(3, ["pore", "particle", "binder"]) });
}
const ball = (centre: number, radius: number) => (z: number, y: number, x: number) =>
  Math.hypot(z + 0.5 - centre, y + 0.5 - centre, x + 0.5 - centre) < radius ? 1 : 0;

/** Area and enclosed volume, and whether each edge is met once in each direction. */
function figures({ positions, corners }: Pick<Mesh, "positions" | "corners">) {
  let [area, volume] = [0, 0];
  const edges = new Map<string, number>();
  for (let k = 0; k < corners.length; k += 3) {
    const [a, b, c] = [0, 1, 2].map((n) => [...positions.subarray(3 * corners[k + n]!, 3 * corners[k + n]! + 3)]) as [
      number[],
      number[],
      number[],
    ];
    const [u, v] = [b.map((n, m) => n - a[m]!), c.map((n, m) => n - a[m]!)] as [number[], number[]];
    const across = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
    area += Math.hypot(...across) / 2;
    volume += a.reduce((sum, n, m) => sum + n * across[m]!, 0) / 6;
    for (let n = 0; n < 3; n++) {
      const [p, q] = [corners[k + n]!, corners[k + ((n + 1) % 3)]!];
      const name = p < q ? `${p} ${q}` : `${q} ${p}`;
      edges.set(name, (edges.get(name) ?? 0) + (p < q ? 1 : -1));
    }
  }
  return { area, volume, closed: [...edges.values()].every((n) => n === 0) };
}

describe("the surface of a label", () => {
  test("of a ball is closed, and its area and volume are right to 2 %", async () => {
    const surface = await labelSurface(volumeOf([48, 48, 48], ball(24, 20)), { label: "particle" });
    const { area, volume, closed } = figures(surface);
    expect(closed).toBe(true);
    expect(area / (4 * Math.PI * 400)).toBeCloseTo(1, 1.7);
    expect(volume / ((4 / 3) * Math.PI * 8000)).toBeCloseTo(1, 1.7);
    expect(surface).toMatchObject({ label: 1, name: "particle", step: 1 });
    // Normals point away from the middle.
    const normals = vertexNormals(surface);
    let least = 1;
    for (let k = 0; k < normals.length; k += 3) {
      const out = [0, 1, 2].map((n) => surface.positions[k + n]! - 24);
      const length = Math.hypot(...out);
      least = Math.min(least, out.reduce((sum, n, m) => sum + n * normals[k + m]!, 0) / length);
    }
    expect(least).toBeGreaterThan(0.9);
  });

  test("closes at the faces of the volume, and its place is that of the voxels", async () => {
    const full = volumeOf([8, 12, 20], () => 1);
    const surface = await labelSurface(full, { label: 1, smoothing: 0 });
    const { volume, closed } = figures(surface);
    expect(closed).toBe(true);
    expect(volume / (8 * 12 * 20)).toBeCloseTo(1, 1);
    const x = surface.positions.filter((_, k) => k % 3 === 0);
    expect([Math.min(...x), Math.max(...x)]).toEqual([0, 20]);
  });

  test("in larger blocks has fewer triangles and nearly the same volume, in any bricks", async () => {
    const volume = volumeOf([50, 50, 50], ball(25, 20));
    const [fine, coarse] = [
      await labelSurface(volume, { label: 1 }),
      await labelSurface(volume, { label: 1, step: 3 }),
    ];
    expect(coarse.corners.length).toBeLessThan(fine.corners.length / 6);
    expect(figures(coarse).volume / figures(fine).volume).toBeCloseTo(1, 1);
    const values = (await volume.read()) as Uint8Array;
    const other = memoryVolume(values, [50, 50, 50], { role: "labels", brick: [50, 7, 50] });
    expect((await labelSurface(other, { label: 1, step: 3 })).positions).toEqual(coarse.positions);
  });

  test("says what is wrong", async () => {
    const volume = volumeOf([8, 8, 8], () => 1);
    await expect(labelSurface(volume, { label: "binder" })).rejects.toThrow("no surface");
    await expect(labelSurface(volume, { label: "bindr" })).rejects.toThrow("binder");
    await expect(labelSurface(volume, { label: 1, step: 0 })).rejects.toThrow("step");
    await expect(labelSurface(volume, { label: 1, smoothing: 0.5 })).rejects.toThrow("smoothing");
    const large = memoryVolume(new Uint8Array(2 ** 20), [1, 1024, 1024], { role: "labels" });
    await expect(labelSurface(large.with({ role: "intensity" }), { label: 7 })).rejects.toThrow("no surface");
  });
});

describe("a saved surface", () => {
  const volume = volumeOf([24, 24, 24], (z, y, x) => ball(12, 9)(z, y, x) || (z < 2 ? 2 : 0)).with({
    spacing: um(0.5),
  });

  test("as STL has the same triangles in µm", async () => {
    const path = join(folder, "a.stl");
    await saveSurface(volume, path, { label: "particle" });
    const bytes = readFileSync(path);
    const surface = await labelSurface(volume, { label: 1 });
    expect(bytes.toString("latin1", 0, 80)).toMatch(/^binary STL .*micrometres/);
    expect(bytes.readUInt32LE(80)).toBe(surface.corners.length / 3);
    expect(bytes.length).toBe(84 + (50 * surface.corners.length) / 3);
    const positions = new Float32Array(3 * surface.corners.length);
    for (let k = 0; k < surface.corners.length; k++)
      for (let n = 0; n < 3; n++)
        positions[3 * k + n] = bytes.readFloatLE(84 + 50 * Math.floor(k / 3) + 12 + 12 * (k % 3) + 4 * n);
    const read = figures({ positions, corners: Uint32Array.from(surface.corners, (_, k) => k) });
    expect(read.volume / (figures(surface).volume / 8)).toBeCloseTo(1, 5);
  });

  test("as glTF is a file by the book: chunks, accessors, bounds, units in metres, colours of the phases", async () => {
    const path = join(folder, "a.glb");
    await saveSurface(volume, path, { label: ["particle", 2] });
    const bytes = readFileSync(path);
    expect([bytes.toString("latin1", 0, 4), bytes.readUInt32LE(4), bytes.readUInt32LE(8)]).toEqual([
      "glTF",
      2,
      bytes.length,
    ]);
    const length = bytes.readUInt32LE(12);
    expect([length % 4, bytes.toString("latin1", 16, 20)]).toEqual([0, "JSON"]);
    const document = JSON.parse(bytes.toString("utf8", 20, 20 + length));
    expect(bytes.toString("latin1", 24 + length, 27 + length)).toBe("BIN");
    expect(bytes.readUInt32LE(20 + length)).toBe(document.buffers[0].byteLength);
    expect(28 + length + document.buffers[0].byteLength).toBe(bytes.length);
    expect(document.meshes.map(({ name }: { name: string }) => name)).toEqual(["particle", "binder"]);
    const at = (accessor: number) => {
      const { bufferView, count, type, componentType } = document.accessors[accessor];
      const { byteOffset, byteLength } = document.bufferViews[bufferView];
      expect([byteOffset % 4, byteLength]).toEqual([0, count * 4 * (type === "VEC3" ? 3 : 1)]);
      const part = bytes.buffer.slice(bytes.byteOffset + 28 + length + byteOffset).slice(0, byteLength);
      return componentType === 5126 ? new Float32Array(part) : new Uint32Array(part);
    };
    for (const [k, mesh] of document.meshes.entries()) {
      const { attributes, indices } = mesh.primitives[0];
      const [positions, corners] = [at(attributes.POSITION) as Float32Array, at(indices) as Uint32Array];
      expect(at(attributes.NORMAL).length).toBe(positions.length);
      const { volume: inside, closed } = figures({ positions, corners });
      expect(closed).toBe(true);
      const surface = await labelSurface(volume, { label: k + 1 });
      expect(inside / (figures(surface).volume * 0.5e-6 ** 3)).toBeCloseTo(1, 4);
      const { min, max } = document.accessors[attributes.POSITION];
      for (let n = 0; n < 3; n++) {
        const line = positions.filter((_, m) => m % 3 === n);
        expect([Math.fround(min[n]), Math.fround(max[n])]).toEqual([Math.min(...line), Math.max(...line)]);
      }
    }
    expect(document.materials[0].pbrMetallicRoughness.baseColorFactor[0]).toBeCloseTo(
      ((0xe6 / 255 + 0.055) / 1.055) ** 2.4,
      6,
    );
  });

  test("has no other ending", async () => {
    await expect(saveSurface(volume, join(folder, "a.obj"), { label: 1 })).rejects.toThrow(".stl or .glb");
    await expect(saveSurface(volume, join(folder, "a.stl"), { label: [] })).rejects.toThrow("at least one");
  });
});
