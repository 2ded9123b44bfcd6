/** Particles whose motion, growth, splits and merges were planted. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { um } from "#src/core/length.js";
import { phaseTable } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { affineTransform } from "#src/filters/affine-transform.js";
import { crop } from "#src/filters/crop.js";
import { open } from "#src/io/open.js";
import { series } from "#src/measure/series.js";
import { type TrackParticlesOptions, type Tracks, trackParticles } from "#src/measure/track-particles.js";
import { separateParticles } from "#src/segment/separate-particles.js";
import { memoryVolume } from "../support/memory-volume.js";
import { ballLabels, lattice, type PlantedBall, type Point, planted, turn } from "../support/planted-particles.js";
import { random, randomVoxels } from "../support/random-volume.js";
import { data, lacks } from "../support/require.js";

type Row = Record<string, number | string>;
const rowsOf = (table: { toArray(): { toJSON(): object }[] }): Row[] =>
  table.toArray().map((row) => row.toJSON() as Row);
const track = (volumes: readonly Volume[], options: TrackParticlesOptions = {}): Promise<Tracks> =>
  trackParticles(series(volumes.map((labels, k) => ({ name: `S${k}`, labels }))), options);
const away = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
/** Labels that tell nothing: another number in each state. */
const shuffled = (count: number, seed: number): number[] => {
  const next = random(seed);
  return Array.from({ length: count }, (_, k) => ({ k, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ k }) => k + 1);
};

test.each([
  ["a shift alone", [1, 0, 0, 0, 1, 0, 0, 0, 1], [2.3, -1.7, 4.9]],
  ["a shift by more than a radius", [1, 0, 0, 0, 1, 0, 0, 0, 1], [-6.4, 9.2, 11.7]],
  ["a rigid turn by 4°", turn(4), [1.25, 3.5, -2.75]],
  ["a swelling electrode", [1.12, 0, 0, 0, 1.02, 0.01, 0, 0, 0.99], [3, 0.4, -1]],
] as const)("%s comes back to 0.05 voxel, and no particle is taken for another", async (_, matrix, shift) => {
  // The centroid of a ball of whole voxels is off by chance, the less the larger the ball: 0.08 at most of radius 8, 0.05 of 14.
  const shape: Shape = [130, 140, 150];
  const middle: Point = [64.5, 69.5, 74.5];
  const motion = planted(matrix, shift, middle);
  const centres = lattice(shape, 36, 2, 3).filter((centre) =>
    motion(centre).every((v, k) => v > 15 && v < shape[k]! - 16),
  );
  const [before, after] = [shuffled(centres.length, 4), shuffled(centres.length, 5)];
  expect(centres.length).toBeGreaterThan(10);
  const found = await track(
    [
      ballLabels(
        shape,
        centres.map((centre, k) => ({ centre, radius: 14.3, label: before[k]! })),
      ),
      ballLabels(
        shape,
        centres.map((centre, k) => ({ centre: motion(centre), radius: 14.3, label: after[k]! })),
      ),
    ],
    { reach: 24 },
  );
  const rows = rowsOf(found);
  const [first, second] = [rows.filter((row) => row.state === "S0"), rows.filter((row) => row.state === "S1")];
  let worst = 0;
  for (const [k, centre] of centres.entries()) {
    const one = first.find((row) => row.label === before[k])!;
    const other = second.find((row) => row.label === after[k])!;
    expect([other.particle, one.fate, other.origin]).toEqual([one.particle, "kept", "kept"]);
    const moved = ["z", "y", "x"].map((axis) => other[`moved ${axis}`] as number) as unknown as Point;
    const truth = motion(centre).map((value, n) => value - centre[n]!) as unknown as Point;
    worst = Math.max(worst, ...moved.map((value, n) => Math.abs(value - truth[n]!)));
  }
  expect(worst).toBeLessThan(0.05);
  // The motion of all.
  const [, state] = rowsOf(found.states);
  for (const [n, axis] of ["z", "y", "x"].entries())
    expect(Math.abs((state![`motion ${axis}`] as number) - shift[n]!)).toBeLessThan(0.01);
  for (const [n, name] of ["zz", "zy", "zx", "yz", "yy", "yx", "xz", "xy", "xx"].entries())
    expect(Math.abs((state![`motion ${name}`] as number) - matrix[n]!)).toBeLessThan(5e-4);
  expect(state!.deviation).toBeLessThan(0.03);
});

