import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as voxbook from "#src/index.js";
import {
  crop,
  gaussian,
  median,
  memory,
  nonLocalMeans,
  open,
  type Pipeline,
  type Progress,
  pipeline,
  recipe,
  save,
  threshold,
  trainForest,
  um,
  type Volume,
} from "#src/index.js";
import { STEPS, WITHOUT_MASK } from "#src/recipes/steps.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const file = testFolder();
const shape = [20, 31, 50] as const;
const scan = memoryVolume(randomVoxels("uint8", 20 * 31 * 50, 7), shape, {
  brick: [8, 16, 16],
  spacing: [1e-6, 1e-6, 1e-6],
});
const mask = memoryVolume(new Uint8Array(20 * 31 * 50).fill(1, 5000), shape, { role: "mask", brick: [8, 16, 16] });
const clean = pipeline(
  [median, { radius: um(1.2) }],
  [gaussian, { sigma: 0.8 }],
  [threshold, 120, { names: ["pore", "solid"] }],
);

async function oneByOne(volume: Volume, options: object = {}): Promise<Volume> {
  const a = await median(volume, { radius: um(1.2), ...options });
  const b = await gaussian(a, { sigma: 0.8, ...options });
  return threshold(b, 120, { names: ["pore", "solid"], ...options });
}

const rows = (table: { toArray(): { toJSON(): unknown }[] }): unknown[] => table.toArray().map((row) => row.toJSON());

test("a pipeline gives the bytes, the provenance and the phases of its functions one after the other", async () => {
  const [one, other] = [await clean.run(scan), await oneByOne(scan)];
  expect(await one.read()).toEqual(await other.read());
  expect([one.provenance, one.phases, one.role, one.spacing]).toEqual([
    other.provenance,
    other.phases,
    other.role,
    other.spacing,
  ]);
});

test("with a region it gives that region of the whole result, and with a mask what each function gives with it", async () => {
  const region = { start: [3, 0, 17], stop: [9, 31, 40] } as const;
  const part = await clean.run(scan, { region });
  const cut = await crop(await oneByOne(scan), region);
  expect(await part.read()).toEqual(await cut.read());
  expect([part.provenance, part.origin]).toEqual([cut.provenance, cut.origin]);
  const mask = memoryVolume(
    randomVoxels("uint8", 20 * 31 * 50, 3).map((value) => value & 1),
    shape,
    { role: "mask" },
  );
  expect(await (await clean.run(scan, { mask })).read()).toEqual(await (await oneByOne(scan, { mask })).read());
});

test("a lazy result computes what is looked at, with the values of the whole one", async () => {
  const lazy = await clean.lazy(scan);
  const whole = await clean.run(scan);
  expect([lazy.shape, lazy.dtype, lazy.role, lazy.phases, lazy.spacing]).toEqual([
    whole.shape,
    whole.dtype,
    whole.role,
    whole.phases,
    whole.spacing,
  ]);
  const before = memory().numRows;
  for (const [axis, index] of [
    ["z", 0],
    ["z", 11],
    ["y", 30],
    ["x", 24],
  ] as const)
    expect(await lazy.plane(axis, index)).toEqual(await whole.plane(axis, index));
  expect(await lazy.at(3, 4, 5)).toBe(await whole.at(3, 4, 5));
  expect(memory().numRows).toBe(before);
  expect(lazy.range).toEqual(scan.range);
  await expect(pipeline(median, nonLocalMeans).lazy(scan)).rejects.toMatchObject({ code: "UnsupportedFeature" });
  expect((await pipeline(median, [nonLocalMeans, { noise: 5 }]).lazy(scan)).dtype).toBe("uint8");
});

test("a lazy result under another voxel size or names of phases is lazy, too", async () => {
  const lazy = (await clean.lazy(scan)).with({ spacing: um(2), phaseNames: ["hole", "matter"] });
  const whole = (await clean.run(scan)).with({ spacing: um(2), phaseNames: ["hole", "matter"] });
  const before = memory().numRows;
  expect([lazy.spacing, lazy.phases, lazy.provenance]).toEqual([whole.spacing, whole.phases, whole.provenance]);
  expect(await lazy.plane("y", 7)).toEqual(await whole.plane("y", 7));
  expect([memory().numRows, lazy.range, lazy.store.memoryBytes]).toEqual([before, scan.range, 0]);
  // A function only plans on it, with the facts that it has now.
  const planned = await median(lazy, { radius: um(2) });
  expect([planned.spacing, planned.store.memoryBytes]).toEqual([[2e-6, 2e-6, 2e-6], 0]);
  expect(() => lazy.with({ sizes: 1 } as object)).toThrow("with has no option `sizes`");
});

