/** Figures of particles in images: closed forms, two planes of the same, scikit-image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { phaseTable } from "#src/core/phases.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { contactAreas, crop, particles, um, type Volume } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const rows = (table: ResultTable): Record<string, number>[] => table.toArray().map((row) => row.toJSON());
const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);
const unitOf = (table: ResultTable, name: string): unknown =>
  table.schema.fields.find((field) => field.name === name)?.metadata.get("unit");

/** Labels of an image, by places in pixels from its middle. */
function image(height: number, width: number, labelAt: (y: number, x: number) => number, brick: Shape = [1, 16, 32]) {
  const values = Uint8Array.from({ length: height * width }, (_, k) =>
    labelAt(Math.floor(k / width) - (height - 1) / 2, (k % width) - (width - 1) / 2),
  );
  return memoryVolume(values, [1, height, width], { role: "labels", brick });
}
const disc = (radius: number): Volume =>
  image(2 * radius + 7, 2 * radius + 7, (y, x) => (Math.hypot(y, x) <= radius ? 4 : 0));
const PIXEL = [um(1), um(0.5), um(0.5)] as const;

test("a disc has its area, diameter, axes and perimeter, touches no border, and is round", async () => {
  // What the documentation says of perimeters.
  const found = { outline: [] as number[], crofton: [] as number[], circularity: [] as number[] };
  for (const radius of [3, 7, 15, 30]) {
    const labels = disc(radius).with({ spacing: PIXEL });
    const table = await particles(labels, { convexity: true });
    const [row] = rows(table);
    const around = Math.PI * radius;
    expect(row).toMatchObject({
      label: 4,
      "touches border": 0,
      "under three voxels": 0,
      "Euler number": 1,
      convexity: 1,
    });
    expect(row!.area).toBeCloseTo(row!.voxels! / 4, 9);
    expect(row!["equivalent diameter"]).toBeCloseTo(Math.sqrt((4 * row!.area!) / Math.PI), 9);
    expect(Math.abs(row!.length! / radius - 1)).toBeLessThan(0.025);
    expect(row!["length/width"]).toBeCloseTo(1, 9);
    expect([row!["open length"], row!["contact length"]]).toEqual([row!.perimeter, 0]);
    expect(row!.circularity).toBeCloseTo((4 * Math.PI * row!.area!) / row!.perimeter! ** 2, 9);
    expect([unitOf(table, "area"), unitOf(table, "perimeter"), unitOf(table, "open length")]).toEqual([
      "µm²",
      "µm",
      "µm",
    ]);
    for (const name of ["volume", "surface area", "sphericity", "thickness", "width/thickness", "direction z"])
      expect(table.getChild(name), name).toBeNull();
    const [round] = rows(await particles(labels, { surface: "crofton", border: "leave out" }));
    found.outline.push(Math.round(1000 * (row!.perimeter! / around - 1)) / 10);
    found.crofton.push(Math.round(1000 * (round!.perimeter! / around - 1)) / 10);
    found.circularity.push(Math.round(100 * round!.circularity!) / 100);
  }
  expect(found).toEqual({
    outline: [17.5, 7.1, 7.9, 6.4],
    crofton: [11.4, 1.6, 2.3, 0.9],
    circularity: [0.83, 0.94, 0.96, 0.98],
  });
});

