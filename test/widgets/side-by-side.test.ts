/** Volumes side by side on the kernel's side, and how their panes are laid out. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json, MimeBundle } from "#kernel/comm.js";
import { displaySymbol } from "#src/core/display.js";
import { phaseTable } from "#src/core/phases.js";
import { crop, downsample } from "#src/index.js";
import { layoutGrid } from "#widgets/draw/grid.js";
import { around, indexIn, paneOf, thicknessIn, wholeGrid } from "#widgets/draw/placed-grid.js";
import { sideBySide, slices } from "#widgets/model/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";
import { growing, labelsOf, scanOf } from "../support/series.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };
const SHAPE = [6, 10, 40] as const;
const { states } = growing(4);
const scans = Object.fromEntries(states.map(({ name, scan }) => [name, scan!]));
const model = (): Opened => page.model("SideBySideModel");
const replies = (kind: string, id: number) =>
  model()
    .sent.filter(({ data }) => data.method === "custom")
    .map(({ data, buffers }) => ({ content: data.content as Record<string, Json>, buffers }))
    .filter(({ content }) => content.kind === kind && content.id === id);
const bundleOf = (view: object): Promise<MimeBundle> =>
  (view as Record<symbol, () => Promise<MimeBundle>>)[displaySymbol as unknown as symbol]!();

describe("sideBySide", () => {
  test("takes under 1 KB of state, and tells the page of each volume when it asks", async () => {
    const eight = Object.fromEntries(Array.from({ length: 8 }, (_, k) => [`volume number ${k}`, states[k % 4]!.scan!]));
    await sideBySide(eight, { title: "NMC cathode, 90 wt%, 2000 bar" });
    expect(JSON.stringify(model().state).length).toBeLessThanOrEqual(1024);
    model().say(custom({ kind: "volumes", id: 1 }));
    await expect.poll(() => replies("volumes", 1).length, patience).toBe(1);
    const { volumes } = replies("volumes", 1)[0]!.content as {
      volumes: { name: string; dtype: string; phases: null }[];
    };
    expect(volumes.map(({ name }) => name)).toEqual(Object.keys(eight));
    for (const { dtype, phases } of volumes) expect([dtype, phases]).toEqual(["uint16", null]);
  });

  test("sends the planes of each volume, with its labels, and says why where there are none", async () => {
    const { labels } = states[1]!;
    await sideBySide({ first: states[0]!.scan!, second: states[1]!.scan!, labels });
    for (const [id, volume, layer] of [
      [1, 0, "grey"],
      [2, 1, "grey"],
      [3, 2, "labels"],
      [4, 0, "labels"],
      [5, 3, "grey"],
    ] as const)
      model().say(custom({ kind: "planes", of: [{ id, volume, layer, axis: "y", index: 7, level: 0 }] }));
    await expect.poll(() => replies("error", 5).length, patience).toBe(1);
    const across = (all: ArrayLike<number>): number[] =>
      Array.from({ length: 240 }, (_, k) => all[(Math.floor(k / 40) * 10 + 7) * 40 + (k % 40)]!);
    const values = (id: number) => replies("plane", id)[0]!.buffers[0]!;
    expect([...new Uint16Array(values(1).buffer)]).toEqual(across(scanOf(0, SHAPE)));
    expect([...new Uint16Array(values(2).buffer)]).toEqual(across(scanOf(1, SHAPE)));
    expect([...values(3)]).toEqual(across(labelsOf(1, SHAPE)));
    expect(replies("error", 4)[0]!.content.message).toContain("has no labels");
    expect(replies("error", 5)[0]!.content.message).toContain("has no volume 3");
  });

  test("has one window for volumes of one type, and one for each where types differ or the reader unlocks it", async () => {
    const view = await sideBySide(scans);
    expect(new Set(Object.values(view.windows).map(String)).size).toBe(1);
    model().say(update({ window: [1, 2] }));
    expect(Object.values(view.windows)).toEqual([0, 1, 2, 3].map(() => [1, 2]));
    model().say(update({ locked: false }));
    expect(new Set(Object.values(view.windows).map(String)).size).toBe(4);
    model().say(custom({ kind: "window", volume: 3, window: [5, 6] }));
    model().say(custom({ kind: "window", volume: 4, window: [5, 6] }));
    expect(view.windows.S3).toEqual([5, 6]);
    const bytes = memoryVolume(new Uint8Array(2400), SHAPE);
    const mixed = await sideBySide({ raw: states[0]!.scan!, bytes });
    expect(mixed.widget.state.locked).toBe(false);
  });

  test("goes with the other views of its first volume", async () => {
    const { scan } = states[2]!;
    const other = await slices(scan!);
    const view = await sideBySide({ scan: scan!, next: states[3]!.scan! });
    expect(model().state.scene).toBe(page.of(other.widget).state.scene);
    page.of(other.widget).say(update({ cursor: [1, 2, 3] }));
    expect(view.cursor).toEqual([1, 2, 3]);
    model().say(update({ axis: "x" }));
    for (const bad of ["w", null, "__proto__", 0]) model().say(update({ axis: bad as Json }));
    expect(view.axis).toBe("x");
    expect(view.code).toContain('axis: "x", cursor: [1, 2, 3], locked: true');
  });

  test("keeps a picture of all panes, which changes with plane and cursor", async () => {
    page.attach(false);
    const view = await sideBySide({ ...scans, labels: states[0]!.labels }, { axis: "y", cursor: [3, 5, 20] });
    const first = await bundleOf(view);
    expect(String(first["text/plain"])).toContain("S0 | S1 | S2 | S3 | labels");
    expect(String(first["text/plain"])).toContain("plane y 5");
    const other = await bundleOf(
      await sideBySide({ ...scans, labels: states[0]!.labels }, { axis: "z", cursor: [3, 5, 20] }),
    );
    expect(other["image/png"]).not.toBe(first["image/png"]);
  });

  test("takes labels without names, and labels over all scans", async () => {
    const numbered = memoryVolume(labelsOf(0, SHAPE), SHAPE, { role: "labels" });
    const named = memoryVolume(labelsOf(0, SHAPE), SHAPE, { role: "labels", phases: phaseTable(3, ["a", "b", "c"]) });
    await sideBySide({ ...scans, numbered }, { labels: named });
    model().say(custom({ kind: "volumes", id: 1 }));
    await expect.poll(() => replies("volumes", 1).length, patience).toBe(1);
    const { volumes } = replies("volumes", 1)[0]!.content as { volumes: { phases: unknown[] }[] };
    expect(volumes.map(({ phases }) => phases.length)).toEqual([3, 3, 3, 3, 0]);
  });

  test.each([
    ["one volume", () => sideBySide({ S0: scans.S0! }), /1 volumes; give 2 to 8/],
    ["nothing", () => sideBySide(undefined as never), /0 volumes/],
    ["what is no volume", () => sideBySide({ a: scans.S0!, b: 3 as never }), /sideBySide: b/],
    [
      "another shape",
      () => sideBySide({ a: scans.S0!, b: memoryVolume(new Uint8Array(8), [2, 2, 2]) }),
      /6 × 10 × 40.*2 × 2 × 2.*the voxel size of b is not known/,
    ],
    ["an unknown option", () => sideBySide(scans, { axes: "z" } as never), /did you mean `axis`/],
    ["an axis that is none", () => sideBySide(scans, { axis: "t" as never }), /axis/],
    ["a long name", () => sideBySide({ a: scans.S0!, ["x".repeat(61)]: scans.S1! }), /more than 60 letters/],
  ])("refuses %s", async (_, make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});

describe("volumes of different shapes", () => {
  const spacing = [2e-6, 1e-6, 1e-6] as const;
  const scan = states[0]!.scan!;
  /** A box of the scan, where it lies. */
  const box = { start: [1, 2, 10], stop: [5, 8, 30] } as const;

  test("are shown where they lie in space, each in its own voxels", async () => {
    const [part, coarse] = [await crop(scan, box), await downsample(scan, 2)];
    const view = await sideBySide({ scan, part, coarse }, { cursor: [4, 5, 20] });
    expect(JSON.stringify(model().state).length).toBeLessThanOrEqual(1024);
    expect(model().state.frame).toEqual({ start: [0, 0, 0], stop: [6, 10, 40] });
    model().say(custom({ kind: "volumes", id: 1 }));
    await expect.poll(() => replies("volumes", 1).length, patience).toBe(1);
    const { volumes } = replies("volumes", 1)[0]!.content as { volumes: { name: string; grid: unknown }[] };
    expect(volumes.map(({ name, grid }) => [name, grid])).toEqual([
      ["scan", { shape: [6, 10, 40], start: [0, 0, 0], stop: [6, 10, 40] }],
      ["part", { shape: [4, 6, 20], ...box }],
      ["coarse", { shape: [3, 5, 20], start: [0, 0, 0], stop: [6, 10, 40] }],
    ]);
    // The page asks for planes by the number that each volume has of them.
    model().say(custom({ kind: "planes", of: [{ id: 2, volume: 1, layer: "grey", axis: "z", index: 3, level: 0 }] }));
    await expect.poll(() => replies("plane", 2).length, patience).toBe(1);
    expect(new Uint16Array(replies("plane", 2)[0]!.buffers[0]!.buffer)).toEqual((await part.plane("z", 3)).values);
    expect(view.code).not.toContain("link");
  });

  test("leave their pane empty in the picture where the cursor is outside of them, and its caption says so", async () => {
    page.attach(false);
    const part = await crop(scan, box);
    const inside = await bundleOf(await sideBySide({ scan, part }, { cursor: [3, 5, 20] }));
    expect(String(inside["text/plain"])).toContain("plane z 3 of scan, the others where it lies");
    expect(String(inside["text/plain"])).not.toContain("outside");
    const beyond = await bundleOf(await sideBySide({ scan, part }, { cursor: [5, 5, 20] }));
    expect(String(beyond["text/plain"])).toContain("it lies outside of part");
  });

  test("stand in the picture at one scale and place, with nothing around them", async () => {
    const part = await crop(scan, box);
    const { picture } = await (await sideBySide({ scan, part }, { cursor: [3, 5, 20], locked: true })).shown();
    const { panes, scale } = layoutGrid(2, "z", SHAPE, spacing, { width: 640, height: 520 });
    const [all, own] = panes as [(typeof panes)[0], (typeof panes)[0]];
    const pixels = new Uint32Array(picture.pixels.buffer);
    const at = (pane: typeof all, x: number, y: number): number => pixels[(pane.y + y) * picture.width + pane.x + x]!;
    const nothing = at(own, 1, 1);
    const voxel = scale * 1e-6;
    for (let y = 1; y < own.height; y += 3)
      for (let x = 1; x < own.width; x += 3) {
        const [column, row] = [x / voxel, y / voxel];
        // Not at the edges, where whole pixels are rounded.
        if ([column - 10, column - 30, row - 2, row - 8].some((far) => Math.abs(far) < 2 / voxel)) continue;
        const isInside = column > 10 && column < 30 && row > 2 && row < 8;
        if (!isInside) expect(at(own, x, y)).toBe(nothing);
        else if (Math.abs((column % 1) - 0.5) < 0.3 && Math.abs((row % 1) - 0.5) < 0.3)
          expect(at(own, x, y)).toBe(at(all, x, y));
      }
  });

  test("of one shape go together by voxels, or by their position where that is asked for", async () => {
    const [one, other] = [await crop(scan, box), await crop(scan, { start: [1, 2, 0], stop: [5, 8, 20] })];
    await sideBySide({ one, other });
    expect(model().state.frame).toBeNull();
    const view = await sideBySide({ one, other }, { link: "position" });
    const linked = page.of(view.widget);
    expect(linked.state.frame).toEqual({ start: [0, 0, -10], stop: [4, 6, 20] });
    expect(view.code).toContain('link: "position"');
    // Of another voxel size they are not the same voxels.
    const wide = memoryVolume(scanOf(0, SHAPE), SHAPE, { spacing: [4e-6, 1e-6, 1e-6] });
    expect((await sideBySide({ scan, wide })).widget.state.frame).not.toBeNull();
  });

  test("have labels over those that have their voxels", async () => {
    const part = await crop(scan, box);
    const labels = await crop(states[0]!.labels, box);
    await sideBySide({ scan, part }, { labels });
    model().say(custom({ kind: "volumes", id: 1 }));
    await expect.poll(() => replies("volumes", 1).length, patience).toBe(1);
    const { volumes } = replies("volumes", 1)[0]!.content as { volumes: { phases: unknown }[] };
    expect(volumes.map(({ phases }) => phases !== null)).toEqual([false, true]);
    const other = await crop(states[0]!.labels, { start: [0, 0, 0], stop: [2, 2, 2] });
    await expect(sideBySide({ scan, part }, { labels: other })).rejects.toThrow(
      "2 × 2 × 2, scan 6 × 10 × 40, part 4 × 6 × 20",
    );
  });

  test("are refused where they cannot be shown so, with what can be done", async () => {
    const part = await crop(scan, box);
    await expect(sideBySide({ scan, part }, { link: "voxels" })).rejects.toThrow(/4 × 6 × 20.*6 × 10 × 40.*"position"/);
    const turned = memoryVolume(new Uint8Array(64), [4, 4, 4], { spacing, direction: [1, 0, 0, 0, 0, 1, 0, -1, 0] });
    await expect(sideBySide({ scan, turned })).rejects.toThrow(/turned are not parallel.*applyTransform/);
    const far = memoryVolume(new Uint8Array(64), [4, 4, 4], { spacing, origin: [0, 20e-6, 0] });
    await expect(sideBySide({ scan, far })).rejects.toThrow(
      /along y scan reaches from 0 to 10 µm, far from 20 µm to 24 µm/,
    );
    await expect(sideBySide({ scan, part }, { link: "place" as never })).rejects.toThrow("link");
  });
});