test("known phases of a simulated scan stay with the result and are cut with it", async () => {
  const truth = memoryVolume(randomVoxels("uint8", 20 * 31 * 50, 9), shape, { role: "labels" });
  const known = memoryVolume(randomVoxels("uint8", 20 * 31 * 50, 7), shape, { truth });
  const region = { start: [1, 2, 3], stop: [11, 12, 13] } as const;
  expect((await pipeline(median).run(known)).truth).toBe(truth);
  expect(await (await pipeline(median).run(known, { region })).truth!.read()).toEqual(await truth.read(region));
});

test("no volume is left but the result", async () => {
  const before = memory().numRows;
  const result = await clean.run(scan);
  expect(memory().numRows).toBe(before + 1);
  voxbook.release(result);
});

test("explain names the passes, and why steps are apart", async () => {
  // A threshold looks at single voxels: nothing has to be computed twice for it.
  expect(rows(await pipeline(gaussian, [threshold, 120]).explain(scan))).toMatchObject([
    { steps: "gaussian → threshold", bricks: 3 * 2 * 4, "why apart": "" },
  ]);
  // Halos of 40 voxels around bricks of 16 would be computed some hundred times.
  const wide = await pipeline([median, { radius: 2 }], [gaussian, { sigma: 10 }]).explain(scan);
  const [first, second] = rows(wide) as { steps: string; "why apart": string }[];
  expect([first!.steps, second!.steps]).toEqual(["median", "gaussian"]);
  expect(second!["why apart"]).toMatch(/^for the halos \d+ % more would be computed/);
  const small = await pipeline([median, { radius: 2 }], [median, { radius: 1 }]).explain(scan, { memoryLimit: 20_000 });
  expect((rows(small) as { "why apart": string }[])[1]!["why apart"]).toMatch(/would take .*KiB, more than 19\.5 KiB/);
});

test("a chain that is cut gives the same bytes, in memory and in a file, and leaves no intermediate file", async () => {
  const wide = pipeline([median, { radius: 2 }], [gaussian, { sigma: 6 }], [threshold, 120]);
  expect((await wide.explain(scan)).numRows).toBeGreaterThan(1);
  const expected = await threshold(await gaussian(await median(scan, { radius: 2 }), { sigma: 6 }), 120);
  expect(await (await wide.run(scan)).read()).toEqual(await expected.read());
  const to = file("cut.arrow");
  expect(await (await wide.run(scan, { to })).read()).toEqual(await expected.read());
  expect(readdirSync(file("."), { encoding: "utf8" }).filter((name) => name.startsWith("cut"))).toEqual(["cut.arrow"]);
  // The finished result is there: nothing is computed again.
  let steps = 0;
  await wide.run(scan, { to, onProgress: () => steps++ });
  expect(steps).toBe(0);
});

test("a chain that was stopped in any of its passes goes on, and takes those that were complete as they are", async () => {
  const wide = pipeline([median, { radius: 2 }], [gaussian, { sigma: 6 }], [threshold, 120]);
  const expected = await (await wide.run(scan)).read();
  const to = file("stopped.arrow");
  const stoppedAt = async (pass: string, brick: number): Promise<void> => {
    const controller = new AbortController();
    const onProgress = ({ operation, done }: Progress): void => {
      if (operation.startsWith(pass) && done === brick) controller.abort(new Error("enough"));
    };
    await expect(wide.run(scan, { to, workers: 1, signal: controller.signal, onProgress })).rejects.toThrow("enough");
  };
  await stoppedAt("median", 5);
  const other = pipeline([median, { radius: 1 }], [gaussian, { sigma: 6 }], [threshold, 120]);
  await expect(other.run(scan, { to })).rejects.toThrow(/unfinished result of another run: its steps is/);
  await stoppedAt("gaussian", 3);
  const first = new Map<string, number>();
  await wide.run(scan, { to, onProgress: ({ operation, done }) => first.set(operation, first.get(operation) ?? done) });
  // The median was complete: its file was taken as it was.
  expect([...first.keys()].map((name) => name.split(" ")[0])).toEqual(["gaussian"]);
  expect(await (await open(to)).read()).toEqual(expected);
  expect(readdirSync(file("."), { encoding: "utf8" }).filter((name) => name.startsWith("stopped"))).toEqual([
    "stopped.arrow",
  ]);
});