test("an ellipse has its axes and their angle, a ring its hole, and rectangles that touch their common side", async () => {
  const [c, s] = [Math.cos(0.5), Math.sin(0.5)];
  const ellipse = image(90, 100, (y, x) => (((c * y + s * x) / 40) ** 2 + ((c * x - s * y) / 15) ** 2 <= 1 ? 1 : 0));
  const [row] = rows(await particles(ellipse));
  expect(row!.length! / 80).toBeCloseTo(1, 2);
  expect(row!.width! / 30).toBeCloseTo(1, 2);
  expect([row!["direction y"], row!["direction x"]].map((n) => Math.round(100 * n!) / 100)).toEqual([0.88, 0.48]);
  expect(row!.angle).toBeCloseTo((0.5 * 180) / Math.PI, 0);
  expect(column(await particles(ellipse, { axis: "x" }), "angle")[0]).toBeCloseTo(90 - row!.angle!, 9);

  const ring = await particles(
    image(40, 40, (y, x) => (Math.hypot(y, x) < 15 && Math.hypot(y, x) > 6 ? 1 : 0)),
    { voids: true, convexity: true },
  );
  expect(rows(ring)[0]).toMatchObject({ "Euler number": 0, voids: 1 });
  const hole = column(ring, "voxels")[0]! * (1 / (1 - column(ring, "void fraction")[0]!) - 1);
  expect(hole / (Math.PI * 36)).toBeCloseTo(1, 1);
  expect(column(ring, "convexity")[0]).toBeCloseTo(1 - column(ring, "void fraction")[0]!, 9);

  // 10 × 6 and 10 × 8 pixels of 2 × 0.5 µm side by side; their corners are cut.
  const pair = image(20, 30, (y, x) => (Math.abs(y) > 5 ? 0 : x > -6 && x < 0 ? 1 : x > 0 && x < 8 ? 2 : 0));
  const sized = pair.with({ spacing: [um(3), um(2), um(0.5)] });
  const pore = memoryVolume(new Uint8Array(600), [1, 20, 30], { role: "labels", phases: phaseTable(1, ["pore"]) });
  const corner = Math.hypot(2, 0.5) / 2;
  const [one, other] = rows(await particles(sized, { phases: pore }));
  expect(one!.perimeter).toBeCloseTo(2 * 9 * 2 + 2 * 5 * 0.5 + 4 * corner, 6);
  expect(other!.perimeter).toBeCloseTo(2 * 9 * 2 + 2 * 7 * 0.5 + 4 * corner, 6);
  // Both together have two corners and the ends of a side more than each alone.
  const contact = 9 * 2 + 2 * corner - 0.5;
  for (const particle of [one!, other!]) {
    expect(particle.neighbours).toBe(1);
    expect(particle["contact length"]).toBeCloseTo(contact, 6);
    expect(particle["length to pore"]).toBeCloseTo(particle["open length"]!, 9);
  }
  const touching = await contactAreas(sized);
  expect(rows(touching)).toEqual([
    {
      ...{ label: 1, "other label": 2, faces: 10, "face length": 20 },
      "smooth length": expect.closeTo(contact, 6),
    },
  ]);
  expect(unitOf(touching, "face length")).toBe("µm");
});

test("axes, outlines, Euler numbers and hulls are those of scikit-image", async () => {
  const golden = JSON.parse(readFileSync(join(root, "test/golden/images.json"), "utf8")) as {
    size: [number, number];
    particles: Record<
      "label" | "pixels" | "major" | "minor" | "outline" | "outline with size" | "crofton" | "euler" | "convex",
      number
    >[];
  };
  // With a rim, so that none is cut.
  const phases = referencePhases(64).slice(32 * 4096, 33 * 4096);
  const values = new Uint8Array(66 * 66);
  for (let k = 0; k < 4096; k++) {
    const [y, x] = [Math.floor(k / 64), k % 64];
    if (phases[k] !== 0) values[(y + 1) * 66 + x + 1] = 1 + 4 * (y >> 4) + (x >> 4);
  }
  const labels = memoryVolume(values, [1, 66, 66], { role: "labels", brick: [1, 20, 30] });
  const sized = labels.with({ spacing: [um(7), um(golden.size[0]), um(golden.size[1])] });
  const plain = rows(await particles(labels, { convexity: true }));
  const crofton = column(await particles(labels, { surface: "crofton" }), "perimeter");
  const lengths = column(await particles(sized), "perimeter");
  expect(plain).toHaveLength(golden.particles.length);
  for (const [k, expected] of golden.particles.entries()) {
    const row = plain[k]!;
    expect([row.label, row.voxels, row["Euler number"]]).toEqual([expected.label, expected.pixels, expected.euler]);
    expect(row.length).toBeCloseTo(expected.major, 6);
    expect(row.width).toBeCloseTo(expected.minor, 6);
    expect(row.convexity).toBeCloseTo(expected.pixels / expected.convex, 12);
    expect(row.perimeter).toBeCloseTo(expected.outline, 4);
    expect(crofton[k]).toBeCloseTo(expected.crofton, 4);
    expect(lengths[k]).toBeCloseTo(expected["outline with size"], 4);
  }
});

