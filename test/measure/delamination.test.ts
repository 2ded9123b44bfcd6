/** Delaminated areas that were planted, at phases and faces, along each axis. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { um } from "#src/core/length.js";
import { phaseTable } from "#src/core/phases.js";
import type { Axis, Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { type DelaminationOptions, delamination } from "#src/measure/delamination.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const file = testFolder();
const names = ["pore", "coating", "collector"];
const PHASES = phaseTable(3, names);

/** Labels from a function of the distance from the face where the collector is, and of the place on it. */
function volumeOf(
  depth: number,
  height: number,
  width: number,
  of: (d: number, v: number, u: number) => number,
  { axis = "z", side = "low", brick = [8, 16, 16] as Shape, spacing = [1e-6, 1e-6, 1e-6] as const } = {} as {
    axis?: Axis;
    side?: "low" | "high";
    brick?: Shape;
    spacing?: readonly [number, number, number];
  },
): Volume {
  const shape = { z: [depth, height, width], y: [height, depth, width], x: [height, width, depth] }[
    axis
  ] as unknown as Shape;
  const values = new Uint8Array(depth * height * width);
  for (let a = 0, k = 0; a < shape[0]; a++)
    for (let b = 0; b < shape[1]; b++)
      for (let c = 0; c < shape[2]; c++, k++) {
        const [n, v, u] = { z: [a, b, c], y: [b, a, c], x: [c, a, b] }[axis] as [number, number, number];
        values[k] = of(side === "low" ? n : depth - 1 - n, v, u);
      }
  return memoryVolume(values, shape, { brick, role: "labels", phases: PHASES, spacing });
}

/** A patch of 20 × 30 that is 3 off, a pore of 4 × 4 that is 3 deep, one of 25 × 25 that is 12 deep. */
const coating = (d: number, v: number, u: number): number => {
  if (v >= 10 && v < 30 && u >= 5 && u < 35 && d < 3) return 0;
  if (v >= 40 && v < 44 && u >= 8 && u < 12 && d < 3) return 0;
  if (v >= 40 && v < 65 && u >= 40 && u < 65 && d < 12) return 0;
  return 1;
};
const AXIS = ["z", "y", "x"] as const;

test.each(AXIS.flatMap((axis) => (["low", "high"] as const).map((side) => [axis, side] as const)))(
  "across %s, collector at the %s face: the patch is delaminated, the small and the deep pore are pores",
  async (axis, side) => {
    const volume = volumeOf(24, 70, 72, coating, { axis, side });
    const found = await delamination(volume, { collector: { axis, side } });
    expect([found.area, found.patches, found.opening]).toEqual([600, 1, 3]);
    expect(found.fraction).toBe(600 / (70 * 72));
    const map = await found.map.read();
    const expected = Uint8Array.from({ length: 70 * 72 }, (_, k) => {
      const [v, u] = [Math.floor(k / 72), k % 72];
      if (coating(0, v, u) === 1) return 1;
      return v < 30 ? 2 : 3;
    });
    expect(map).toEqual(expected);
    expect(found.map.shape).toEqual([1, 70, 72]);
    expect(found.map.phases!.map(({ name }) => name)).toEqual(["no collector", "bonded", "delaminated", "pore"]);
    const rows = found.toArray().map((row) => row.toJSON());
    expect(rows.map((row) => row.state)).toEqual(["bonded", "delaminated", "pore"]);
    expect(rows.reduce((sum, row) => sum + row.fraction, 0)).toBeCloseTo(1, 12);
    expect(rows.map((row) => row["mean gap"])).toEqual([0, 3, 3]);
    // A smaller extent takes the small pore in, a smaller gap leaves the patch out.
    const all = await delamination(volume, { collector: { axis, side }, extent: 0 });
    expect([all.area, all.patches]).toEqual([616, 2]);
    expect((await delamination(volume, { collector: { axis, side }, gap: 2 })).area).toBe(0);
    expect((await delamination(volume, { collector: { axis, side }, gap: 12, extent: 15 })).area).toBe(1225);
  },
);

