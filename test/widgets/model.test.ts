/** The kernel half of the widgets against a page that says anything. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json, MimeBundle } from "#kernel/comm.js";
import { displaySymbol } from "#src/core/display.js";
import { crop, downsample, gradientMagnitude, median, pipeline, threshold, type Volume } from "#src/index.js";
import { electrode } from "#src/simulate/electrode.js";
import { histogramOf, preview, sideBySide, slices, together } from "#widgets/model/index.js";
import { slab } from "#widgets/model/planes.js";
import { reduced } from "#widgets/model/reduced.js";
import { MAX_PART_BYTES, VIEW_MIME } from "#widgets/protocol.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const small = () => electrode({ shape: [12, 40, 48] });
const bundleOf = (view: object): Promise<MimeBundle> =>
  (view as Record<symbol, () => Promise<MimeBundle>>)[displaySymbol as unknown as symbol]!();

describe("a slab", () => {
  test.each(["mean", "max", "min"] as const)("is the %s of its planes, with fewer at the faces", async (mode) => {
    const volume = memoryVolume(
      Uint16Array.from({ length: 7 * 5 * 6 }, (_, k) => (k * 7919) % 1000),
      [7, 5, 6],
      { brick: [3, 2, 4] },
    );
    const all = await volume.read();
    for (const [axis, k, index, planes, from, to] of [
      ["z", 0, 3, 3, 2, 5],
      ["z", 0, 0, 5, 0, 3],
      ["y", 1, 4, 4, 2, 5],
      ["x", 2, 2, 1, 2, 3],
    ] as const) {
      const { values, height, width } = await slab(volume, axis, index, planes, mode);
      expect(height * width).toBe(210 / volume.shape[k]);
      const lines = Array.from({ length: height * width }, (): number[] => []);
      for (const [n, value] of all.entries()) {
        const at = [Math.floor(n / 30), Math.floor(n / 6) % 5, n % 6];
        if (at[k]! < from || at[k]! >= to) continue;
        const [row, column] = at.filter((_, axis) => axis !== k) as [number, number];
        lines[row * width + column]!.push(value);
      }
      const wanted = lines.map((line) =>
        mode === "mean" ? Math.round(line.reduce((a, b) => a + b) / line.length) : Math[mode](...line),
      );
      expect([...values]).toEqual(wanted);
    }
    await expect(slab(volume, "z", 0, 0, mode)).rejects.toThrow("planes");
    await expect(slab(volume, "z", 9, 3, mode)).rejects.toThrow("z plane");
  });
});

describe("a view", () => {
  test("shows a field, and another volume behind a curtain, and takes how it is shown from the page", async () => {
    const scan = await small();
    const clean = await median(scan, { radius: 1 });
    const view = await slices(scan, { field: await gradientMagnitude(scan), beside: clean, planes: 3, mode: "max" });
    const model = page.model("SlicesModel");
    expect(model.state).toMatchObject({
      field: { name: "gradientMagnitude" },
      beside: { title: "median", dtype: "uint16" },
      display: { planes: 3, mode: "max", outline: false, curtain: 0.5 },
    });
    expect(JSON.stringify(model.state).length).toBeLessThanOrEqual(1024);
    const before = (await bundleOf(view))["image/png"];
    for (const bad of [
      { planes: 0 },
      { planes: 1, mode: "sum" },
      null,
      { planes: 3, mode: "max", outline: false, curtain: 2 },
    ])
      model.say(update({ display: bad as Json }));
    expect(view.widget.state.display).toEqual({ planes: 3, mode: "max", outline: false, curtain: 0.5 });
    model.say(update({ display: { planes: 1, mode: "mean", outline: false, curtain: 0 } }));
    expect(view.widget.state.display.curtain).toBe(0);
    expect((await bundleOf(view))["image/png"]).not.toBe(before);
    for (const [layer, volume] of [
      ["beside", clean],
      ["grey", scan],
    ] as const) {
      model.say(
        custom({ kind: "planes", of: [{ id: 77, layer, axis: "z", index: 4, level: 0, planes: 3, mode: "max" }] }),
      );
      const wanted = new Uint8Array((await slab(volume, "z", 4, 3, "max")).values.buffer);
      const found = () =>
        model.sent.filter(({ data }) => (data.content as { id?: number } | undefined)?.id === 77).at(-1);
      await expect.poll(() => found()?.buffers[0]).toEqual(wanted);
    }
    for (const wrong of [
      { planes: 0 },
      { mode: "sum" },
      { outline: 1 },
      { field: await crop(scan, { start: [0, 0, 0], stop: [1, 1, 1] }) },
    ])
      await expect(slices(scan, wrong as never)).rejects.toThrow(/planes|mode|outline|field/);
  });

  test("takes from the page what is seen of the planes, draws no picture for it, and the next view of the volume begins with it", async () => {
    const scan = await small();
    const view = await slices(scan);
    await bundleOf(view);
    const model = page.of(view.widget);
    const whole = { zoom: 1, centre: null };
    expect(view.widget.state.camera).toEqual(whole);
    for (const bad of [{ ...whole, zoom: 65 }, { ...whole, zoom: "2" }, { zoom: 2 }, { zoom: 2, centre: [1, 2] }, null])
      model.say(update({ camera: bad as Json }));
    expect(view.widget.state.camera).toEqual(whole);
    const near = { zoom: 4, centre: [3.5, 20.125, -7] };
    model.say(update({ camera: near }));
    expect(view.widget.state.camera).toEqual(near);
    // By now it would have been drawn again.
    await bundleOf(view);
    expect(page.shown.length).toBe(0);
    model.say(custom({ kind: "settled" }));
    await expect.poll(() => page.shown.length).toBe(1);
    expect((await slices(scan)).widget.state.camera).toEqual(near);
    expect((await sideBySide({ scan, other: scan })).widget.state.camera).toEqual(near);
    expect((await slices(scan, { zoom: 2 })).widget.state.camera).toEqual({ zoom: 2, centre: null });
    expect((await slices(await small())).widget.state.camera).toEqual(whole);
    for (const wrong of [{ zoom: 0.4 }, { zoom: 65 }, { centre: [1, 2] }, { centre: [1, 2, Number.NaN] }])
      await expect(slices(scan, wrong as never)).rejects.toThrow(/zoom|centre/);
  });

  test("takes under 1 KB of state, with three named phases and three suggestions", async () => {
    const scan = await small();
    await histogramOf(scan, { classes: 3, names: ["pore", "carbon-binder domain", "active material"] });
    await slices(scan, { title: "NMC cathode, 90 wt%, 2000 bar" });
    expect(page.opened.length).toBe(2);
    for (const { state } of page.opened) expect(JSON.stringify(state).length).toBeLessThanOrEqual(1024);
  });

  test("shares thresholds with the other views of its volume, and not with those of another", async () => {
    const [scan, other] = [await small(), await electrode({ shape: [12, 40, 48], seed: 2 })];
    const thresholds = await histogramOf(scan);
    await slices(scan);
    const elsewhere = await histogramOf(other, { thresholds: [1, 2] });
    page.model("HistogramModel").say(update({ thresholds: [200, 100] }));
    expect(thresholds.value).toEqual([100, 200]);
    expect(elsewhere.value).toEqual([1, 2]);
    thresholds.value = [5];
    const { sent } = page.model("SlicesModel");
    expect(sent.at(-1)!.data).toMatchObject({ method: "update", state: { thresholds: [5] } });
    expect((sent.at(-1)!.data.state as { phases: Json[] }).phases.length).toBe(2);
  });

  test("takes nothing from a page that is no number, no part of its state or out of the volume", async () => {
    const scan = await small();
    const thresholds = await histogramOf(scan, { thresholds: [10, 20] });
    const view = await slices(scan);
    const { say } = page.model("SlicesModel");
    for (const bad of [["1", 2], [null], "x", { length: 2 }, Array.from({ length: 99 }, (_, k) => k)])
      say(update({ thresholds: bad as Json }));
    say(update({ window: [5, 1] }));
    say(update({ __proto__: { polluted: 1 }, nonsense: 1, volume: { shape: [1e9, 1, 1] } as never }));
    say(update({ cursor: [1e9, -5, 3.4] }));
    expect(thresholds.value).toEqual([10, 20]);
    expect(view.window[0]).toBeLessThan(view.window[1]);
    expect(view.cursor).toEqual([11, 0, 3]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("sends planes whole, in parts of at most 1 MiB, and says why where it cannot", async () => {
    const values = Uint16Array.from({ length: 2 * 900 * 1100 }, (_, k) => k % 65536);
    const volume = memoryVolume(values, [2, 900, 1100], { brick: [2, 256, 256] });
    await slices(volume);
    const { say, sent } = page.model("SlicesModel");
    say(custom({ kind: "planes", of: [{ id: 1, layer: "grey", axis: "z", index: 1, level: 0 }] }));
    say(custom({ kind: "planes", of: [{ id: 2, layer: "grey", axis: "q", index: 1, level: 0 }] }));
    say(custom({ kind: "planes", of: [{ id: 3, layer: "grey", axis: "z", index: 7, level: 0 }] }));
    say(custom({ kind: "planes", of: [{ id: 4, layer: "grey", axis: "z", index: 0, level: 0 }] }));
    say(custom({ kind: "cancel", id: 4 }));
    say(custom({ kind: "planes", of: [{ id: 5, layer: "labels", axis: "z", index: 0, level: 0 }] }));
    const replies = (id: number) =>
      sent.filter(({ data }) => data.method === "custom" && (data.content as { id: number }).id === id);
    await expect.poll(() => replies(5).length).toBe(1);
    const parts = replies(1);
    expect(parts.length).toBe(2);
    const plane = new Uint8Array(900 * 1100 * 2);
    for (const { data, buffers } of parts) {
      expect(buffers[0]!.byteLength).toBeLessThanOrEqual(MAX_PART_BYTES);
      plane.set(buffers[0]!, (data.content as { row: number }).row * 1100 * 2);
    }
    expect(new Uint16Array(plane.buffer)).toEqual(values.subarray(900 * 1100));
    expect(replies(2)[0]!.data.content).toMatchObject({ kind: "error", message: expect.stringContaining("axis q") });
    expect(replies(3)[0]!.data.content).toMatchObject({ kind: "error", message: expect.stringContaining("7") });
    expect(replies(4)).toEqual([]);
  });

  test("renews its picture in the notebook when a gesture has ended, once it was shown", async () => {
    const scan = await small();
    const thresholds = await histogramOf(scan);
    const both = together(await slices(scan), thresholds);
    const before = await bundleOf(both);
    const { say } = page.model("HistogramModel");
    const [low, high] = scan.range;
    say(update({ thresholds: [low + 0.7 * (high - low)] }));
    say(custom({ kind: "settled" }));
    await expect.poll(() => page.shown.length).toBeGreaterThan(0);
    const { bundle, displayId, update: updates } = page.shown.at(-1)!;
    expect(updates).toBe(true);
    expect(displayId).toBe((before[VIEW_MIME] as { model_id: string }).model_id);
    expect(bundle["image/png"]).not.toBe(before["image/png"]);
    expect(String(bundle["text/plain"])).toContain("thresholds");
  });

  test.each(["the reader", "the page"])("that %s has closed is not drawn any more", async (who) => {
    const scan = await small();
    const [over, open] = [await histogramOf(scan), await slices(scan)];
    const names = await Promise.all([over, open].map(async (view) => (await bundleOf(view))[VIEW_MIME]));
    const [closed, left] = names.map((name) => (name as { model_id: string }).model_id);
    if (who === "the reader") over.close();
    else page.model("HistogramModel").close();
    page.shown.length = 0;
    page.model("SlicesModel").say(custom({ kind: "settled" }));
    await expect.poll(() => page.shown.map(({ displayId }) => displayId)).toContain(left);
    expect(page.shown.map(({ displayId }) => displayId)).not.toContain(closed);
  });

  test("gives its state to a page that was reloaded", async () => {
    const scan = await small();
    const thresholds = await histogramOf(scan);
    page.model("HistogramModel").say(update({ thresholds: [77] }));
    const control = page.open("jupyter.widget.control", {}, { version: "1.0.0" });
    control.say({ method: "request_states" });
    const { states } = control.sent[0]!.data as {
      states: Record<string, { model_name: string; state: { thresholds: number[] } }>;
    };
    const own = states[page.model("HistogramModel").id]!;
    expect(own.model_name).toBe("HistogramModel");
    expect(own.state.thresholds).toEqual([77]);
    expect(thresholds.value).toEqual([77]);
  });

  test("is a picture with text, without a reference to a live widget, where no page listens", async () => {
    page.attach(false);
    const scan = await small();
    const bundle = await bundleOf(await slices(scan));
    expect(Object.keys(bundle).sort()).toEqual(["image/png", "text/html", "text/plain"]);
    expect(page.opened).toEqual([]);
    expect(String(bundle["text/html"])).toContain("µm");
  });
});

describe("a preview", () => {
  const planeOf = async (opened: Opened, layer: string, index: number): Promise<Uint8Array> => {
    opened.say(custom({ kind: "planes", of: [{ id: 7, layer, axis: "z", index, level: 0 }] }));
    const found = () => opened.sent.find(({ data }) => (data.content as { id?: number } | undefined)?.id === 7);
    await expect.poll(() => found() !== undefined).toBe(true);
    expect(found()!.data.content).toMatchObject({ kind: "plane" });
    return found()!.buffers[0]!;
  };
  const bytesOf = async (volume: Volume, index: number): Promise<Uint8Array> =>
    new Uint8Array((await volume.plane("z", index)).values.buffer);

  test("shows what the filter would make of a plane, at the cursor and with the window of the view", async () => {
    const scan = await small();
    const view = await slices(scan, { cursor: [3, 4, 5] });
    const shown = await preview([median, { radius: 2 }], view);
    const [first, second] = page.opened;
    expect(second!.state).toMatchObject({ scene: first!.state.scene, cursor: [3, 4, 5], window: first!.state.window });
    expect((second!.state.volume as { title: string }).title).toBe("median");
    const filtered = await median(scan, { radius: 2 });
    expect(await planeOf(second!, "grey", 6)).toEqual(await bytesOf(filtered, 6));
    first!.say(update({ cursor: [8, 9, 10] }));
    expect(shown.cursor).toEqual([8, 9, 10]);
    expect((await bundleOf(shown))["image/png"]).toBeDefined();
  });

  test("of labels lies over the grey values; of another voxel type or shape it has a window of its own", async () => {
    const scan = await small();
    const view = await slices(scan);
    await preview(pipeline([median, { radius: 1 }], [threshold, 120]), view);
    const labels = page.opened.at(-1)!;
    expect(labels.state).toMatchObject({ labels: true, scene: page.opened[0]!.state.scene });
    expect(await planeOf(labels, "labels", 2)).toEqual(
      await bytesOf(await threshold(await median(scan, { radius: 1 }), 120), 2),
    );
    await preview(gradientMagnitude, view, { title: "edges" });
    const edges = page.opened.at(-1)!.state;
    expect(edges.scene).not.toBe(page.opened[0]!.state.scene);
    expect(edges).toMatchObject({ cursor: view.cursor, volume: { title: "edges", dtype: "float32" } });
    await preview([downsample, 2], view);
    expect(page.opened.at(-1)!.state.volume).toMatchObject({ shape: [6, 20, 24] });
  });

  test("refuses what is no view and no filter", async () => {
    const view = await slices(await small());
    await expect(preview(median, {} as never)).rejects.toThrow("give what slices(…) made");
    await expect(preview([median, { radius: 99 }], view)).rejects.toThrow("radius (voxels) is 99");
    await expect(preview(median, view, { titel: "x" } as never)).rejects.toThrow("did you mean `title`");
    await expect(preview(median, view, { title: "x".repeat(61) })).rejects.toThrow("at most 60 characters");
  });
});

describe("options of views", () => {
  test.each([
    ["an unknown name", { opacty: 1 }, /no option `opacty`; did you mean `opacity`/],
    ["an opacity beyond 1", { opacity: 2 }, /opacity is 2/],
    ["a cursor outside the volume", { cursor: [0, 0, 48] as never }, /cursor\[2\] is 48/],
    ["a window the wrong way round", { window: [2, 1] as never }, /window is \[2,1\]/],
    ["thresholds that are no numbers", { thresholds: [Number.NaN] }, /thresholds/],
  ])("that are wrong are refused: %s", async (_name, options, message) => {
    await expect(slices(await small(), options as never)).rejects.toThrow(message);
  });

  test("that are wrong are refused: labels of another shape", async () => {
    const labels = (await electrode({ shape: [8, 8, 8] })).truth!;
    await expect(slices(await small(), { labels })).rejects.toThrow(/8 × 8 × 8.*12 × 40 × 48/);
  });
});

test("a plane is averaged over whole blocks, and what is left over at the far sides by itself", () => {
  const plane = { values: Uint8Array.of(0, 2, 9, 4, 6, 11, 100, 200, 30), height: 3, width: 3 };
  expect(reduced(plane, 1, false)).toEqual({ values: Uint8Array.of(3, 10, 150, 30), height: 2, width: 2 });
  expect(reduced(plane, 1, true).values).toEqual(Uint8Array.of(0, 9, 100, 30));
});
