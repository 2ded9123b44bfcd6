/** Pores and throats of a partition, against their definition, porespy's networks and closed forms. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { unknownVolume } from "#src/compute/planned.js";
import { displaySymbol, type MimeBundle } from "#src/core/display.js";
import { um } from "#src/core/length.js";
import { trace } from "#src/core/provenance.js";
import type { Shape, Triple } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { FACES } from "#src/network/faces.js";
import { numbersOf, type PoreNetwork, textsOf } from "#src/network/network.js";
import { networkDiffusion } from "#src/network/network-diffusion.js";
import { networkPermeability } from "#src/network/network-permeability.js";
import { openNetwork } from "#src/network/open-network.js";
import { poreNetwork } from "#src/network/pore-network.js";
import { saveNetwork } from "#src/network/save-network.js";
import { snowPartition } from "#src/segment/snow-partition.js";
import { distances } from "../oracle/distance.js";
import { slowNetwork } from "../oracle/network.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referencePhases } from "../support/reference-volume.js";

/** What porespy made of a mask. */
interface Made {
  shape: number[];
  bits: string;
  regions: [codes: string, labels: string];
  pores: number;
  throats: number;
  inscribed: number[];
  extended: number[];
  areas: number[];
  sums: Record<string, number>;
}

const golden = JSON.parse(readFileSync(new URL("../golden/network.json", import.meta.url), "utf8")) as {
  pore: {
    pores: Record<string, number[]> & { coords: number[][] };
    throats: Record<string, number[]> & { conns: number[][] };
  };
  discs: Made;
  balls: Made;
  sample: (Made & { exact: number[] })[];
};

const unpacked = (text: string): Uint8Array => unzlibSync(Buffer.from(text, "base64"));
const sizeOf = ({ shape }: Made): Shape => (shape.length === 2 ? [1, ...shape] : shape) as unknown as Shape;

/** The mask that porespy was given. */
function maskOf(made: Made): Volume {
  const bytes = unpacked(made.bits);
  const size = sizeOf(made);
  const voxels = Uint8Array.from(
    { length: size[0] * size[1] * size[2] },
    (_, k) => (bytes[k >> 3]! >> (7 - (k & 7))) & 1,
  );
  return memoryVolume(voxels, size, { role: "mask", brick: [Math.min(64, size[0]), 64, 64] });
}

/** The partition that porespy made: see foretold in make/network.py. */
function regionsOf(made: Made): Volume {
  const [bits, codes] = [unpacked(made.bits), unpacked(made.regions[0])];
  const labels = new Uint16Array(unpacked(made.regions[1]).slice().buffer);
  const size = sizeOf(made);
  const steps = [1, size[2], size[1] * size[2]];
  const voxels = new Uint16Array(size[0] * size[1] * size[2]);
  for (let k = 0, at = 0, next = 0; k < voxels.length; k++) {
    if (((bits[k >> 3]! >> (7 - (k & 7))) & 1) === 0) continue;
    const code = codes[at++]!;
    voxels[k] = code === 3 ? labels[next++]! : voxels[k - steps[code]!]!;
  }
  return memoryVolume(voxels, size, { role: "labels", brick: [Math.min(64, size[0]), 64, 64] });
}

const referencePhase = referencePhases(64);

const poreMask = (brick: Shape = [64, 64, 64]): Volume =>
  memoryVolume(
    Uint8Array.from(referencePhases(64), (phase) => Number(phase === 0)),
    [64, 64, 64],
    { role: "mask", brick },
  );

const values = (network: PoreNetwork): unknown =>
  [network.pores, network.throats].map((table) =>
    table.schema.fields.map(({ name }) => [
      name,
      Array.from({ length: table.numRows }, (_, k) => table.getChild(name)!.get(k)),
    ]),
  );

const distinct = (table: PoreNetwork["pores"], name: string): number[] =>
  [...new Set([...numbersOf(table, name)].map((value) => Math.round(1e4 * value) / 1e4))].sort((a, b) => a - b);

/** Blobs of labels 1 … `count` around seeded middles, walls between some of them. */
function blobs(shape: Shape, count: number, seed: number): Uint32Array {
  let state = seed;
  const random = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
  const middles = Array.from({ length: count }, () => shape.map((n) => random(n)));
  const out = new Uint32Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0; k < out.length; k++) {
    const at = [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
    const far = middles.map((middle) => Math.hypot(...middle.map((n, axis) => n - at[axis]!)));
    const least = Math.min(...far);
    if (least < 4.2 && random(40) > 0) out[k] = 7 * (1 + far.indexOf(least));
  }
  return out;
}