describe("where volumes lie", () => {
  const grid = { shape: [4, 3, 20], start: [-2, 1.5, 0], stop: [2, 7.5, 5] } as const;

  test("each voxel of the first one has the voxel of the other that its middle is in, or none", () => {
    expect([-3, -2, -1, 0, 1, 2].map((n) => indexIn(grid, 0, n))).toEqual([undefined, 0, 1, 2, 3, undefined]);
    expect([0, 1, 2, 3, 4, 6, 7, 8].map((n) => indexIn(grid, 1, n))).toEqual([
      undefined,
      0,
      0,
      1,
      1,
      2,
      undefined,
      undefined,
    ]);
    expect([0, 1, 4, 5].map((n) => indexIn(grid, 2, n))).toEqual([2, 6, 18, undefined]);
    const whole = wholeGrid([5, 6, 7]);
    for (const k of [0, 1, 2] as const)
      for (let n = -1; n <= whole.shape[k]; n++)
        expect(indexIn(whole, k, n)).toBe(n < 0 || n >= whole.shape[k] ? undefined : n);
  });

  test("several planes are as thick in all, and at least one", () => {
    expect([1, 5, 9].map((planes) => thicknessIn(grid, 1, planes, 256))).toEqual([1, 3, 5]);
    expect([1, 5, 200].map((planes) => thicknessIn(grid, 2, planes, 256))).toEqual([1, 20, 256]);
  });

  test("a box is at its place in the pane of all, and never thinner than a pixel", () => {
    const pane = { axis: "z", x: 10, y: 20, width: 100, height: 60 } as const;
    const frame = around([wholeGrid([4, 6, 10]), { start: [0, -4, 0], stop: [1, 2, 12] }]);
    expect(frame).toEqual({ start: [0, -4, 0], stop: [4, 6, 12] });
    expect(paneOf(pane, frame, frame)).toEqual(pane);
    expect(paneOf(pane, frame, { start: [0, 1, 6], stop: [1, 6, 9] })).toEqual({
      axis: "z",
      x: 60,
      y: 50,
      width: 25,
      height: 30,
    });
    expect(paneOf(pane, frame, { start: [0, 5.99, 11.99], stop: [1, 6, 12] })).toMatchObject({
      x: 109,
      y: 79,
      width: 1,
      height: 1,
    });
  });
});