test("a rough foil is a collector: its last voxel towards the coating counts, on either side", async () => {
  // The foil is 4 to 6 thick and there is none where u < 8.
  const foil = (v: number, u: number): number => (u < 8 ? 0 : 4 + ((v * 7 + u * 3) % 3));
  const of = (d: number, v: number, u: number): number => (d < foil(v, u) ? 2 : coating(d - foil(v, u), v, u));
  for (const side of ["low", "high"] as const) {
    const volume = volumeOf(30, 70, 72, of, { side });
    const found = await delamination(volume, { collector: "collector", coating: side === "low" ? "high" : "low" });
    // Of the patch of 30 columns from u = 5 on those from 8 on.
    expect(found.area).toBe(20 * 27);
    expect(found.fraction).toBe((20 * 27) / (70 * 64));
    const map = await found.map.read();
    expect(map[0]).toBe(0);
    expect(map.filter((state) => state === 0).length).toBe(70 * 8);
  }
});

test("areas and gaps have the voxel's own size, lengths are converted along their axes", async () => {
  const spacing = [2e-6, 0.5e-6, 1e-6] as const;
  const volume = volumeOf(24, 70, 72, coating, { spacing });
  const collector = { axis: "z", side: "low" } as const;
  const found = await delamination(volume, { collector, gap: um(6), extent: um(10) });
  expect([found.area, found.opening]).toEqual([600 * 0.5, 6]);
  expect(found.map.spacing).toEqual(spacing);
  const unit = (name: string) => found.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
  expect([unit("area"), unit("mean gap")]).toEqual(["µm²", "µm"]);
  expect((await delamination(volume, { collector, gap: um(5), extent: um(10) })).area).toBe(0);
  // The patch of 300 µm² has a circle of 19.5 µm.
  expect((await delamination(volume, { collector, gap: um(6), extent: um(19.4) })).area).toBe(300);
  expect((await delamination(volume, { collector, gap: um(6), extent: um(19.7) })).area).toBe(0);
});

test("patches at several noise levels keep their area within the specks that noise makes", async () => {
  for (const [noise, off] of [
    [0.001, 0.01],
    [0.01, 0.06],
    [0.03, 0.16],
  ] as const) {
    const next = random(5);
    const volume = volumeOf(24, 70, 72, (d, v, u) => {
      const phase = coating(d, v, u);
      return next() < noise ? 1 - phase : phase;
    });
    const found = await delamination(volume, { collector: { axis: "z", side: "low" } });
    expect(Math.abs(found.area / 600 - 1)).toBeLessThan(off);
  }
});

test("no brick shape and no file changes the map or the numbers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 33 })),
      fc.constantFrom(...AXIS),
      fc.constantFrom("low" as const, "high" as const),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (brick, axis, side, seed) => {
        const make = (brick: Shape): Volume => {
          const next = random(seed);
          return volumeOf(9, 11, 17, () => [0, 0, 1, 2, 255][Math.floor(5 * next())]!, { axis, side, brick });
        };
        for (const options of [
          { collector: { axis, side }, extent: 1 },
          { collector: 2, axis, coating: side === "low" ? "high" : "low", extent: 1, gap: 2 },
        ] satisfies DelaminationOptions[]) {
          const [one, other] = [
            await delamination(make([64, 64, 64]), options),
            await delamination(make(brick), options),
          ];
          expect(await other.map.read()).toEqual(await one.map.read());
          expect(JSON.stringify(other.toArray())).toBe(JSON.stringify(one.toArray()));
          // By the definition, column by column.
          const volume = await make([64, 64, 64]).read();
          expect(await one.map.read()).toEqual(byColumn(volume, make([64, 64, 64]).shape, axis, side, options));
        }
      },
    ),
    { numRuns: 15, seed: 4 },
  );
  const volume = volumeOf(24, 70, 72, coating);
  await save(volume, file("phases.arrow"));
  const found = await delamination(await open(file("phases.arrow")), {
    collector: { axis: "z", side: "low" },
    memoryLimit: 2 ** 20,
  });
  expect(found.area).toBe(600);
});