test("a recipe is plain JSON, and what is read from it gives the same bytes and the same recipe", async () => {
  const path = file("clean.json");
  await clean.save(path);
  const text = readFileSync(path, "utf8");
  expect(JSON.parse(text)).toEqual({
    format: "voxbook.recipe",
    version: 1,
    voxbook: "0.1.0",
    steps: [
      { function: "median", arguments: [{ radius: { metres: 1.2e-6 } }] },
      { function: "gaussian", arguments: [{ sigma: 0.8 }] },
      { function: "threshold", arguments: [120, { names: ["pore", "solid"] }] },
    ],
  });
  const again = await recipe(path);
  expect(JSON.stringify(again)).toBe(JSON.stringify(clean));
  expect(await (await again.run(scan)).read()).toEqual(await (await clean.run(scan)).read());
  expect((await recipe(clean.recipe)).toString()).toBe("median → gaussian → threshold");
});

test("a pipeline runs on a path, and on each scan of a folder; a damaged scan loses no other", async () => {
  const scans = file("scans");
  const { mkdirSync } = await import("node:fs");
  mkdirSync(scans);
  await save(scan, `${scans}/a1.arrow`);
  await save(scan.with({ spacing: um(0.6) }), `${scans}/a10.tif`);
  writeFileSync(`${scans}/a2.tif`, "no image");
  writeFileSync(`${scans}/notes.txt`, "not a scan");
  const to = file("results");
  const table = await clean.runAll(scans, to);
  expect(rows(table)).toMatchObject([
    { scan: "a1.arrow", result: expect.stringContaining("a1.arrow"), error: "" },
    { scan: "a2.tif", result: "", error: expect.stringContaining("a2.tif") },
    { scan: "a10.tif", result: expect.stringContaining("a10.arrow"), error: "" },
  ]);
  expect(readdirSync(to).sort()).toEqual(["a1.arrow", "a10.arrow"]);
  const alone = await clean.run(`${scans}/a10.tif`);
  expect(await (await open(`${to}/a10.arrow`)).read()).toEqual(await alone.read());
  await expect(clean.runAll(scans, scans)).rejects.toThrow("cannot lie in the folder of the scans");
  await expect(clean.runAll(file("nowhere"), to)).rejects.toMatchObject({ code: "MissingData" });
});

test("every function that makes a volume of a volume can be a step, and no other", () => {
  const notSteps = [
    "histogram",
    "otsu",
    "multiOtsu",
    "gaussianMixture",
    "isodata",
    "kMeans",
    "kapur",
    "li",
    "minimumThreshold",
    "thresholdsFromReferences",
    "triangle",
    "valleys",
    "yen",
    "markovEnergy",
    "separability",
    "modes",
    "phaseFractions",
    "interfaceAreas",
    "sensitivity",
    "thresholdRanges",
    "cracks",
    "delamination",
    "geodesicTortuosity",
    "labelSurface",
    "saveSurface",
    "skeletonBranches",
    "compareLabels",
    "compareMethods",
    "labelStatistics",
    "surfaceDistances",
    "estimate",
    "features",
    "noiseLevel",
    "trainForest",
    "conversionLoss",
    "calibrate",
    "fourierShellCorrelation",
    "quality",
    "filterReport",
    "phasePicture",
    "centreOfRotation",
    "radialProfile",
    "samplingCheck",
    "sliceProfile",
    "streakMap",
    "transmissionCheck",
    "chordLengths",
    "contactAreas",
    "effectiveConductivity",
    "effectiveTensor",
    "electrodeImpedance",
    "electrodeTortuosity",
    "eulerNumber",
    "fluxMaps",
    "layerThickness",
    "localThickness",
    "medialAxis",
    "particles",
    "percolation",
    "phaseProfile",
    "poreNetwork",
    "poreSizeDistribution",
    "porosimetry",
    "radialGreyProfile",
    "representativeVolume",
    "surfaceArea",
    "surfaceResolution",
    "thicknessMap",
    "tortuosity",
    "triplePhaseBoundary",
    "twoPointCorrelation",
    "twoPointMap",
  ];
  // They begin with several volumes, lay one on the grid of another, or turn projections into slices.
  const geometry = [
    "applyTransform",
    "combine",
    "filteredBackProjection",
    "flatField",
    "forwardProjection",
    "fromSinograms",
    "openProjections",
    "geodesicContour",
    "growRegion",
    "reconstruction",
    "removeRim",
    "watershed",
  ];
  const others = [
    "Volume",
    "fromArrow",
    "fromColumns",
    "selectColumns",
    "fromVoxels",
    "isVoxbookError",
    "lines",
    "memory",
    "mm",
    "nm",
    "um",
    "open",
    "openForest",
    "pipeline",
    "provenance",
    "recipe",
    "release",
    "save",
    "toArrow",
    "samples",
    // Of series, samples, budgets and cells.
    "cellParameters",
    "measureSamples",
    "quasi4D",
    "series",
    "stateTable",
    "trackParticles",
    "uncertaintyBudget",
    // Of networks, tables, landmarks and two volumes.
    "Transform",
    "landmarkTransform",
    "networkDiffusion",
    "networkPath",
    "networkPermeability",
    "networkStatistics",
    "openNetwork",
    "saveNetwork",
    "trimNetwork",
    "saltykov",
    "sizeDistribution",
    "volumeExpansion",
  ];
  const names = Object.entries(voxbook)
    .filter(
      ([name, value]) =>
        typeof value === "function" && !/^[A-Z]/.test(name) && ![...notSteps, ...geometry, ...others].includes(name),
    )
    .map(([name]) => name);
  expect(Object.keys(STEPS).sort()).toEqual(names.sort());
  for (const name of names) expect(STEPS[name]).toBe((voxbook as Record<string, unknown>)[name]);
});

