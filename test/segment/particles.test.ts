/** Particles that touch, parted; SNOW against porespy; the watershed by blocks against the exact one. */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MissingData } from "#src/core/errors.js";
import { trace } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import { type BrickStore, Volume } from "#src/core/volume.js";
import {
  components,
  distanceTransform,
  hMaxima,
  memory,
  open,
  separateParticles,
  snowPartition,
  snowPeaks,
  watershed,
} from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { data, lacks } from "../support/require.js";

const file = testFolder();
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

/** Balls on a lattice that overlap by a neck; 0 outside, else the number of the nearest middle. */
function balls(edge: number, cells: number, radius: number): { shape: Shape; owner: number[]; mask: number[] } {
  const n = edge * cells;
  const owner: number[] = [];
  const mask: number[] = [];
  for (let z = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++) {
        const cell = [z, y, x].map((at) => Math.floor(at / edge));
        const far = Math.hypot(...[z, y, x].map((at, k) => at - cell[k]! * edge - (edge - 1) / 2));
        mask.push(Number(far <= radius));
        owner.push(far <= radius ? (cell[0]! * cells + cell[1]!) * cells + cell[2]! + 1 : 0);
      }
  return { shape: [n, n, n], owner, mask };
}

const planted = balls(12, 3, 7);
const maskOf = (brick: Shape): Volume =>
  memoryVolume(Uint8Array.from(planted.mask), planted.shape, { role: "mask", brick });

/** True if two labellings are the same but for the numbers. */
function samePartition(a: readonly number[], b: readonly number[]): boolean {
  const to = new Map<number, number>();
  return a.every((label, k) => {
    const known = to.get(label);
    if (known === undefined) to.set(label, b[k]!);
    return known === undefined || known === b[k];
  });
}