test("an image is what two planes of it have over their distance, across any axis, as a region, in any bricks", async () => {
  const next = random(8);
  const [height, width] = [17, 23];
  const label = Uint8Array.from({ length: height * width }, () => [0, 1, 1, 2, 3, 255][Math.floor(6 * next())]!);
  const inside = Uint8Array.from(label, () => (next() < 0.9 ? 1 : 0));
  const size = [4, 2, 3] as const;
  for (const flat of [0, 1, 2] as const) {
    /** A volume of so many planes across the axis; `beside` lays others before and behind. */
    const across = (plane: Uint8Array, count: number, brick: Shape, beside = 0): Volume => {
      const shape = [height, width].toSpliced(flat, 0, count + 2 * beside) as unknown as Shape;
      const all = Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) => {
        const at = [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
        const layer = at[flat]! - beside;
        const [y, x] = at.toSpliced(flat, 1) as [number, number];
        return layer >= 0 && layer < count ? plane[y * width + x]! : plane[(y * width + x * 7 + 3) % plane.length]!;
      });
      const role = plane === inside ? "mask" : "labels";
      return memoryVolume(all, shape, { role, brick, spacing: size.map((n) => n * 1e-6) as unknown as Triple });
    };
    const masked = { mask: across(inside, 1, [8, 8, 8]) };
    const table = await particles(across(label, 1, [8, 8, 8]), masked);
    const own = rows(table);
    const stacked = rows(await particles(across(label, 2, [8, 8, 8]), { mask: across(inside, 2, [5, 6, 7]) }));
    expect(own.map((row) => row.label)).toEqual([1, 2, 3]);
    for (const [k, row] of own.entries()) {
      const both = stacked[k]!;
      expect(2 * row.voxels!).toBe(both.voxels);
      expect(row["Euler number"]).toBe(both["Euler number"]);
      expect(row.neighbours).toBe(both.neighbours);
      expect(row.perimeter! * size[flat]).toBeCloseTo(both["surface area"]!, 4);
      expect(row["contact length"]! * size[flat]).toBeCloseTo(both["contact area"]!, 4);
      expect(row.asymmetry).toBeCloseTo(both.asymmetry!, 9);
      expect(row["touches border"]).toBe(1);
    }
    expect(rows(await particles(across(label, 1, [3, 4, 5]), { ...masked, workers: 2 }))).toEqual(own);
    // One plane of a volume, as a region and cropped.
    const shape = [height, width].toSpliced(flat, 0, 3) as unknown as Triple;
    const region = {
      start: [0, 0, 0].with(flat, 1) as unknown as Triple,
      stop: [...shape].with(flat, 2) as unknown as Triple,
    };
    const thick = across(label, 1, [8, 8, 8], 1);
    const part = { convexity: true, surface: "crofton" } as const;
    const cropped = rows(await particles(await crop(thick, region), part));
    const places = ["from", "to"].map((word) => `${"zyx"[flat]} ${word}`);
    const moved = { [places[0]!]: 1, [places[1]!]: 2, [`centroid ${"zyx"[flat]}`]: 1 };
    expect(rows(await particles(thick, { ...part, region }))).toEqual(cropped.map((row) => ({ ...row, ...moved })));
    expect(rows(await contactAreas(thick, { region }))).toEqual(rows(await contactAreas(await crop(thick, region))));
  }
});

test("what touches the border of an image is cut, what an image has not is refused", async () => {
  const labels = image(12, 20, (y, x) => (y < -4 ? 1 : Math.hypot(y, x) < 2 ? 2 : 0));
  const table = await particles(labels, { collector: { axis: "x", side: "low" } });
  expect(column(table, "touches border")).toEqual([1, 0]);
  expect(column(table, "circularity")[0]).toBeNaN();
  expect(column(table, "distance to collector")[1]).toBe(10);
  expect(column(await particles(labels, { border: "leave out" }), "label")).toEqual([2]);
  const region = { start: [0, 4, 9], stop: [1, 8, 12] } as const;
  expect(column(await particles(labels, { region }), "touches border")).toEqual([1]);
  await expect(particles(labels, { axis: "z" })).rejects.toThrow(
    'axis is "z", along which this image has one voxel; allowed are "y" and "x"',
  );
  await expect(particles(labels, { separator: { axis: "z", side: "low" } })).rejects.toThrow("separator.axis");
  await expect(particles(labels, { roughness: 3 })).rejects.toThrow("which an image does not have");
});