const painted = Uint8Array.from({ length: 20 * 31 * 50 }, (_, k) => (k % 40 === 0 ? (k / 40) % 3 : 255));
const scribbles = memoryVolume(painted, shape, { role: "labels", brick: [8, 16, 16] });
const forest = (await trainForest(scan, scribbles, { trees: 3, sigmas: [1] })).toJSON();
/** What the steps need to do something. */
const REST: Record<string, unknown[]> = {
  crop: [{ start: [1, 2, 3], stop: [18, 30, 44] }],
  cropToLabel: [1],
  labelMask: [[0, 255]],
  relabel: ["size"],
  threshold: [120],
  percentile: [20],
  predictForest: [forest],
  affineTransform: [
    [
      [1, 0, 0],
      [0, 0.9, 0.1],
      [0, -0.1, 0.9],
    ],
  ],
  clip: [20, 200],
  convert: ["uint16"],
  downsample: [2],
  hMaxima: [20],
  hMinima: [20],
  hysteresisThreshold: [90, 160],
  removeSmall: [4],
  rotate: [15],
};
const OPTIONS: Record<string, object> = {
  chanVese: { iterations: 5 },
  resample: { scale: 0.5 },
  correctZernike: { cutoff: 0.05, iterations: 3 },
  paganin: { distance: um(500), energy: 20, deltaOverBeta: 100 },
  reduceStreaks: { dense: 200, angles: 10 },
  removeStripes: { size: 5, largeSize: 9 },
};
const ON_PROJECTIONS = new Set(["absorbance", "correctZernike", "paganin", "removeStripes"]);
/** Pieces of all sizes, with holes. */
const specks = memoryVolume(
  Uint8Array.from({ length: 20 * 31 * 50 }, (_, k) => ((Math.imul(k, 0x9e3779b1) >>> 16) % 10 < 4 ? 1 : 0)),
  shape,
  { role: "mask", brick: [8, 16, 16] },
);
const ON_MASKS = new Set([
  "components",
  "cropToLabel",
  "distanceTransform",
  "fillHoles",
  "keepLargest",
  "majority",
  "removeSmall",
  "separateParticles",
  "skeleton",
  "smoothLabels",
]);
const ON_LABELS = new Set(["relabel"]);
/** Balls with necks. */
const lumps = memoryVolume(
  Uint8Array.from({ length: 20 * 31 * 50 }, (_, k) =>
    Number(Math.hypot(Math.floor(k / 1550) - 10, (Math.floor(k / 50) % 31) - 15, ((k % 50) % 17) - 8) < 8.8),
  ),
  shape,
  { role: "mask", brick: [8, 16, 16] },
);

function inputOf(name: string): Volume {
  if (ON_PROJECTIONS.has(name)) return scan.with({ role: "projections" });
  if (ON_LABELS.has(name)) return specks.with({ role: "labels" });
  if (name.startsWith("snow")) return lumps;
  return ON_MASKS.has(name) ? specks : scan;
}