describe("particles that touch", () => {
  test("are parted at their necks: overlapping balls come back, each with its own voxels", async () => {
    expect((await components(maskOf([16, 16, 16]))).range).toEqual([0, 1]);
    for (const markers of ["h-maxima", "snow"] as const) {
      const labels = await separateParticles(maskOf([16, 16, 16]), { markers });
      expect([labels.dtype, labels.role, labels.range]).toEqual(["uint32", "labels", [0, 27]]);
      const found = await voxels(labels);
      expect(samePartition(found, planted.owner) && samePartition(planted.owner, found)).toBe(true);
      expect(labels.provenance.parameters).toMatchObject({ found: { markers: 27 }, markers });
    }
  });

  test("are parted by lines of a voxel in a mask", async () => {
    const parted = await separateParticles(maskOf([16, 16, 16]), { result: "mask" });
    expect([parted.dtype, parted.role]).toEqual(["uint8", "mask"]);
    const found = await voxels(parted);
    expect(found.every((value, k) => value <= planted.mask[k]!)).toBe(true);
    const fraction = (mask: readonly number[]): number => mask.reduce((a, b) => a + b) / mask.length;
    const drift = parted.drift!.find(({ name }) => name === "inside")!;
    expect(drift.before).toBeCloseTo(fraction(planted.mask), 12);
    expect(drift.after).toBeCloseTo(fraction(found), 12);
    expect((await components(parted)).range).toEqual([0, 27]);
    const lost = planted.mask.filter((value, k) => value !== found[k]).length;
    // Between 54 pairs of neighbours, necks of a radius of four voxels.
    expect(lost).toBeGreaterThan(54);
    expect(lost / planted.mask.filter((value) => value === 1).length).toBeLessThan(0.1);
  });

  test("are those of distances, markers and a watershed, one after the other, and none is lost", async () => {
    const specks = Uint8Array.from(planted.mask, (value, k) => (k % 1013 === 0 ? 1 : k % 37 === 0 ? 0 : value));
    const volume = memoryVolume(specks, planted.shape, { role: "mask", brick: [8, 16, 20] });
    for (const connectivity of [6, 26] as const) {
      const labels = await separateParticles(volume, { h: 1.5, connectivity });
      const mask = memoryVolume(specks, planted.shape, { role: "mask" });
      const distances = await distanceTransform(mask);
      const caps = await hMaxima(distances, 1.5, { mask, connectivity, extended: true });
      const markers = await components(caps, { connectivity });
      const expected = await watershed(distances, markers, { from: "high", mask, connectivity });
      expect(await voxels(labels)).toEqual(await voxels(expected));
      expect((await voxels(labels)).every((label, k) => label > 0 === specks[k]! > 0)).toBe(true);
    }
  });

  test("of a voxel each are as many as there are", async () => {
    const specks = Uint8Array.from({ length: 1000 }, (_, k) =>
      Number([k, Math.floor(k / 10), Math.floor(k / 100)].every((n) => n % 2 === 0)),
    );
    const labels = await separateParticles(memoryVolume(specks, [10, 10, 10], { role: "mask" }));
    expect(labels.range).toEqual([0, 125]);
  });

  test("of a phase, in a region and a mask, are the same for any bricks and workers", async () => {
    const region = { start: [0, 0, 6], stop: [24, 36, 36] } as const;
    const inside = memoryVolume(
      Uint8Array.from(planted.mask, (_, k) => Number(k % 36 < 30)),
      planted.shape,
      { role: "mask" },
    );
    const results = await Promise.all(
      (
        [
          [9, 11, 36],
          [16, 16, 16],
        ] as const
      ).map(async (brick, k) => {
        const volume = memoryVolume(
          Uint8Array.from(planted.mask, (value) => 3 * value),
          planted.shape,
          { role: "labels", brick },
        );
        return voxels(await separateParticles(volume, { phase: 3, region, mask: inside, workers: k + 1 }));
      }),
    );
    expect(results[0]).toEqual(results[1]);
    expect(new Set(results[0]).size).toBeGreaterThan(12);
  });

  test("go into a file, and leave nothing behind when they are stopped", async () => {
    const inFile = await separateParticles(maskOf([16, 16, 16]), { to: file("particles.arrow") });
    expect(await voxels(inFile)).toEqual(await voxels(await separateParticles(maskOf([16, 16, 16]))));
    const before = memory().numRows;
    const stop = new AbortController();
    const onProgress = ({ operation }: { operation: string }): void => {
      if (operation === "watershed") stop.abort(new Error("enough"));
    };
    const running = separateParticles(maskOf([16, 16, 16]), { signal: stop.signal, onProgress });
    await expect(running).rejects.toThrow("enough");
    expect(memory().numRows).toBeLessThanOrEqual(before);
  });

  test("refuse what cannot be parted", async () => {
    const mask = maskOf([16, 16, 16]);
    const none = memoryVolume(new Uint8Array(27), [3, 3, 3], { role: "mask" });
    const all = memoryVolume(new Uint8Array(27).fill(1), [3, 3, 3], { role: "mask" });
    for (const call of [separateParticles, snowPartition, snowPeaks]) {
      await expect(call(none)).rejects.toMatchObject({ code: "MissingData" });
      await expect(call(all)).rejects.toThrow(/all voxels are of the phase/);
      await expect(call(memoryVolume(new Uint8Array(27), [3, 3, 3]))).rejects.toThrow(
        /role intensity; give labels or a mask/,
      );
      await expect(call(mask, { radus: 3 } as object)).rejects.toThrow(/radus/);
      await expect(call(mask, { phase: 1 })).rejects.toThrow(/no phases/);
    }
    await expect(separateParticles(mask, { h: 0 })).rejects.toThrow(/h \(voxels\) is 0/);
    await expect(separateParticles(mask, { radius: 3 })).rejects.toThrow(
      /radius is 3, but markers by h-maxima have none/,
    );
    await expect(separateParticles(mask, { markers: "snow", h: 3 })).rejects.toThrow(/h is 3, but markers by snow/);
    await expect(separateParticles(mask, { markers: "peaks" as never })).rejects.toThrow(/"h-maxima" and "snow"/);
    await expect(separateParticles(mask, { result: "lines" as never })).rejects.toThrow(/"labels" and "mask"/);
    const thin = memoryVolume(
      Uint8Array.from({ length: 1000 }, (_, k) => k % 2),
      [10, 10, 10],
      { role: "mask" },
    );
    await expect(snowPeaks(thin)).rejects.toThrow(/no peak of the distance is left/);
    await expect(snowPartition(thin)).rejects.toMatchObject({ code: "MissingData" });
    await expect(snowPeaks(mask, { radius: 1 })).rejects.toThrow(/radius \(voxels\) is 1/);
    await expect(snowPartition(mask, { sigma: -1 })).rejects.toThrow(/sigma \(voxels\) is -1/);
  });
});