test.each([
  ["SnO to 250 % of its volume", 2.5],
  ["Si to 280 %", 2.8],
  ["Si by 280 %", 3.8],
])("%s: the expansion of each particle and of all to 1 %%, with no error of identity", async (_, ratio) => {
  const shape: Shape = [136, 140, 148];
  const middle: Point = [67.5, 69.5, 73.5];
  const radius = 10.4;
  const grown = radius * Math.cbrt(ratio);
  // Particles push each other apart as they grow, more than the electrode swells, each by its own.
  const motion = planted([1.05, 0, 0, 0, 1.02, 0, 0, 0, 1.02], [2.4, 0.7, -1.2], middle);
  const next = random(9);
  const centres = lattice(shape, 35, 1, 6);
  const after = centres.map((centre) => motion(centre).map((value) => value + 3 * (next() - 0.5)) as unknown as Point);
  const kept = centres.flatMap((_, k) =>
    after[k]!.every((value, n) => value > grown + 1 && value < shape[n]! - grown - 2) &&
    after.every((other, n) => n === k || away(other, after[k]!) > 2 * grown + 1)
      ? [k]
      : [],
  );
  expect(kept.length).toBeGreaterThan(10);
  const labels = shuffled(centres.length, 11);
  const found = await track([
    ballLabels(
      shape,
      kept.map((k) => ({ centre: centres[k]!, radius, label: k + 1 })),
    ),
    ballLabels(
      shape,
      kept.map((k) => ({ centre: after[k]!, radius: grown, label: labels[k]! })),
    ),
  ]);
  const rows = rowsOf(found);
  for (const k of kept) {
    const one = rows.find((row) => row.state === "S0" && row.label === k + 1)!;
    const other = rows.find((row) => row.state === "S1" && row.label === labels[k])!;
    expect(other.particle).toBe(one.particle);
    expect(Math.abs((other["volume ratio"] as number) / ratio - 1)).toBeLessThan(0.01);
    expect(other.expansion).toBeCloseTo(100 * ((other["volume ratio"] as number) - 1), 9);
    expect(one["volume ratio"]).toBe(1);
  }
  const [, whole] = rowsOf(found.states);
  expect(Math.abs((whole!["volume ratio"] as number) / ratio - 1)).toBeLessThan(0.01);
  expect(Math.abs((whole!["median ratio"] as number) / ratio - 1)).toBeLessThan(0.01);
  expect([whole!.lost, whole!.appeared, whole!.split]).toEqual([0, 0, 0]);
});