test.for(Object.entries(STEPS))("%s takes `to` and gives the bytes that it gives without", async ([name, step]) => {
  const call = step as (volume: Volume, ...rest: unknown[]) => Promise<Volume>;
  const rest = REST[name] ?? [];
  const on = inputOf(name);
  const inMemory = await call(on, ...rest, { ...OPTIONS[name] });
  const inFile = await call(on, ...rest, { ...OPTIONS[name], to: file(`${name}.arrow`) });
  expect(inFile.store.memoryBytes).toBe(0);
  expect(await inFile.read()).toEqual(await inMemory.read());
  expect(inFile.provenance).toEqual(inMemory.provenance);
  expect(await (await open(file(`${name}.arrow`))).read()).toEqual(await inMemory.read());
});

test("every step finds its own options and those of the run, and takes a mask or says that it takes none", async () => {
  for (const [name, step] of Object.entries(STEPS)) {
    const on = inputOf(name);
    const chain = (more: object): Pipeline =>
      pipeline([step, ...(REST[name] ?? []), { ...OPTIONS[name], ...more }] as never) as Pipeline;
    await expect(chain({}).run(on, { workers: 0 })).rejects.toThrow("workers is 0");
    await expect(chain({ nonsense: 1 }).run(on)).rejects.toThrow("has no option `nonsense`");
    const masked = chain({}).explain(on, { mask });
    if (WITHOUT_MASK.has(name))
      await expect(masked).rejects.toThrow(`\`mask\` has no meaning for step 1 of the pipeline, ${name}`);
    else expect((await masked).numRows).toBeGreaterThan(0);
  }
});

test("steps that are no functions of the library, or have arguments that no file can hold, are refused by number", async () => {
  expect(() => pipeline()).toThrow("at least one step");
  const own = async (volume: Volume): Promise<Volume> => volume;
  expect(() => pipeline(median, own)).toThrow(/step 2 of the pipeline is own; allowed are .*median/);
  const wrong =
    (step: unknown): (() => unknown) =>
    () =>
      pipeline(step as typeof median);
  expect(wrong([median, { mask: scan }])).toThrow("step 1 of the pipeline, median, has an option `mask`");
  expect(wrong([median, { radius: Number.NaN }])).toThrow("no plain values");
  expect(wrong([median, { radius: 1 }, 2])).toThrow("has 2 arguments; it takes 1");
  await expect(clean.run(scan, { sigma: 1 } as object)).rejects.toThrow("run has no option `sigma`");
  await expect(pipeline([median, { radius: 99 }]).run(scan)).rejects.toThrow("radius (voxels) is 99");
  // @ts-expect-error the compiler knows the options of each function
  await expect(pipeline([median, { raduis: 1 }]).run(scan)).rejects.toThrow("did you mean `radius`");
});

test("recipe files that are damaged, of another kind or hostile are refused with what is wrong", async () => {
  const bad = async (content: unknown): Promise<string> => {
    const path = file("bad.json", typeof content === "string" ? content : JSON.stringify(content));
    return recipe(path).then(
      () => "read",
      (error: Error) => `${(error as { code?: string }).code}: ${error.message}`,
    );
  };
  const good = clean.recipe;
  expect(await bad(good)).toBe("read");
  expect(await bad("{")).toMatch(/^MalformedFile: bad\.json is no recipe/);
  expect(await bad("null")).toMatch(/^UnsupportedFeature/);
  expect(await bad({ ...good, version: 2 })).toMatch(/^UnsupportedFeature: bad\.json is a recipe of version 2/);
  expect(await bad({ ...good, steps: [] })).toMatch(/^MalformedFile/);
  expect(await bad({ ...good, steps: [null] })).toMatch(/^MalformedFile: bad\.json: step 1 needs/);
  expect(await bad({ ...good, steps: [{ function: "constructor", arguments: [] }] })).toMatch(/^UnsupportedFeature/);
  expect(await bad({ ...good, steps: [{ function: "medain", arguments: [] }] })).toContain("did you mean `median`?");
  expect(await bad({ ...good, steps: [{ function: "median", arguments: [{ to: "/etc/x.arrow" }] }] })).toContain(
    "has an option `to`",
  );
  await expect(recipe(file("missing.json"))).rejects.toMatchObject({ code: "MissingData" });
  await expect(clean.save(file("clean.txt"))).rejects.toMatchObject({ code: "InvalidArgument" });
});