/** The network's figures as the definition names them. */
function expectDefinition(network: PoreNetwork, labels: Uint32Array, shape: Shape, edges: Triple): void {
  const unit = Math.min(...edges);
  const steps = edges.map((edge) => edge / unit) as unknown as Triple;
  const wall = distances(
    shape,
    Array.from(labels, (label) => label > 0),
    steps,
  );
  const { pores, throats } = slowNetwork(labels, wall, shape, steps);
  const own = pores.length;
  const close = (name: string, table: PoreNetwork["pores"], expected: readonly number[]): void => {
    const found = numbersOf(table, name);
    expect(found.length, name).toBeGreaterThanOrEqual(expected.length);
    for (const [k, value] of expected.entries()) expect(found[k], `${name} ${k}`).toBeCloseTo(value, 4);
  };
  const column = (name: string, of: (pore: (typeof pores)[number]) => number): void =>
    close(name, network.pores, pores.map(of));
  column("label", ({ label }) => label);
  column("voxels", ({ voxels }) => voxels);
  column("volume", ({ voxels }) => voxels * edges[0] * edges[1] * edges[2]);
  for (const [axis, name] of ["z", "y", "x"].entries()) column(name, ({ centroid }) => centroid[axis]! * edges[axis]!);
  column("inscribed diameter", ({ inscribed }) => 2 * inscribed * unit);
  column("extended diameter", ({ extended }) => 2 * extended * unit);
  const across = [edges[1] * edges[2], edges[0] * edges[2], edges[0] * edges[1]];
  column("surface area", ({ walls }) => walls.reduce((sum, n, axis) => sum + n * across[axis]!, 0));
  expect(textsOf(network.pores, "touches").slice(0, own)).toEqual(
    pores.map(({ touches }) => FACES.filter((_, side) => touches[side]).join(", ")),
  );
  const row = (label: number): number => pores.findIndex((pore) => pore.label === label);
  let next = own;
  expect([...numbersOf(network.throats, "pore 1")]).toEqual(throats.map(({ low }) => row(low)));
  expect([...numbersOf(network.throats, "pore 2")]).toEqual(throats.map(({ high }) => (high < 0 ? next++ : row(high))));
  expect(network.pores.numRows).toBe(next);
  close(
    "voxels",
    network.throats,
    throats.map(({ voxels }) => voxels),
  );
  close(
    "inscribed diameter",
    network.throats,
    throats.map(({ inscribed }) => 2 * inscribed * unit),
  );
  close(
    "area",
    network.throats,
    throats.map(({ signed }) => Math.hypot(...signed.map((n, axis) => n * across[axis]!))),
  );
  for (const [axis, name] of ["z", "y", "x"].entries())
    close(
      name,
      network.throats,
      throats.map(({ place }) => {
        const at = [
          Math.floor(place / (shape[1] * shape[2])),
          Math.floor(place / shape[2]) % shape[1],
          place % shape[2],
        ];
        return at[axis]! * edges[axis]!;
      }),
    );
}

