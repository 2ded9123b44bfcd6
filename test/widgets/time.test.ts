/** The view of a series on the kernel's side, against counting and against a page that says anything. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json, MimeBundle } from "#kernel/comm.js";
import { displaySymbol } from "#src/core/display.js";
import { series, type Volume } from "#src/index.js";
import { timeSeries } from "#widgets/model/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";
import { growing, labelsOf, NAMES, scanOf } from "../support/series.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };
const SHAPE = [6, 10, 40] as const;
const model = (): Opened => page.model("TimeModel");
const replies = (kind: string, id?: number) =>
  model()
    .sent.filter(({ data }) => data.method === "custom")
    .map(({ data, buffers }) => ({ content: data.content as Record<string, Json>, buffers }))
    .filter(({ content }) => content.kind === kind && (id === undefined || content.id === id));
const bundleOf = (view: object): Promise<MimeBundle> =>
  (view as Record<symbol, () => Promise<MimeBundle>>)[displaySymbol as unknown as symbol]!();
/** Shares of the labels 0, 1, 2, counted one by one. */
function counted(state: number): number[] {
  const labels = labelsOf(state, SHAPE);
  return [0, 1, 2].map((label) => labels.filter((one) => one === label).length / labels.length);
}

describe("timeSeries", () => {
  test("takes under 1 KB of state and begins with the first state, one window for all and the cursor in the middle", async () => {
    const view = await timeSeries(growing(12), { title: "NMC cathode, cycled at C/10 between 3.0 and 4.3 V" });
    const { state } = model();
    expect(JSON.stringify(state).length).toBeLessThanOrEqual(1024);
    expect(state).toMatchObject({ count: 12, shown: { index: 0, other: null }, locked: true, cursor: [3, 5, 20] });
    expect(view.state.name).toBe("S0");
    expect(view.index).toBe(0);
    expect(view.ab).toBeUndefined();
  });

  test("has one window in which 99 % of the middle planes of all states lie, and one for each where they are unlocked", async () => {
    const view = await timeSeries(growing(4));
    const planes = [0, 1, 2, 3].map((k) => scanOf(k, SHAPE).subarray(3 * 400, 4 * 400));
    const percentiles = (values: number[]): number[] => {
      const sorted = values.sort((a, b) => a - b);
      return [sorted[Math.floor(0.005 * (sorted.length - 1))]!, sorted[Math.ceil(0.995 * (sorted.length - 1))]!];
    };
    expect(view.window).toEqual(percentiles(planes.flatMap((plane) => [...plane])));
    model().say(update({ locked: false, shown: { index: 2, other: null } }));
    expect(view.window).toEqual(percentiles([...planes[2]!]));
    model().say(custom({ kind: "window", volume: 2, window: [10, 20] }));
    expect(view.window).toEqual([10, 20]);
    view.index = 1;
    expect(view.window).toEqual(percentiles([...planes[1]!]));
  });

  test("sends the planes of each state, and says why where there is none", async () => {
    await timeSeries(growing(3));
    const ask = (id: number, volume: Json, layer: string) =>
      model().say(custom({ kind: "planes", of: [{ id, volume, layer, axis: "z", index: 2, level: 0 }] }));
    ask(1, 0, "grey");
    ask(2, 2, "grey");
    ask(3, 2, "labels");
    for (const [id, volume] of [
      [4, 3],
      [5, -1],
      [6, "constructor"],
      [7, 0.5],
    ] as const)
      ask(id, volume, "grey");
    await expect.poll(() => replies("error", 7).length, patience).toBe(1);
    expect(new Uint16Array(replies("plane", 1)[0]!.buffers[0]!.buffer)).toEqual(scanOf(0, SHAPE).slice(800, 1200));
    expect(new Uint16Array(replies("plane", 2)[0]!.buffers[0]!.buffer)).toEqual(scanOf(2, SHAPE).slice(800, 1200));
    expect(replies("plane", 3)[0]!.buffers[0]).toEqual(labelsOf(2, SHAPE).slice(800, 1200));
    for (const id of [4, 5, 6]) expect(replies("error", id)[0]!.content.message).toContain("has no volume");
  });

  test("measures fractions as counting does, tells the page of each state, and gives them to a cell as a table", async () => {
    const view = await timeSeries(growing(5));
    model().say(custom({ kind: "volumes", id: 7 }));
    await expect.poll(() => replies("measured").length, patience).toBe(5);
    expect(replies("volumes", 7)[0]!.content).toMatchObject({
      chargeUnit: "mAh/g",
      lines: NAMES.map((name) => ({ name })),
      thickness: null,
      volumes: [0, 1, 2, 3, 4].map((k) => ({ name: `S${k}`, voltage: 3 + 0.1 * k, charge: 50 * k, time: 3600 * k })),
    });
    for (const { content, buffers } of replies("measured")) {
      const values = new Float64Array(buffers[0]!.buffer);
      for (const [k, share] of counted(Number(content.state)).entries()) expect(values[k]).toBeCloseTo(share, 12);
    }
    const table = await view.fractions;
    expect(table.numRows).toBe(5);
    for (const [k, row] of [...table].entries()) {
      expect(row.state).toBe(`S${k}`);
      for (const [n, name] of NAMES.entries()) expect(row[`fraction ${name}`]).toBeCloseTo(counted(k)[n]!, 12);
    }
  });

  test("measures the thickness of a phase in the background, here that of a slab", async () => {
    const view = await timeSeries(growing(3), { thickness: { phase: "pore" } });
    model().say(custom({ kind: "volumes", id: 7 }));
    await expect.poll(() => replies("measured").length, patience).toBe(3);
    expect(replies("volumes", 7)[0]!.content.thickness).toEqual({ name: "thickness of pore", unit: "µm" });
    const table = await view.fractions;
    const thick = [...table].map((row) => Number(row["thickness of pore"]));
    // It grows with the slab, which is cut by the face of the volume.
    expect(thick[1]!).toBeGreaterThan(thick[0]!);
    expect(thick[2]!).toBeGreaterThan(thick[1]!);
    expect(new Float64Array(replies("measured")[1]!.buffers[0]!.buffer)[3]).toBe(thick[1]);
  });

  test("tells the page which state could not be measured, and why", async () => {
    const shape = [2, 4, 8] as const;
    const of = (values: Uint8Array): Volume => memoryVolume(values, shape, { role: "labels" });
    await timeSeries(
      series([
        { name: "full", labels: of(new Uint8Array(64).map((_, k) => k % 2)) },
        { name: "void", labels: of(new Uint8Array(64)) },
      ]),
      { thickness: { phase: 1 } },
    );
    model().say(custom({ kind: "volumes", id: 1 }));
    await expect.poll(() => replies("measured").length, patience).toBe(2);
    expect(replies("measured").map(({ content }) => content.failed)).toEqual([null, expect.stringContaining("phase")]);
  });

  test.each(["z", "y", "x"] as const)(
    "gives the values along %s over all states, as they stand in the volumes",
    async (axis) => {
      const states = growing(4);
      await timeSeries(states);
      const at = [1, 7, 11];
      for (const [id, layer] of [
        [1, "grey"],
        [2, "labels"],
      ] as const)
        model().say(custom({ kind: "kymograph", id, layer, axis, at }));
      await expect.poll(() => replies("kymograph", 2).length, patience).toBe(1);
      const k = { z: 0, y: 1, x: 2 }[axis];
      for (const [id, make] of [
        [1, scanOf],
        [2, labelsOf],
      ] as const) {
        const { content, buffers } = replies("kymograph", id)[0]!;
        expect(content).toMatchObject({ height: 4, width: SHAPE[k] });
        const values = id === 1 ? new Uint16Array(buffers[0]!.buffer) : buffers[0]!;
        const wanted = [0, 1, 2, 3].flatMap((state) => {
          const all = make(state, SHAPE);
          return Array.from({ length: SHAPE[k] }, (_, n) => {
            const place = at.map((one, axis) => (axis === k ? n : one)) as [number, number, number];
            return all[(place[0] * 10 + place[1]) * 40 + place[2]]!;
          });
        });
        expect([...values]).toEqual(wanted);
      }
    },
  );

  test("takes nothing from a page that fits no state, line, window or speed", async () => {
    const view = await timeSeries(growing(3));
    const { say } = model();
    for (const shown of [
      { index: 3, other: null },
      { index: -1, other: null },
      { index: 0.5, other: null },
      null,
      1,
      {},
    ])
      say(update({ shown: shown as Json }));
    for (const other of [3, "x", undefined, -1, 1.5]) say(update({ shown: { index: 1, other: other as Json } }));
    expect(view.index).toBe(0);
    say(update({ fps: 0, line: "q", locked: 1, count: 99 }));
    say(update({ line: "__proto__", fps: 1e9 }));
    expect(view.widget.state).toMatchObject({ fps: 5, line: "x", locked: true, count: 3 });
    const own = view.scene.windows.own.map(([...window]) => window);
    for (const bad of [
      { volume: 9, window: [0, 1] },
      { volume: "length", window: [0, 1] },
      { volume: 0, window: [1, 0] },
      { volume: 0, window: [0, null] },
      { volume: 0 },
    ])
      say(custom({ kind: "window", ...(bad as Record<string, Json>) }));
    expect(view.scene.windows.own).toEqual(own);
    for (const [id, bad] of [
      { layer: "field", axis: "z", at: [0, 0, 0] },
      { layer: "grey", axis: "w", at: [0, 0, 0] },
      { layer: "grey", axis: "z", at: [0, 0, 40] },
      { layer: "grey", axis: "z", at: "000" },
      { layer: "grey", axis: "z", at: [0, 0.5, 0] },
    ].entries())
      say(custom({ kind: "kymograph", id, ...bad }));
    await expect.poll(() => replies("error", 4).length, patience).toBe(1);
    expect(replies("error").length).toBe(5);
    expect(replies("kymograph")).toEqual([]);
  });

  test("takes a page's states as actions, which are undone, done again and played on another series", async () => {
    const view = await timeSeries(growing(4));
    const { say } = model();
    say(update({ shown: { index: 2, other: null } }));
    say(update({ shown: { index: 2, other: 1 } }));
    expect(view.ab).toMatchObject({ a: { name: "S2" }, b: { name: "S1" } });
    expect(view.actions).toEqual([
      { kind: "time", from: { index: 0, other: null }, to: { index: 2, other: null } },
      { kind: "time", from: { index: 2, other: null }, to: { index: 2, other: 1 } },
    ]);
    await view.undo();
    expect(view.ab).toBeUndefined();
    await view.undo();
    expect(view.index).toBe(0);
    expect(page.updates(view.widget).at(-2)).toMatchObject({ shown: { index: 0, other: null } });
    await view.redo();
    expect(view.index).toBe(2);
    const again = await timeSeries(growing(3));
    await again.replay(view.actions);
    expect(again.state.name).toBe("S2");
    await expect(
      again.replay([{ kind: "time", from: { index: 0, other: null }, to: { index: 3, other: null } }]),
    ).rejects.toThrow("this series has 3");
  });

  test("shows the same states in all views of one series", async () => {
    const states = growing(3);
    const [one, other] = [await timeSeries(states), await timeSeries(states)];
    page.of(one.widget).say(update({ shown: { index: 1, other: null }, cursor: [0, 1, 2] }));
    expect(other.index).toBe(1);
    expect(other.cursor).toEqual([0, 1, 2]);
    expect(page.updates(other.widget)).toContainEqual({ shown: { index: 1, other: null } });
  });

  test("writes a cell that makes the view as it is", async () => {
    const view = await timeSeries(growing(4), { line: "z", fps: 10 });
    model().say(update({ shown: { index: 3, other: 1 }, window: [1000, 2000], cursor: [1, 2, 3] }));
    expect(view.code).toContain('show: "scan", at: "S3", compare: "S1", cursor: [1, 2, 3], window: [1000, 2000]');
    const options = /timeSeries\(states, (\{.*\})\)/.exec(view.code)![1]!;
    const again = await timeSeries(growing(4), new Function(`return ${options}`)());
    expect(again.ab).toMatchObject({ a: { name: "S3" }, b: { name: "S1" } });
    expect(again.code).toBe(view.code);
  });

  test("keeps a picture of the state that is shown with the fractions over all states, without a page, too", async () => {
    page.attach(false);
    const view = await timeSeries(growing(4));
    const first = await bundleOf(view);
    expect(Object.keys(first).sort()).toEqual(["image/png", "text/html", "text/plain"]);
    expect(String(first["text/plain"])).toContain("state 1 of 4: S0, 3 V, 0 mAh/g, 0 s");
    expect(String(first["text/plain"])).toContain(`pore ${(100 * counted(0)[0]!).toFixed(2)} %`);
    view.index = 3;
    const last = await bundleOf(view);
    expect(last["image/png"]).not.toBe(first["image/png"]);
    expect(String(last["text/plain"])).toContain(`pore ${(100 * counted(3)[0]!).toFixed(2)} %`);
  });

  test("shows labels alone where a state has no scan, also particles without names", async () => {
    const shape = [2, 4, 8] as const;
    const of = (seed: number): Volume =>
      memoryVolume(
        Uint16Array.from({ length: 64 }, (_, k) => (k % seed === 0 ? 0 : 1000 + k)),
        shape,
        { role: "labels" },
      );
    const view = await timeSeries(
      series([
        { name: "a", labels: of(2) },
        { name: "b", labels: of(4) },
      ]),
    );
    expect(model().state).toMatchObject({ labels: true, phases: [], opacity: 1 });
    expect([...(await view.fractions)].map((row) => row["fraction inside"])).toEqual([0.5, 0.75]);
  });

  test.each([
    ["no series", () => timeSeries(memoryVolume(new Uint8Array(8), [2, 2, 2]) as never), /takes a series of states/],
    ["an unknown option", () => timeSeries(growing(2), { titel: "x" } as never), /did you mean `title`/],
    ["a state that is none", () => timeSeries(growing(2), { at: "S9" }), /no state "S9"/],
    ["a number that is none", () => timeSeries(growing(2), { compare: 2 }), /compare is 2/],
    ["a phase that is none", () => timeSeries(growing(2), { thickness: { phase: "poer" } }), /did you mean .pore/],
    ["a speed of nothing", () => timeSeries(growing(2), { fps: 0 }), /fps is 0/],
    ["a cursor outside", () => timeSeries(growing(2), { cursor: [6, 0, 0] }), /cursor\[0\] is 6/],
    ["a flag that is none", () => timeSeries(growing(2), { locked: "yes" as never }), /locked is "yes"/],
  ])("refuses %s", async (_, make, message) => {
    await expect(make()).rejects.toThrow(message);
  });

  test("refuses scans that are not there, and scans of different types", async () => {
    const { states } = growing(2);
    const { scan: _, ...bare } = states[0]!;
    await expect(timeSeries(series([bare, states[1]!]), { show: "scan" })).rejects.toThrow('"S0" has no scan');
    const other = memoryVolume(new Uint8Array(2400), SHAPE, { spacing: states[1]!.labels.spacing });
    await expect(timeSeries(series([states[0]!, { ...states[1]!, scan: other }]))).rejects.toThrow("uint16, uint8");
  });
});