test("what splits, merges, is lost or appears is told as that, and lineages keep the volume", async () => {
  const shape: Shape = [60, 100, 140];
  const still: PlantedBall[] = lattice(shape, 28, 1, 2).map((centre, k) => ({ centre, radius: 8, label: k + 1 }));
  const [cracked, left, right, gone] = [still[0]!, still[1]!, still[2]!, still[5]!];
  const others = still.filter((ball) => ![cracked, left, right, gone].includes(ball));
  const shifted = (ball: PlantedBall): PlantedBall => ({
    ...ball,
    centre: ball.centre.map((value, k) => value + [1.5, -2.25, 3][k]!) as unknown as Point,
    label: 100 + ball.label,
  });
  /** Halves of a ball, drifted apart, and two balls that have grown into one. */
  const paint = (volume: Volume, of: (z: number, y: number, x: number) => number): Promise<Volume> =>
    volume.read().then((values) => {
      for (let z = 0, k = 0; z < shape[0]; z++)
        for (let y = 0; y < shape[1]; y++)
          for (let x = 0; x < shape[2]; x++, k++) values[k] = of(z, y, x) || values[k]!;
      return memoryVolume(values, shape, { role: "labels", brick: [32, 48, 64] });
    });
  const inBall = ({ centre, radius }: PlantedBall, point: Point): boolean => away(centre, point) <= radius;
  const after = await paint(ballLabels(shape, others.map(shifted)), (z, y, x) => {
    const [a, b] = [shifted(cracked), shifted(cracked)];
    if (x < a.centre[2] - 1.5 && inBall(a, [z, y, x + 1.5])) return 201;
    if (x > b.centre[2] + 1.5 && inBall(b, [z, y, x - 1.5])) return 202;
    const [l, r] = [shifted(left), shifted(right)];
    if (inBall(l, [z, y, x]) || inBall(r, [z, y, x])) return 203;
    const bridge = x > l.centre[2] && x < r.centre[2] && Math.hypot(z - l.centre[0], y - l.centre[1]) < 3;
    if (bridge) return 203;
    return Math.hypot(z - 45, y - 85, x - 15) < 5 ? 204 : 0;
  });
  const found = await track([ballLabels(shape, still), after, after]);
  const rows = rowsOf(found);
  const at = (state: string, label: number): Row => rows.find((row) => row.state === state && row.label === label)!;
  const parent = at("S0", cracked.label);
  expect(parent.fate).toBe("split");
  const halves = [at("S1", 201), at("S1", 202)];
  expect(halves.map((row) => row.origin)).toEqual(["split", "split"]);
  expect(halves.filter((row) => row.particle === parent.particle).length).toBe(1);
  expect(halves.find((row) => row.particle !== parent.particle)!.parent).toBe(parent.particle);
  expect(new Set(halves.map((row) => row.lineage))).toEqual(new Set([parent.lineage]));
  // The crack takes 3 of 16 voxels along x: the pieces keep what is left of the ball, and no particle a volume of its own.
  expect(halves.every((row) => Math.abs((row["lineage ratio"] as number) - 0.9) < 0.15)).toBe(true);
  expect(halves.find((row) => row.particle === parent.particle)!["volume ratio"]).toBeNaN();
  const merged = at("S1", 203);
  const fates = [at("S0", left.label), at("S0", right.label)];
  expect(new Set(fates.map((row) => row.fate))).toEqual(new Set(["kept", "merged"]));
  expect(fates.find((row) => row.fate === "merged")!.into).toBe(merged.particle);
  expect(merged.origin).toBe("merged");
  expect(merged["volume ratio"]).toBeNaN();
  expect(Math.abs((merged["lineage ratio"] as number) - 1)).toBeLessThan(0.15);
  expect(at("S0", gone.label).fate).toBe("lost");
  expect([at("S1", 204).origin, at("S1", 204).fate, at("S2", 204).origin]).toEqual(["appeared", "kept", "kept"]);
  for (const ball of others) expect(at("S1", 100 + ball.label).particle).toBe(at("S0", ball.label).particle);
  const [before, now] = rowsOf(found.states);
  expect([before!.split, before!.merged, before!.lost, now!.appeared]).toEqual([1, 1, 1, 1]);
  expect(before!.kept).toBe(others.length + 1);
  const kinds = rowsOf(found.lineage).filter((row) => row.state === "S0");
  expect(kinds.filter((row) => row.kind === "split").length).toBe(1);
  expect(kinds.filter((row) => row.kind === "merged").length).toBe(1);
});

test.skipIf(lacks("data"))(
  "real particles, touching each other, that turn, swell and shift keep their identity, every one that is not cut",
  async () => {
    const electrode = await open(data("electrode-labels/taufactor_nmc_electrode_256_u8.tiff"));
    const edge = 100;
    const part = await crop(electrode.with({ role: "labels" }), { start: [20, 20, 20], stop: [120, 120, 120] });
    const particles = await separateParticles(part, { phase: 85 });
    const [c, s] = [Math.cos(0.035), Math.sin(0.035)];
    const [swell, shift] = [1.05, [4.3, -3.2, 2.1]] as const;
    const back = [
      [1 / swell, 0, 0],
      [0, c / swell, s / swell],
      [0, -s / swell, c / swell],
    ];
    const middle = (edge - 1) / 2;
    const offset = back.map(
      (row) => middle - row.reduce((sum, value, j) => sum + value * (middle + shift[j]!), 0),
    ) as unknown as Point;
    // The labels keep their numbers: these are the truth.
    const found = await track([particles, await affineTransform(particles, back, { offset })]);
    const rows = rowsOf(found);
    const before = new Map(rows.filter((row) => row.state === "S0").map((row) => [row.label, row]));
    const after = rows.filter((row) => row.state === "S1");
    expect(after.length).toBeGreaterThan(50);
    for (const row of after) {
      const same = row.particle === before.get(row.label)!.particle;
      expect(same || (row.origin === "appeared" && row["at face"] === "yes")).toBe(true);
    }
    const [, state] = rowsOf(found.states);
    expect(Math.abs((state!["median ratio"] as number) / swell ** 3 - 1)).toBeLessThan(0.01);
    // The nearest voxels, by which labels were moved, are half a voxel of 1/21 of all off by themselves.
    for (const [n, axis] of ["z", "y", "x"].entries())
      expect(Math.abs((state![`motion ${axis}`] as number) - shift[n]!)).toBeLessThan(0.05);
    expect(state!.deviation).toBeLessThan(0.3);
  },
);