describe("a pore network", () => {
  test("has the pores and throats of its definition, whatever the voxel's edges, the bricks and the workers", async () => {
    for (const [shape, edges, brick, workers] of [
      [[14, 16, 18], [1, 1, 1], [14, 16, 18], 1],
      [[14, 16, 18], [1, 1, 1], [5, 7, 6], 2],
      [[11, 13, 17], [0.5, 0.2, 0.3], [4, 13, 6], 2],
      [[1, 24, 20], [1, 1, 1], [1, 9, 7], 1],
      [[13, 12, 1], [2, 1, 1], [5, 6, 1], 2],
    ] as [Shape, Triple, Shape, number][]) {
      const labels = blobs(shape, 12, shape[0] + 3);
      const volume = memoryVolume(labels, shape, { role: "labels", brick });
      const known = edges.every((edge) => edge === 1)
        ? volume
        : volume.with({ spacing: [um(edges[0]), um(edges[1]), um(edges[2])] });
      const mask = memoryVolume(
        Uint8Array.from(labels, (label) => Number(label > 0)),
        shape,
        { role: "mask", brick, ...(known.spacing && { spacing: known.spacing }) },
      );
      expectDefinition(await poreNetwork(mask, { regions: known, workers }), labels, shape, edges);
    }
  });

  test("is that of porespy, pore by pore and throat by throat", async () => {
    const { pores, throats } = golden.pore;
    const network = await poreNetwork(poreMask([32, 40, 24]), { boundary: "none", workers: 2 });
    expect([network.pores.numRows, network.throats.numRows]).toEqual([pores.coords.length, throats.conns.length]);
    const expectColumn = (table: PoreNetwork["pores"], name: string, expected: readonly number[]): void => {
      for (const [k, value] of numbersOf(table, name).entries())
        expect(value, `${name} ${k}`).toBeCloseTo(expected[k]!, 3);
    };
    for (const [axis, name] of ["z", "y", "x"].entries())
      expectColumn(
        network.pores,
        name,
        pores.coords.map((place) => place[axis]!),
      );
    expectColumn(network.pores, "voxels", pores.voxels!);
    expectColumn(network.pores, "inscribed diameter", pores.inscribed!);
    expectColumn(network.pores, "equivalent diameter", pores.equivalent!);
    const ends = ["pore 1", "pore 2"].map((name) => numbersOf(network.throats, name));
    expect(throats.conns.map((_, k) => [ends[0]![k], ends[1]![k]])).toEqual(throats.conns);
    expectColumn(network.throats, "voxels", throats.voxels!);
    expectColumn(network.throats, "inscribed diameter", throats.inscribed!);
    expectColumn(network.throats, "perimeter", throats.perimeter!);
    expectColumn(network.throats, "total length", throats.total!);
    expectColumn(network.throats, "direct length", throats.direct!);
  });

  test("of porespy's own partitions has all of porespy's numbers", async () => {
    // Of OpenImpala's sample the one that snow2 makes by default, in chunks: 1184 pores, 2962 throats.
    for (const made of [golden.discs, golden.balls, golden.sample[0]!]) {
      const { pores, throats } = await poreNetwork(maskOf(made), { boundary: "none", regions: regionsOf(made) });
      expect([pores.numRows, throats.numRows]).toEqual([made.pores, made.throats]);
      expect(distinct(pores, "inscribed diameter").slice(0, 5)).toEqual(made.inscribed);
      expect(distinct(throats, "voxels").slice(0, 5)).toEqual(made.areas);
      const sum = (table: PoreNetwork["pores"], name: string): number =>
        numbersOf(table, name).reduce((a, b) => a + b, 0);
      expect(sum(pores, "inscribed diameter")).toBeCloseTo(made.sums["inscribed diameter"]!, 2);
      expect(sum(throats, "voxels")).toBe(made.sums.voxels);
      expect(sum(throats, "inscribed diameter")).toBeCloseTo(made.sums["throat inscribed diameter"]!, 2);
      expect(sum(throats, "total length")).toBeCloseTo(made.sums["total length"]!, 1);
    }
    expect([golden.sample[0]!.pores, golden.sample[0]!.throats]).toEqual([1184, 2962]);
  });

  test("of lattices of discs and balls has their diameters, and throats of the area of the circles they share", async () => {
    const flat = await poreNetwork(maskOf(golden.discs), { boundary: "none" });
    expect([flat.pores.numRows, flat.throats.numRows]).toEqual([golden.discs.pores, golden.discs.throats]);
    // All peaks are equally high: which disc the voxels halfway belong to is a matter of the queue, and they count for 1.
    expect(distinct(flat.pores, "inscribed diameter")).toEqual([54, 56]);
    expect(distinct(flat.pores, "extended diameter")).toEqual([60]);
    // With those at the faces, as porespy's own test of its lattice of discs has it: those that a face cuts are 33 or 34 wide there.
    const cut = await poreNetwork(maskOf(golden.discs));
    expect([...new Set(distinct(cut.pores, "extended diameter").map(Math.floor))]).toEqual([30, 34, 60]);
    // Of a plane across an axis all faces look the same way.
    expect(distinct(flat.throats, "voxels")).toEqual([21]);
    expect(distinct(flat.throats, "area")).toEqual([21]);
    const solid = await poreNetwork(maskOf(golden.balls), { boundary: "none" });
    expect([solid.pores.numRows, solid.throats.numRows]).toEqual([golden.balls.pores, golden.balls.throats]);
    expect(distinct(solid.pores, "inscribed diameter")).toEqual([28, 30]);
    expect(distinct(solid.pores, "extended diameter")).toEqual([30]);
    expect(distinct(solid.throats, "voxels")).toEqual([89]);
    expect(distinct(solid.throats, "area")).toEqual([89]);
    // The circle in which balls of radius 15 meet whose middles are 28 apart: π (15² − 14²) = 91.1.
    expect(89 / (Math.PI * 29)).toBeCloseTo(1, 1);
  });

  test("of a sample has as many pores and throats as porespy's exact partition", async () => {
    // By chunks, its default, porespy has more: it blurs beyond the wall, and takes voxels of a peak that touch at an edge for two.
    const [made] = golden.sample;
    const network = await poreNetwork(maskOf(made!), { boundary: "none" });
    expect([network.pores.numRows, network.throats.numRows]).toEqual(made!.exact);
  });

  test("is the same for any bricks and workers", async () => {
    const one = values(await poreNetwork(poreMask(), { workers: 1 }));
    for (const [brick, workers] of [
      [[17, 64, 30], 2],
      [[32, 20, 64], 4],
    ] as [Shape, number][])
      expect(values(await poreNetwork(poreMask(brick), { workers }))).toEqual(one);
  });

  test("of a partition made block by block is that of the exact one where the overlap is wide enough", async () => {
    const blocks = { approximate: true, block: 40, overlap: 40 } as const;
    const found = await poreNetwork(poreMask([32, 32, 32]), { ...blocks, workers: 2 });
    expect(values(found)).toEqual(values(await poreNetwork(poreMask())));
    expect(found.provenance.parameters).toMatchObject({ block: 40, overlap: 40, found: { seamError: 0 } });
  });

  test("has a boundary pore wherever a pore touches a face that was asked for", async () => {
    const all = await poreNetwork(poreMask());
    const some = await poreNetwork(poreMask(), { boundary: ["x high", "z low"] });
    const none = await poreNetwork(poreMask(), { boundary: "none" });
    const own = none.pores.numRows;
    const touches = textsOf(none.pores, "touches");
    const touching = (face: string): number => touches.filter((names) => names.split(", ").includes(face)).length;
    const faces = (network: PoreNetwork): string[] => textsOf(network.pores, "face").slice(own);
    expect(faces(some)).toEqual([
      ...Array(touching("z low")).fill("z low"),
      ...Array(touching("x high")).fill("x high"),
    ]);
    expect(faces(all).length).toBe(FACES.reduce((sum, face) => sum + touching(face), 0));
    const z = numbersOf(some.pores, "z");
    const x = numbersOf(some.pores, "x");
    const volume = numbersOf(some.pores, "volume");
    for (const [k, face] of textsOf(some.pores, "face").entries()) {
      // Half a voxel beyond the middle of the outermost one.
      if (face === "z low") expect(z[k]).toBe(-0.5);
      if (face === "x high") expect(x[k]).toBe(63.5);
      if (face !== "") expect(volume[k]).toBe(0);
    }
    expect(some.throats.numRows).toBe(none.throats.numRows + some.pores.numRows - own);
    expect([...numbersOf(some.pores, "coordination")].slice(0, own)).toEqual([
      ...numbersOf(none.pores, "coordination"),
    ]);
  });

  test("a plane across the grid has the area of the plane, whatever its direction", async () => {
    // Two halves of a ball, parted by a plane with the normal n.
    const size = 41;
    for (const normal of [
      [1, 0, 0],
      [1, 1, 0],
      [3, 2, 1],
      [1, 1, 1],
    ]) {
      const length = Math.hypot(...normal);
      const labels = Uint32Array.from({ length: size ** 3 }, (_, k) => {
        const at = [Math.floor(k / size ** 2) - 20, (Math.floor(k / size) % size) - 20, (k % size) - 20];
        if (Math.hypot(...at) > 18) return 0;
        return at.reduce((sum, n, axis) => sum + n * normal[axis]!, 0) / length < 0.123 ? 1 : 2;
      });
      const regions = memoryVolume(labels, [size, size, size], { role: "labels" });
      const mask = memoryVolume(
        Uint8Array.from(labels, (label) => Number(label > 0)),
        [size, size, size],
        { role: "mask" },
      );
      const { throats } = await poreNetwork(mask, { regions });
      expect(numbersOf(throats, "area")[0]! / (Math.PI * (18 ** 2 - 0.123 ** 2))).toBeCloseTo(1, 1);
    }
  });

  test("scales with the voxel, and with edges that differ", async () => {
    const small = await poreNetwork(poreMask(), { boundary: ["y low"] });
    const large = await poreNetwork(poreMask().with({ spacing: um(0.25) }), { boundary: ["y low"] });
    const scaled = (table: "pores" | "throats", name: string, factor: number): void => {
      const [a, b] = [numbersOf(small[table], name), numbersOf(large[table], name)];
      for (const [k, value] of a.entries()) expect(b[k]! / factor, `${name} ${k}`).toBeCloseTo(value, 9);
    };
    for (const name of ["z", "inscribed diameter", "equivalent diameter", "diameter"]) scaled("pores", name, 0.25);
    for (const name of ["diameter", "length 1", "length", "length 2", "total length", "perimeter"])
      scaled("throats", name, 0.25);
    scaled("pores", "volume", 0.25 ** 3);
    scaled("throats", "area", 0.25 ** 2);
    expect(large.pores.schema.fields.find(({ name }) => name === "volume")!.metadata.get("unit")).toBe("µm³");
  });

  test("conduits add up to the distance of their pores, and no throat is wider than its balls", async () => {
    for (const sizes of ["inscribed", "equivalent"] as const) {
      const { pores, throats } = await poreNetwork(poreMask(), { sizes });
      const [a, b, ball] = [numbersOf(throats, "pore 1"), numbersOf(throats, "pore 2"), numbersOf(pores, "diameter")];
      const cylinder = numbersOf(throats, "diameter");
      const parts = ["length 1", "length", "length 2"].map((name) => numbersOf(throats, name));
      for (const [k, direct] of numbersOf(throats, "direct length").entries()) {
        expect(parts[0]![k]! + parts[1]![k]! + parts[2]![k]!).toBeCloseTo(direct, 9);
        expect(Math.min(...parts.map((part) => part[k]!))).toBeGreaterThanOrEqual(0);
        expect(cylinder[k]).toBeLessThanOrEqual(Math.min(ball[a[k]!]!, ball[b[k]!]!));
      }
    }
  });

  test("of a phase, a region and a mask is that of what they leave", async () => {
    const phases = memoryVolume(referencePhases(64), [64, 64, 64], { role: "labels" });
    const region = { start: [0, 8, 16], stop: [40, 64, 60] } as const;
    const inside = memoryVolume(
      Uint8Array.from({ length: 64 ** 3 }, (_, k) => Number(k % 64 < 50)),
      [64, 64, 64],
      { role: "mask" },
    );
    const found = await poreNetwork(phases, { phase: 0, region, mask: inside });
    const cut = Uint8Array.from({ length: 40 * 56 * 44 }, (_, k) => {
      const [z, y, x] = [Math.floor(k / (56 * 44)), (Math.floor(k / 44) % 56) + 8, (k % 44) + 16];
      return Number(referencePhase[(z * 64 + y) * 64 + x] === 0 && x < 50);
    });
    expect(values(found)).toEqual(values(await poreNetwork(memoryVolume(cut, [40, 56, 44], { role: "mask" }))));
    // What the mask leaves out counts in no porosity, and carries nothing away from the effective diffusivity.
    const sample = (50 - 16) / (60 - 16);
    expect(found.porosity).toBeCloseTo(cut.reduce((sum, one) => sum + one, 0) / cut.length / sample, 12);
    expect(found.sampleFraction).toBeCloseTo(sample, 12);
    const marked = Uint8Array.from(referencePhase, (label, k) => (k % 64 < 50 ? label : 255));
    const outside = await poreNetwork(memoryVolume(marked, [64, 64, 64], { role: "labels" }), { phase: 0, region });
    expect(values(outside)).toEqual(values(found));
    expect(outside.porosity).toBe(found.porosity);
    const whole = await poreNetwork(memoryVolume(cut, [40, 56, 44], { role: "mask" }));
    const figures = async (of: PoreNetwork, name: string) =>
      [...(await networkDiffusion(of)).getChild(name)!].map(Number);
    expect(await figures(found, "tortuosityFactor")).toEqual(
      (await figures(whole, "tortuosityFactor")).map((k) => expect.closeTo(k, 9)),
    );
    expect(await figures(found, "relative diffusivity")).toEqual(
      (await figures(whole, "relative diffusivity")).map((d) => expect.closeTo(d / sample, 9)),
    );
    const permeability = async (of: PoreNetwork) =>
      Number((await networkPermeability(of)).getChild("permeability")!.get(0));
    expect((await permeability(found)) * sample).toBeCloseTo(await permeability(whole), 9);
    const folder = await mkdtemp(join(tmpdir(), "network-"));
    try {
      await saveNetwork(found, join(folder, "sample.json"));
      expect((await openNetwork(join(folder, "sample.json"))).sampleFraction).toBe(found.sampleFraction);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(found.shape).toEqual([40, 56, 44]);
  });

  test("shows itself, with its units and its provenance", async () => {
    const network = await poreNetwork(poreMask().with({ spacing: um(0.5) }));
    expect(String(network)).toMatch(
      /^PoreNetwork of 69 pores, \d+ boundary pores and \d+ throats in 32 µm × 32 µm × 32 µm$/,
    );
    const shown = network[displaySymbol]() as MimeBundle;
    expect(shown["text/html"]).toMatch(/inscribed diameter \(µm\)/);
    expect(shown["text/plain"]).toMatch(/… \d+ rows/);
    expect(network.provenance).toMatchObject({
      operation: "poreNetwork",
      parameters: { sizes: "inscribed", radius: 4 },
    });
    expect(JSON.parse(network.throats.schema.metadata.get("provenance")!)).toEqual(network.provenance);
  });

  test("of one voxel, or of a phase without peaks, is answered clearly, as are other things that make none", async () => {
    const none = memoryVolume(new Uint8Array(27), [3, 3, 3], { role: "mask" });
    const all = memoryVolume(new Uint8Array(27).fill(1), [3, 3, 3], { role: "mask" });
    const mask = poreMask();
    await expect(poreNetwork(none)).rejects.toMatchObject({ code: "MissingData" });
    await expect(poreNetwork(all)).rejects.toThrow(/there is no wall/);
    const speck = memoryVolume(
      Uint8Array.from({ length: 125 }, (_, k) => Number(k === 62)),
      [5, 5, 5],
      { role: "mask" },
    );
    await expect(poreNetwork(speck)).rejects.toThrow(/no peak of the distance is left/);
    const one = await poreNetwork(speck, { regions: speck.with({ role: "labels" }) });
    expect([one.pores.numRows, one.throats.numRows]).toEqual([1, 0]);
    expect(one.toString()).toBe("PoreNetwork of 1 pores and 0 throats in 5 × 5 × 5 voxels");
    expect(one[displaySymbol]()["text/plain"]).toMatch(/1 pores/);
    await expect(poreNetwork(mask, { radus: 3 } as object)).rejects.toThrow(/radus/);
    await expect(poreNetwork(mask, { phase: 3 })).rejects.toThrow(/no phases/);
    await expect(poreNetwork(mask, { boundary: ["top"] as never })).rejects.toThrow(/no face "top"/);
    await expect(poreNetwork(mask, { boundary: true as never })).rejects.toThrow(/boundary is true/);
    await expect(poreNetwork(mask, { sizes: "area" as never })).rejects.toThrow(/"inscribed" and "equivalent"/);
    await expect(poreNetwork(mask, { regions: mask, radius: 3 })).rejects.toThrow(/radius is 3, but regions are given/);
    await expect(poreNetwork(mask, { regions: none })).rejects.toThrow(/regions has the shape 3 × 3 × 3/);
    const phases = memoryVolume(referencePhases(64), [64, 64, 64], { role: "labels" });
    await expect(poreNetwork(phases)).rejects.toThrow(/say which phase/);
    await expect(poreNetwork(phases, { phase: 9 })).rejects.toMatchObject({ code: "MissingData" });
  });

  test("of more voxels than a thread can address is refused before anything runs, with what to do", async () => {
    const facts = { dtype: "uint8", role: "mask", provenance: trace("large", {}), brick: [64, 64, 64] } as const;
    const volume = unknownVolume({ ...facts, shape: [1024, 1024, 1024] });
    const refused = await poreNetwork(volume).catch((error) => error);
    expect(refused.code).toBe("LimitExceeded");
    expect(refused.message).toMatch(/^poreNetwork: 1024 × 1024 × 1024 voxels need .* `approximate: true`/);
    await expect(snowPartition(volume)).rejects.toThrow(/^snowPartition: 1024 .* approximate/);
  });

  test("claims its memory, and stops", async () => {
    await expect(poreNetwork(poreMask(), { memoryLimit: 100_000 })).rejects.toMatchObject({ code: "LimitExceeded" });
    const stop = new AbortController();
    const onProgress = ({ operation }: { operation: string }): void => {
      if (operation === "networkOfBrick") stop.abort(new Error("enough"));
    };
    await expect(poreNetwork(poreMask([16, 64, 64]), { signal: stop.signal, onProgress })).rejects.toThrow("enough");
  });
});