describe("SNOW", () => {
  const { cases } = JSON.parse(readFileSync(new URL("../golden/snow.json", import.meta.url), "utf8")) as {
    cases: {
      name: string;
      counts: number[];
      crc32: string;
      regions: number;
      volumes: number[];
      "crc32 of regions": string;
    }[];
  };
  const only = (label: number, brick: Shape): Volume =>
    memoryVolume(
      Uint8Array.from(referencePhases(64), (phase) => Number(phase === label)),
      [64, 64, 64],
      { role: "mask", brick },
    );
  const sum = (bytes: ArrayBufferLike): string => crc32(new Uint8Array(bytes)).toString(16).padStart(8, "0");

  async function expectCase(name: string, mask: Volume, workers: number): Promise<void> {
    const expected = cases.find((one) => one.name === name)!;
    const peaks = await snowPeaks(mask, { workers });
    expect(peaks.provenance.parameters).toMatchObject({ found: { peaks: expected.counts, markers: expected.regions } });
    expect(sum(Uint8Array.from(await peaks.read(), (label) => Number(label > 0)).buffer)).toBe(expected.crc32);
    const regions = await snowPartition(mask, { workers });
    const all = (await regions.read()) as Uint32Array;
    const counts = new Array<number>(regions.range[1] + 1).fill(0);
    for (const label of all) counts[label]!++;
    expect(counts.slice(1).sort((a, b) => b - a)).toEqual(expected.volumes);
    expect(sum(all.buffer)).toBe(expected["crc32 of regions"]);
  }

  test("has the peaks and the regions of porespy, voxel by voxel, for any bricks and workers", async () => {
    await expectCase("pore", only(0, [24, 32, 40]), 2);
    await expectCase("pore", only(0, [64, 17, 50]), 1);
    await expectCase("active material", only(2, [32, 32, 32]), 4);
  });

  test.skipIf(lacks("data"))("finds 189 regions in the cathode, porespy's own", { timeout: 120_000 }, async () => {
    const scan = await open(data("correlative-pairs/superres_cathode_xct_lr_128_u8.tif"));
    await expectCase("cathode", scan.with({ role: "mask" }), 2);
  });

  test("takes peaks on saddles away, and of two near ones the lower", async () => {
    // Two balls that overlap by more than half: one peak; far enough apart: two.
    for (const [apart, peaks] of [
      [6, 1],
      [14, 2],
    ] as const) {
      const mask = Uint8Array.from({ length: 24 * 24 * 48 }, (_, k) => {
        const [z, y, x] = [Math.floor(k / 1152) - 11.5, (Math.floor(k / 48) % 24) - 11.5, (k % 48) - 14];
        return Number(Math.hypot(z, y, x) < 9 || Math.hypot(z, y, x - apart) < 8);
      });
      const found = await snowPeaks(memoryVolume(mask, [24, 24, 48], { role: "mask" }));
      expect(found.range[1]).toBe(peaks);
    }
  });

  test("of a plane is that of a plane", async () => {
    const mask = memoryVolume(
      Uint8Array.from({ length: 1600 }, (_, k) =>
        Number([10, 28].some((c) => Math.hypot(Math.floor(k / 40) - 19.5, (k % 40) - c) < 10)),
      ),
      [1, 40, 40],
      { role: "mask" },
    );
    expect((await snowPartition(mask)).range).toEqual([0, 2]);
  });
});