describe("the grid of panes", () => {
  test.each([2, 3, 4, 5, 8])("of %i volumes has panes of one size that do not meet and stay in the room", (count) => {
    for (const [shape, axis] of [
      [[6, 10, 40], "z"],
      [[100, 20, 20], "y"],
      [[64, 64, 64], "x"],
    ] as const) {
      const room = { width: 880, height: 620 };
      const { panes, width, height, scale } = layoutGrid(count, axis, shape, null, room);
      expect(panes.map(({ volume }) => volume)).toEqual(Array.from({ length: count }, (_, k) => k));
      expect(width).toBeLessThanOrEqual(room.width);
      expect(height).toBeLessThanOrEqual(room.height);
      for (const a of panes) {
        expect([a.width, a.height]).toEqual([panes[0]!.width, panes[0]!.height]);
        expect(a.x + a.width).toBeLessThanOrEqual(width);
        expect(a.y + a.height).toBeLessThanOrEqual(height);
        for (const b of panes)
          if (a !== b)
            expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
              true,
            );
      }
      // No other number of columns would make them larger.
      for (let columns = 1; columns <= count; columns++) {
        const rows = Math.ceil(count / columns);
        const across = { z: shape[2], y: shape[2], x: shape[0] }[axis];
        const down = { z: shape[1], y: shape[0], x: shape[1] }[axis];
        const other = Math.min((880 - 6 * (columns - 1)) / (columns * across), (620 - 6 * (rows - 1)) / (rows * down));
        expect(scale).toBeGreaterThanOrEqual(other - 1e-9);
      }
    }
  });
});