/** The map of columns, where every patch counts. */
function byColumn(
  values: ArrayLike<number>,
  shape: Shape,
  axis: Axis,
  side: "low" | "high",
  { collector, gap = 5 }: { collector: unknown; gap?: number },
): Uint8Array {
  const k = { z: 0, y: 1, x: 2 }[axis];
  const others = [0, 1, 2].filter((other) => other !== k) as [number, number];
  const strides = [shape[1] * shape[2], shape[2], 1];
  return Uint8Array.from({ length: shape[others[0]]! * shape[others[1]]! }, (_, column) => {
    const [v, u] = [Math.floor(column / shape[others[1]]!), column % shape[others[1]]!];
    const line = Array.from({ length: shape[k]! }, (_, n) => {
      const at = side === "low" ? n : shape[k]! - 1 - n;
      return values[at * strides[k]! + v * strides[others[0]]! + u * strides[others[1]]!]!;
    });
    const last = typeof collector === "number" ? line.lastIndexOf(collector) : -1;
    if (typeof collector === "number" && last < 0) return 0;
    const rest = line.slice(last + 1);
    if (rest.length === 0 || rest[0] === 255) return 0;
    const hollow = rest.findIndex((label) => label !== 0);
    if (hollow === 0) return 1;
    return hollow > 0 && hollow <= gap && rest[hollow] !== 255 ? 2 : 3;
  });
}

test("what makes no sense is refused with what to do, and Stop is heard", async () => {
  const volume = volumeOf(8, 9, 10, () => 1);
  const refused = (options: object, of: Volume = volume): Promise<unknown> =>
    delamination(of, options as DelaminationOptions);
  const plane = { collector: { axis: "z", side: "low" } };
  await expect(refused({})).rejects.toThrow("say where the collector is");
  await expect(refused(undefined as never)).rejects.toThrow("options are an object");
  await expect(refused(plane, 7 as never)).rejects.toThrow("takes a volume");
  await expect(refused(plane, volume.with({ role: "mask" }))).rejects.toThrow("has the role mask");
  await expect(refused({ collector: { axis: "w", side: "low" } })).rejects.toThrow('collector.axis is "w"');
  await expect(refused({ collector: { axis: "z", side: "top" } })).rejects.toThrow('collector.side is "top"');
  await expect(refused({ ...plane, axis: "z" })).rejects.toThrow("axis is for a collector that is a phase");
  await expect(refused({ collector: "foil" })).rejects.toThrow('phase is "foil"');
  await expect(refused({ collector: "pore" })).rejects.toThrow("collector and void are both 0");
  await expect(refused({ collector: "collector" })).rejects.toMatchObject({ code: "MissingData" });
  await expect(refused({ ...plane, gap: 0 })).rejects.toThrow("gap (voxels) is 0");
  await expect(refused({ ...plane, gab: 1 })).rejects.toThrow("did you mean `gap`");
  await expect(refused({ ...plane, signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  await expect(refused({ ...plane, memoryLimit: 100 })).rejects.toMatchObject({ code: "LimitExceeded" });
  const bare = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
  await expect(refused(plane, bare)).rejects.toThrow("give `void` as a label");
  await expect(refused({ ...plane, gap: um(1) }, bare.with({}))).rejects.toThrow();
  const bonded = await delamination(volume, plane as DelaminationOptions);
  expect([bonded.area, bonded.fraction, bonded.patches]).toEqual([0, 0, 0]);
  expect(bonded.opening).toBeNaN();
});