test("touching particles of a phase are parted and followed, renumbered and in their own units", async () => {
  const shape: Shape = [40, 60, 70];
  const spacing = [2e-6, 1e-6, 1e-6] as const;
  const scale = [2, 1, 1] as const;
  const centres: Point[] = [
    [30, 18, 18],
    [30, 18, 40],
    [30, 42, 20],
    [52, 40, 48],
  ];
  const phases = phaseTable(2, ["pore", "Si"]);
  const volumeOf = (shift: Point): Promise<Volume> =>
    ballLabels(
      shape,
      centres.map((centre, k) => ({
        centre: centre.map((v, n) => v + shift[n]!) as unknown as Point,
        radius: 11.5,
        label: k + 1,
      })),
      {},
      scale,
    )
      .read()
      .then((values) =>
        memoryVolume(
          Uint8Array.from(values, (label) => (label > 0 ? 1 : 0)),
          shape,
          { role: "labels", phases, spacing, brick: [16, 32, 32] },
        ),
      );
  const states = series([
    { name: "Init", labels: await volumeOf([0, 0, 0]), voltage: 3, charge: 0, time: 0 },
    { name: "D1", labels: await volumeOf([3, 2, -2]), voltage: 0.1, time: 3600 },
  ]);
  const found = await trackParticles(states, { phase: "Si", reach: um(8), renumber: true });
  const rows = rowsOf(found);
  expect(rows.length).toBe(8);
  for (const row of rows.slice(4)) {
    const moved = ["z", "y", "x"].map((axis) => row[`moved ${axis}`] as number);
    for (const [n, value] of [3, 2, -2].entries()) expect(Math.abs(moved[n]! - value)).toBeLessThan(0.2);
    expect(row.origin).toBe("kept");
  }
  expect([rows[0]!.voltage, rows[4]!.voltage, rows[4]!.time]).toEqual([3, 0.1, 3600]);
  expect(rows[4]!.charge).toBeNaN();
  const unit = (name: string) => found.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
  expect([unit("moved z"), unit("volume"), unit("charge"), unit("voltage")]).toEqual(["µm", "µm³", "mAh", "V"]);
  expect(rows[0]!.volume).toBe(2 * (rows[0]!.voxels as number));
  // The same number in both states, where the particle is.
  for (const row of rows) {
    const place = ["z", "y", "x"].map((axis) => Math.round(row[`centroid ${axis}`] as number)) as [
      number,
      number,
      number,
    ];
    expect(await found.series!.state(row.state as string).labels.at(...place)).toBe(row.particle);
  }
  expect(found.series!.states.map(({ voltage }) => voltage)).toEqual([3, 0.1]);
});

