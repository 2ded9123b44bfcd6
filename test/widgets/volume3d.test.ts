/** The kernel half of the 3D view: levels against slow means, budgets, surfaces in parts, hostile messages. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { displaySymbol } from "#src/core/display.js";
import type { Region } from "#src/core/shape.js";
import { labelSurface, open, release, save, threshold, type Volume } from "#src/index.js";
import { electrode } from "#src/simulate/electrode.js";
import { volume3d } from "#widgets/model/index.js";
import { coarse, glance } from "#widgets/model/volume3d/coarse.js";
import { blocks, greyByte, labelByte, levelFor, levelOf, partOf } from "#widgets/model/volume3d/levels.js";
import type { Volume3d } from "#widgets/model/volume3d/volume3d-view.js";
import type { Display3d } from "#widgets/protocol/volume3d.js";
import { MAX_PART_BYTES } from "#widgets/protocol.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());
const folder = mkdtempSync(join(tmpdir(), "voxbook-space-"));
afterAll(() => rmSync(folder, { recursive: true }));

const small = () => electrode({ shape: [12, 40, 48] });
const numbered = (shape: [number, number, number], brick: [number, number, number]) =>
  memoryVolume(
    Uint16Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) => (k * 7919) % 1000),
    shape,
    { brick },
  );

/** Means of blocks, voxel by voxel. */
async function slowMeans(volume: Volume, step: readonly [number, number, number]): Promise<number[]> {
  const all = await volume.read();
  const [depth, rows, columns] = volume.shape;
  const size = volume.shape.map((n, k) => Math.ceil(n / step[k]!)) as [number, number, number];
  const sums = new Array<number>(size[0] * size[1] * size[2]).fill(0);
  const counts = [...sums];
  for (let z = 0, at = 0; z < depth; z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++, at++) {
        const to = (Math.floor(z / step[0]) * size[1] + Math.floor(y / step[1])) * size[2] + Math.floor(x / step[2]);
        sums[to]! += all[at]!;
        counts[to]!++;
      }
  return sums.map((sum, k) => sum / counts[k]!);
}

describe("a level", () => {
  test.each([
    [[1024, 1024, 1024], undefined, 512 << 20, 2048, [2, 2, 2]],
    [[1024, 1024, 1024], undefined, 64 ** 3, 2048, [16, 16, 16]],
    [[256, 256, 256], undefined, 512 << 20, 2048, [1, 1, 1]],
    [[64, 4096, 100], undefined, 512 << 20, 2048, [1, 2, 1]],
    [[100, 200, 200], [4, 1, 1], 2e6, 2048, [1, 2, 2]],
    [[1, 5000, 5000], undefined, 1e6, 2048, [1, 8, 8]],
  ] as const)(
    "of %j with voxels %j in %d bytes, edges of %d, has the steps %j",
    (shape, spacing, budget, edge, step) => {
      const level = levelFor({ shape, spacing }, budget, edge);
      expect(level.step).toEqual(step);
      expect(level.shape[0] * level.shape[1] * level.shape[2]).toBeLessThanOrEqual(budget);
      expect(Math.max(...level.shape)).toBeLessThanOrEqual(edge);
    },
  );

  test("holds means of its blocks, smaller ones at the far faces, in any parts", async () => {
    const volume = numbered([11, 13, 17], [4, 5, 6]);
    const level = levelOf(volume.shape, [2, 4, 3]);
    const wanted = (await slowMeans(volume, [2, 4, 3])).map(greyByte([100, 900]));
    expect([...(await blocks(volume, level, [0, 0], [6, 4], greyByte([100, 900]), false))]).toEqual(wanted);
    const row = await blocks(volume, level, [3, 1], [5, 3], greyByte([100, 900]), false);
    const cut = [3, 4].flatMap((z) => [1, 2].flatMap((y) => wanted.slice((z * 4 + y) * 6, (z * 4 + y + 1) * 6)));
    expect([...row]).toEqual(cut);
  });

  test("of labels holds voxels, not means, and no label becomes background", async () => {
    const values = Uint16Array.from({ length: 8 * 8 * 8 }, (_, k) => k);
    const volume = memoryVolume(values, [8, 8, 8], { role: "labels" });
    const found = await blocks(volume, levelOf([8, 8, 8], [2, 2, 2]), [0, 0], [4, 4], labelByte, true);
    // The voxel in the middle of the first block is 1, 1, 1.
    expect(found[0]).toBe(73);
    expect([labelByte(0), labelByte(1), labelByte(255), labelByte(256), labelByte(510), labelByte(-3)]).toEqual([
      0, 1, 255, 1, 255, 0,
    ]);
  });

  test("comes in parts of whole bricks, at most 1 MiB", async () => {
    const volume = memoryVolume(new Uint8Array(64 * 64 * 64), [64, 64, 64], { brick: [16, 16, 16] });
    expect(partOf(volume, levelOf(volume.shape, [2, 2, 2]))).toEqual([8, 32]);
    const long = { ...volume, shape: [512, 2048, 2048], grid: { brick: [64, 64, 64] }, dtype: "uint16" } as never;
    const [planes, rows] = partOf(long, levelOf([512, 2048, 2048], [1, 1, 1]));
    expect(planes * rows * 2048).toBeLessThanOrEqual(MAX_PART_BYTES);
    expect(planes).toBe(64);
  });
});