describe("the watershed by blocks", () => {
  const grown = balls(16, 4, 9.2);
  const size = grown.shape;
  const mask = memoryVolume(Uint8Array.from(grown.mask), size, { role: "mask", brick: [32, 32, 32] });
  const marked = async (): Promise<{ distances: Volume; markers: Volume }> => {
    const distances = await distanceTransform(mask);
    const markers = await components(await hMaxima(distances, 1, { mask, extended: true, connectivity: 6 }));
    return { distances, markers };
  };

  test("gives the exact labels where no region is wider than the overlap, whatever the bricks and workers", async () => {
    const { distances, markers } = await marked();
    const exact = await voxels(await watershed(distances, markers, { from: "high", mask }));
    for (const workers of [1, 2]) {
      const options = { from: "high", mask, approximate: true, block: 24, overlap: 24, workers } as const;
      const blocks = await watershed(distances, markers, options);
      expect(await voxels(blocks)).toEqual(exact);
      expect([blocks.dtype, blocks.role]).toEqual(["uint32", "labels"]);
      expect(blocks.provenance.parameters).toMatchObject({ approximate: true, block: 24, overlap: 24, seamError: 0 });
    }
    const other = memoryVolume((await distances.read()) as Float32Array, size, { brick: [20, 64, 13] });
    const few = { from: "high", mask, approximate: true, block: 20, overlap: 4 } as const;
    const found = await voxels(await watershed(other, markers, few));
    expect(found).toEqual(await voxels(await watershed(distances, markers, few)));
  });

  test("tells an error of the size of the true one where the overlap is too small", async () => {
    const { distances, markers } = await marked();
    const exact = await voxels(await watershed(distances, markers, { from: "high", mask }));
    for (const overlap of [0, 1]) {
      const options = { from: "high", mask, approximate: true, block: 20, overlap } as const;
      const blocks = await watershed(distances, markers, options);
      const found = await voxels(blocks);
      const wrong = found.filter((label, k) => label !== exact[k]).length / found.length;
      const { seamError } = blocks.provenance.parameters as unknown as { seamError: number };
      expect(wrong).toBeGreaterThan(0);
      // Both floods err, each at seams of its own.
      expect(seamError / wrong, String(overlap)).toBeGreaterThan(0.5);
      expect(seamError / wrong, String(overlap)).toBeLessThan(3);
    }
  });

  test("is that of lines and compact regions, too, on any image, and goes into a file", async () => {
    const shape: Shape = [30, 32, 34];
    const count = 30 * 32 * 34;
    const image = Int16Array.from({ length: count }, (_, k) => ((Math.imul(k, 48271) >>> 8) % 97) - 40);
    const markers = Uint8Array.from({ length: count }, (_, k) => (k % 1777 === 5 ? 1 + (k % 250) : 0));
    const [a, b] = [
      memoryVolume(image, shape, { brick: [16, 16, 16] }),
      memoryVolume(markers, shape, { role: "labels" }),
    ];
    for (const more of [{}, { lines: true }, { compactness: 2, from: "high" }, { connectivity: 26 }] as const) {
      // A block that holds all, and one whose overlap does.
      const exact = await voxels(await watershed(a, b, more));
      for (const blocks of [
        { block: 64, overlap: 0 },
        { block: 16, overlap: 34 },
      ])
        expect(await voxels(await watershed(a, b, { ...more, approximate: true, ...blocks }))).toEqual(exact);
    }
    const inFile = await watershed(a, b, { approximate: true, block: 16, overlap: 8, to: file("blocks.arrow") });
    const inMemory = await watershed(a, b, { approximate: true, block: 16, overlap: 8 });
    expect(await voxels(inFile)).toEqual(await voxels(inMemory));
    expect(inFile.provenance).toEqual(inMemory.provenance);
    expect(inFile.grid.brick).toEqual(inMemory.grid.brick);
  });

  test("parts particles, with the error told", async () => {
    const labels = await separateParticles(mask, { approximate: true, block: 24, overlap: 24 });
    expect(await voxels(labels)).toEqual(await voxels(await separateParticles(mask)));
    expect(labels.provenance.parameters).toMatchObject({ found: { seamError: 0 }, approximate: true });
  });

  test("parts pores by SNOW, exactly where the overlap is wide enough, with the error told where it is not", async () => {
    const phases = Uint8Array.from(referencePhases(64), (phase) => Number(phase === 0));
    const pores = (brick: Shape): Volume => memoryVolume(phases, size, { role: "mask", brick });
    const exact = await voxels(await snowPartition(pores([32, 32, 32])));
    const wide = { approximate: true, block: 40, overlap: 40 } as const;
    const labels = await snowPartition(pores([20, 64, 32]), { ...wide, workers: 2 });
    expect(await voxels(labels)).toEqual(exact);
    expect(labels.provenance.parameters).toMatchObject({ ...wide, found: { markers: 69, seamError: 0 } });
    const few = await snowPartition(pores([32, 32, 32]), { approximate: true, block: 24, overlap: 4, workers: 1 });
    const found = await voxels(few);
    const wrong = found.filter((label, k) => label !== exact[k]).length / found.length;
    const { seamError } = (few.provenance.parameters as unknown as { found: { seamError: number } }).found;
    expect(wrong).toBeGreaterThan(0);
    expect(seamError / wrong).toBeGreaterThan(0.3);
    expect(seamError / wrong).toBeLessThan(3);
    await expect(snowPartition(pores([32, 32, 32]), { block: 40 })).rejects.toThrow(
      /without approximate there are no blocks/,
    );
    await expect(snowPartition(pores([32, 32, 32]), { approximate: true, block: 4 })).rejects.toThrow(
      /block \(voxels\) is 4/,
    );
    await expect(snowPeaks(pores([32, 32, 32]), { approximate: true } as object)).rejects.toThrow(/approximate/);
  });

  test("refuses what makes no blocks", async () => {
    const { distances, markers } = await marked();
    await expect(watershed(distances, markers, { block: 64 })).rejects.toThrow(
      /without approximate there are no blocks/,
    );
    await expect(watershed(distances, markers, { approximate: true, block: 8 })).rejects.toThrow(
      /block \(voxels\) is 8/,
    );
    await expect(watershed(distances, markers, { approximate: true, overlap: 200 })).rejects.toThrow(
      /overlap \(voxels\) is 200/,
    );
    await expect(watershed(distances, markers, { approximate: 1 as never })).rejects.toThrow(/approximate is 1/);
    const none = memoryVolume(new Uint8Array(64 ** 3), size, { role: "labels" });
    await expect(watershed(distances, none, { approximate: true })).rejects.toMatchObject({ code: "MissingData" });
    const negative = memoryVolume(new Int8Array(64 ** 3).fill(-3), size, { role: "labels" });
    await expect(watershed(distances, negative, { approximate: true })).rejects.toThrow(/a marker is -3/);
    const empty = memoryVolume(new Uint8Array(64 ** 3), size, { role: "mask" });
    await expect(watershed(distances, markers, { approximate: true, mask: empty })).rejects.toMatchObject({
      code: "MissingData",
    });
    await expect(watershed(distances, markers, { approximate: true, memoryLimit: 1_000_000 })).rejects.toMatchObject({
      code: "LimitExceeded",
    });
  });
});

test("SNOW refuses what no thread can address in one piece, and takes it block by block", async () => {
  const shape: Shape = [1024, 1024, 1024];
  const brick: Shape = [64, 128, 128];
  // Read, it would be nothing; whether it is read at all tells what was refused before.
  let read = 0;
  const nothing = new Uint8Array(64 * 128 * 128);
  const store: BrickStore = {
    read: async () => nothing,
    zone: () => ({ min: 0, max: 1, sum: 0, nan: 0 }),
    place: () => {
      read++;
      throw new MissingData("nothing is here");
    },
    memoryBytes: 0,
    release: () => undefined,
  };
  const huge = new Volume({ shape, dtype: "uint8", role: "mask", brick, store, provenance: trace("test", {}) });
  await expect(snowPartition(huge)).rejects.toThrow("in one piece");
  expect(read).toBe(0);
  await expect(snowPartition(huge, { approximate: true })).rejects.not.toThrow("in one piece");
  expect(read).toBeGreaterThan(0);
});