test("no brick shape and number of workers changes a byte", async () => {
  const shape: Shape = [20, 24, 28];
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 5, max: 20 }), fc.integer({ min: 5, max: 24 }), fc.integer({ min: 5, max: 28 })),
      fc.constantFrom(1, 2, 4),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (brick, workers, seed) => {
        const next = random(seed);
        const balls = Array.from({ length: 12 }, (_, k) => ({
          centre: shape.map((n) => n * next()) as unknown as Point,
          radius: 1 + 4 * next(),
          label: k + 1,
        }));
        const make = (brick: Shape): Volume[] =>
          [0, 1.4, 2.2].map((shift) =>
            ballLabels(
              shape,
              balls.map((ball) => ({ ...ball, centre: ball.centre.map((v) => v + shift) as unknown as Point })),
              { brick },
            ),
          );
        const options = { least: 5, renumber: true, reach: 6 };
        const [one, other] = [
          await track(make(shape), { ...options, workers: 1 }),
          await track(make(brick), { ...options, workers }),
        ];
        for (const table of ["states", "lineage"] as const)
          expect(JSON.stringify(other[table].toArray())).toBe(JSON.stringify(one[table].toArray()));
        expect(JSON.stringify(other.toArray())).toBe(JSON.stringify(one.toArray()));
        for (const [k, { labels }] of other.series!.states.entries())
          expect(await labels.read()).toEqual(await one.series!.states[k]!.labels.read());
      },
    ),
    { numRuns: 12 },
  );
});

test("empty states, a single voxel, images and noise have an answer", async () => {
  const empty = memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "labels" });
  const none = await track([empty, empty]);
  expect([none.numRows, none.lineage.numRows, none.states.numRows]).toEqual([0, 0, 2]);
  const voxel = memoryVolume(
    Uint8Array.from({ length: 64 }, (_, k) => (k === 21 ? 7 : 255)),
    [4, 4, 4],
    { role: "labels" },
  );
  const single = rowsOf(await track([voxel, voxel, empty], { least: 1 }));
  expect(single.map((row) => [row.particle, row.origin, row.fate, row.voxels])).toEqual([
    [1, "first", "kept", 1],
    [1, "kept", "lost", 1],
  ]);
  const flat = (shift: number): Volume =>
    memoryVolume(
      Uint16Array.from({ length: 40 * 50 }, (_, k) =>
        Math.hypot(Math.floor(k / 50) - 20 - shift, (k % 50) - 25) < 8 ? 3 : 0,
      ),
      [1, 40, 50],
      { role: "labels" },
    );
  const image = rowsOf(await track([flat(0), flat(3)]));
  expect([image[1]!["moved y"], image[1]!["moved z"], image[1]!["at face"]]).toEqual([3, 0, "no"]);
  const noise = (seed: number): Volume =>
    memoryVolume(randomVoxels("int16", 4096, seed), [16, 16, 16], { role: "labels" });
  const rows = rowsOf(await track([noise(3), noise(4)], { least: 1 }));
  expect(rows.every((row) => Number.isFinite(row.voxels as number) && (row.particle as number) > 0)).toBe(true);
});

test("what makes no sense is refused with what to do, and Stop is heard", async () => {
  const labels = memoryVolume(new Uint8Array(64).fill(1), [4, 4, 4], { role: "labels" });
  const phases = memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "labels", phases: phaseTable(2, ["pore", "Si"]) });
  await expect(trackParticles(labels as never)).rejects.toThrow("takes a series of states, got one volume");
  await expect(track([labels])).rejects.toThrow("at least 2 are needed");
  await expect(track([phases, phases])).rejects.toThrow("are phases (pore, Si); say whose particles");
  await expect(track([phases, phases], { phase: "SI" })).rejects.toThrow("did you mean `Si`");
  await expect(track([labels, labels.with({ role: "mask" })])).rejects.toThrow("some states are masks");
  await expect(track([labels, labels], { separate: { h: 2 } })).rejects.toThrow("separate is for phases and masks");
  await expect(track([labels, labels], { reach: um(2) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(track([labels, labels], { reach: 1000 })).rejects.toThrow("reach (voxels) is 1000");
  await expect(track([labels, labels], { overlap: 0 })).rejects.toThrow("overlap is 0");
  await expect(track([labels, labels], { least: 0.5 })).rejects.toThrow("least (voxels) is 0.5");
  await expect(track([labels, labels], { overlaps: 1 } as never)).rejects.toThrow("did you mean `overlap`");
  await expect(track([labels, labels], { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  await expect(track([labels, labels], { memoryLimit: 1000 })).rejects.toMatchObject({ code: "LimitExceeded" });
});