test("the coarse level of a file reads single planes of it and comes near to the means of all", async () => {
  // Smooth enough for a few planes to stand for all.
  const shape = [208, 224, 208] as const;
  const values = new Uint16Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0, at = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[2]; x++, at++)
        values[at] = 500 + 400 * Math.sin(z / 40) * Math.cos(y / 50) * Math.sin(x / 60 + 1);
  const path = join(folder, "smooth.arrow");
  await save(memoryVolume(values, [...shape], { brick: [64, 64, 64] }), path);
  const volume = await open(path);
  // The means of whole bricks are there without a read.
  const first = glance(volume, greyByte([0, 1000]), false)!;
  expect(first.level).toEqual({ shape: [4, 4, 4], step: [64, 64, 64] });
  expect([...first.values]).toEqual((await slowMeans(volume, [64, 64, 64])).map(greyByte([0, 1000])));
  expect(glance(volume, labelByte, true)).toBeUndefined();
  const { level, values: found } = await coarse(volume, greyByte([0, 1000]), false);
  expect(level.shape[0] * level.shape[1] * level.shape[2]).toBeLessThanOrEqual(64 ** 3);
  const wanted = (await slowMeans(volume, [...level.step] as [number, number, number])).map(greyByte([0, 1000]));
  let most = 0;
  for (let k = 0; k < wanted.length; k++) most = Math.max(most, Math.abs(found[k]! - wanted[k]!));
  expect(found.length).toBe(wanted.length);
  expect(most).toBeLessThanOrEqual(6);
  release(volume);
});

describe("a view in space", () => {
  const answers = (model: Opened, id: number) =>
    model.sent.filter(({ data }) => (data.content as Record<string, Json> | undefined)?.id === id);
  async function ask(
    model: Opened,
    question: Record<string, Json>,
  ): Promise<{ content: Record<string, Json>; bytes: Uint8Array }> {
    const id = 5000 + model.sent.length;
    model.say(custom({ ...question, id }));
    await expect.poll(() => answers(model, id).length, { timeout: 10_000 }).toBe(1);
    const [one] = answers(model, id);
    return { content: one!.data.content as Record<string, Json>, bytes: one!.buffers[0] ?? new Uint8Array() };
  }

  test("has a small state, gives levels and blocks, and refuses what is over its budget", async () => {
    const scan = await small();
    const view = await volume3d({ Init: scan, D1: scan }, { mode: "mip", thresholds: [24000, 31000] });
    const model = page.model("Volume3dModel");
    expect(JSON.stringify(model.state).length).toBeLessThanOrEqual(1024);
    const { content, bytes } = await ask(model, { kind: "levels", volume: 1, budget: 12 * 40 * 48, edge: 2048 });
    expect(content).toMatchObject({ coarse: { shape: [12, 40, 48] }, sharp: { shape: [12, 40, 48], step: [1, 1, 1] } });
    const all = await scan.read();
    expect([...bytes]).toEqual([...all].map(greyByte(content.scale as [number, number])));
    const part = await ask(model, { kind: "blocks", volume: 0, step: [2, 2, 2], start: [1, 2], stop: [3, 4] });
    expect(part.bytes.length).toBe(2 * 2 * 24);
    for (const bad of [
      { kind: "levels", volume: 0, budget: 2 ** 30, edge: 2048 },
      { kind: "glance", volume: "no" },
      { kind: "levels", volume: 2, budget: 1000, edge: 2048 },
      { kind: "levels", volume: 0, budget: 1000, edge: "x" },
      { kind: "blocks", volume: 0, step: [0, 1, 1], start: [0, 0], stop: [1, 1] },
      { kind: "blocks", volume: 0, step: [1, 1, 1], start: [0, 0], stop: [13, 1] },
      { kind: "blocks", volume: 0, step: "abc", start: [0, 0], stop: [1, 1] },
      { kind: "surface", volume: 0, label: 1, triangles: 100 },
      { kind: "export", volume: 0, label: 1, format: "exe", part: 0 },
    ])
      expect((await ask(model, bad as unknown as Record<string, Json>)).content.kind, JSON.stringify(bad)).toBe(
        "error",
      );
    expect(view.code).toContain('volume3d({ Init: scan1, D1: scan2 }, { mode: "mip"');
  });

  test("takes from the page what it can be, and nothing else", async () => {
    const view = await volume3d(await small(), {});
    const model = page.model("Volume3dModel");
    const { display, view: from } = structuredClone(view.widget.state);
    for (const bad of [
      null,
      { ...display, mode: "xray" },
      { ...display, opacity: 2 },
      { ...display, iso: "1" },
      { ...display, clip: { start: [0, 0, 0], stop: [13, 40, 48] } },
      { ...display, hidden: Array.from({ length: 40 }, (_, k) => k) },
      { ...display, surfaces: [1] },
    ])
      model.say(update({ display: bad as Json }));
    for (const bad of [{ ...from, zoom: 0 }, { ...from, elevation: 91 }, { ...from, pan: [1] }, { azimuth: 1 }])
      model.say(update({ view: bad as Json }));
    expect(view.widget.state).toMatchObject({ display, view: from });
    const clip = { start: [1, 2, 3], stop: [10, 20, 30] };
    model.say(
      update({ display: { ...display, clip } as unknown as Json, view: { ...from, azimuth: 77 } as unknown as Json }),
    );
    expect(view.clip).toEqual(clip);
    expect(view.view.azimuth).toBe(77);
    expect(view.code).toContain("clip: { start: [1, 2, 3], stop: [10, 20, 30] }");
  });

  /** Shows something else in the page of a view. */
  const showIn = (view: Volume3d, to: Opened, changes: Partial<Display3d>): void =>
    to.say(update({ display: { ...structuredClone(view.widget.state.display), ...changes } as unknown as Json }));

  test("what the page does with the clip planes is undone, and played in another view", async () => {
    const [scan, other] = [await small(), await small()];
    const [first, second] = [await volume3d(scan, {}), await volume3d(scan, { mode: "mip" })];
    const [model, beside] = page.opened.filter(({ state }) => state._model_name === "Volume3dModel");
    const one: Region = { start: [1, 0, 0], stop: [12, 40, 48] };
    const two: Region = { start: [1, 0, 0], stop: [12, 40, 20] };
    showIn(first, model!, { clip: one });
    showIn(second, beside!, { clip: two });
    showIn(first, model!, { clip: two });
    expect(first.actions).toEqual([
      { kind: "clip", view: 0, from: null, to: one },
      { kind: "clip", view: 1, from: null, to: two },
      { kind: "clip", view: 0, from: one, to: two },
    ]);
    await first.undo();
    expect([first.clip, second.clip]).toEqual([one, two]);
    await second.undo();
    await first.undo();
    expect([first.clip, second.clip]).toEqual([undefined, undefined]);
    await first.redo();
    expect(first.clip).toEqual(one);
    const alone = await volume3d(other, {});
    await alone.replay(second.actions);
    expect(alone.clip).toEqual(one);
    const bad: Region = { start: [0, 0, 0], stop: [99, 1, 1] };
    await expect(alone.replay([{ kind: "clip", view: 0, from: null, to: bad }])).rejects.toThrow("sets clip");
    expect(alone.clip).toEqual(one);
    alone.close();
    await expect(alone.redo()).resolves.toBe(false);
    await expect(alone.undo()).rejects.toThrow("not shown in space");
  });

  test("all that the page shows otherwise is undone one by one and done again; the camera is none of it", async () => {
    const scan = await small();
    const labels = await threshold(scan, [24000, 31000], { names: ["pore", "binder", "active material"] });
    const view = await volume3d(scan, { labels, thresholds: [24000, 31000] });
    const model = page.model("Volume3dModel");
    const steps: Partial<Display3d>[] = [
      { mode: "iso" },
      { iso: 26000 },
      { opacity: 0.25 },
      { lit: false },
      { planes: true },
      { clip: { start: [2, 0, 0], stop: [12, 40, 48] } },
      { hidden: [0, 1] },
      { surfaces: [2] },
    ];
    const shown = [structuredClone(view.widget.state.display)];
    for (const step of steps) {
      showIn(view, model, step);
      shown.push(structuredClone(view.widget.state.display));
    }
    model.say(update({ cursor: [3, 4, 5] }));
    // What the cursor was set to is an action of its own, as in all views.
    expect(view.actions.map(({ kind }) => kind)).toEqual([...steps.flatMap(Object.keys), "cursor"]);
    await view.undo();
    for (const before of shown.slice(0, -1).reverse()) {
      await view.undo();
      expect(view.widget.state.display).toEqual(before);
    }
    await expect(view.undo()).resolves.toBe(false);
    // Turning the camera does not take away what can be done again.
    model.say(update({ view: { ...view.view, azimuth: 3, pan: [0, 0] } }));
    for (const after of shown.slice(1)) {
      await expect(view.redo()).resolves.toBe(true);
      expect(view.widget.state.display).toEqual(after);
    }
    const told = model.sent.filter(({ data }) => Object.hasOwn(Object(data.state), "display")).at(-1)!.data;
    expect(told).toMatchObject({ state: { display: shown.at(-1) } });
    // Two at once, as of quick keys, are two to take back.
    showIn(view, model, { lit: true, opacity: 0.5 });
    await view.undo();
    expect(view.widget.state.display).toMatchObject({ lit: false, opacity: 0.5 });
    await expect(view.replay([{ kind: "mode", view: 0, from: "iso", to: "xray" as never }])).rejects.toThrow(
      "sets mode",
    );
    // A cell that sets how it is shown is no gesture, and what the reader does then begins from there.
    view.widget.update({ display: { ...view.widget.state.display, opacity: 0.9 } });
    showIn(view, model, { lit: true });
    expect(view.actions.at(-1)).toEqual({ kind: "lit", view: 0, from: false, to: true });
    await view.undo();
    expect(view.widget.state.display).toMatchObject({ lit: false, opacity: 0.9 });
    // A view without labels has no surfaces.
    const plain = await volume3d(await small(), {});
    await expect(plain.replay([{ kind: "surfaces", view: 0, from: [], to: [2] }])).rejects.toThrow("sets surfaces");
  });

  test("sends surfaces in parts, as fine as the page can take, and as files", async () => {
    const values = new Uint8Array(40 ** 3);
    for (let k = 0; k < values.length; k++)
      values[k] = Math.hypot((k % 40) - 20, (Math.floor(k / 40) % 40) - 20, Math.floor(k / 1600) - 20) < 15 ? 2 : 0;
    const labels = memoryVolume(values, [40, 40, 40], { role: "labels", spacing: [1e-6, 1e-6, 1e-6] });
    await volume3d(labels, { surfaces: [2] });
    const model = page.model("Volume3dModel");
    expect(model.state.display).toMatchObject({ mode: "none", surfaces: [2], hidden: [0] });
    const fine = await ask(model, { kind: "surface", volume: 0, label: 2, triangles: 100_000 });
    const surface = await labelSurface(labels, { label: 2 });
    expect(fine.content).toMatchObject({
      vertices: surface.positions.length / 3,
      triangles: surface.corners.length / 3,
      step: 1,
      parts: 1,
    });
    const mesh = await ask(model, { kind: "mesh", volume: 0, label: 2, part: 0 });
    const positions = new Float32Array(mesh.bytes.slice(0, surface.positions.byteLength).buffer);
    expect(positions).toEqual(surface.positions);
    const coarser = await ask(model, { kind: "surface", volume: 0, label: 2, triangles: 2000 });
    expect(coarser.content.triangles).toBeLessThanOrEqual(2000);
    const file = await ask(model, { kind: "export", volume: 0, label: 2, format: "stl", part: 0 });
    expect(new DataView(file.bytes.buffer).getUint32(80, true)).toBe(surface.corners.length / 3);
    expect((await ask(model, { kind: "surface", volume: 0, label: 9, triangles: 2000 })).content.kind).toBe("error");
  });

  test("shows itself as a picture that is the same each time and follows mode, clip and camera", async () => {
    const scan = await small();
    const view = await volume3d(scan, { thresholds: [24000, 31000] });
    const png = async (): Promise<Json> => {
      const shown = view as unknown as Record<symbol, () => Promise<Record<string, Json>>>;
      return (await shown[displaySymbol as unknown as symbol]!())["image/png"]!;
    };
    const first = await png();
    expect(await png()).toBe(first);
    const model = page.model("Volume3dModel");
    const { display, view: from } = structuredClone(view.widget.state);
    const pictures = new Set([first]);
    for (const change of [
      { display: { ...display, mode: "mip" } },
      { display: { ...display, clip: { start: [0, 0, 0], stop: [12, 20, 48] } } },
      { display, view: { ...from, azimuth: 120 } },
    ]) {
      model.say(update(change as unknown as Record<string, Json>));
      pictures.add(await png());
    }
    expect(pictures.size).toBe(4);
  });

  test("says what is wrong", async () => {
    const scan = await small();
    const other = numbered([4, 4, 4], [4, 4, 4]);
    for (const [call, message] of [
      [volume3d([] as never), "1 to 6"],
      [volume3d(Array.from({ length: 7 }, () => scan)), "got 7"],
      [volume3d(scan, { labels: other.with({ role: "labels" }) }), "must be the same"],
      [volume3d(scan, { surfaces: [1] }), "labels"],
      [volume3d(scan, { mode: "x" as never }), "mode"],
      [volume3d(scan, { clip: { start: [0, 0, 0], stop: [99, 1, 1] } }), "region"],
      [volume3d(scan, { view: { elevation: 100 } }), "elevation"],
      [volume3d(scan, { opacitty: 1 } as never), "opacity"],
      [volume3d([scan, other]), "voxel size"],
    ] as const)
      await expect(call).rejects.toThrow(message);
  });
});
