/** The cell that a view writes makes the view again, with all that the call was given and the reader has changed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resultTable } from "#src/core/arrow/table.js";
import { phaseTable } from "#src/core/phases.js";
import { trace } from "#src/core/provenance.js";
import { networkPath, poreNetwork, series, snowPartition, Transform, um, type Volume } from "#src/index.js";
import { asCode, Called, cellOf } from "#widgets/model/code.js";
import {
  alignment,
  histogramOf,
  network3d,
  sideBySide,
  slices,
  tableOf,
  timeSeries,
  trainable,
  volume3d,
} from "#widgets/model/index.js";
import type { View } from "#widgets/model/view.js";
import { testFolder } from "../support/folder.js";
import { HOSTILE } from "../support/hostile.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";
import { runCell } from "../support/run-cell.js";
import { growing, labelsOf, NAMES, scanOf } from "../support/series.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());
const file = testFolder();

const SHAPE = [6, 10, 40] as const;
const TITLE = 'a "title"\u202e </script>';
/** New ones each time: what views of one volume share would be there already. */
const scan = (state = 0): Volume => memoryVolume(scanOf(state, SHAPE), SHAPE, { spacing: [2e-6, 1e-6, 1e-6] });
const phases = (): Volume =>
  memoryVolume(labelsOf(1, SHAPE), SHAPE, {
    role: "labels",
    phases: phaseTable(3, NAMES),
    spacing: [2e-6, 1e-6, 1e-6],
  });
const mask = (): Volume => memoryVolume(labelsOf(0, SHAPE), SHAPE, { role: "mask" });

/** What of planes is seen, where it is not the whole volume. */
const CAMERA = { zoom: 2.5, centre: [1, 4.25, -30] };

type AnyView = View<object> & { readonly code: string };
/** All that a view says of itself, but for what names it. */
function told(view: AnyView): object {
  const { scene: _scene, history: _history, ...state } = view.widget.state as Record<string, unknown>;
  return state;
}
const modelOf = (view: AnyView): Opened => page.of(view.widget);

/** Runs the view's cell where the same things have the same names. */
async function again<V extends AnyView>(view: V, names: Readonly<Record<string, unknown>>): Promise<V> {
  const made = (await runCell(view.code, names)) as V;
  expect(told(made)).toEqual(told(view));
  expect(made.code).toBe(view.code);
  return made;
}

describe("a cell makes again", () => {
  test("slices, with labels, another volume behind a curtain, and all that a reader can set", async () => {
    const given = { labels: phases(), beside: scan(3) };
    const view = await slices(scan(), { ...given, outline: true, planes: 3, mode: "max", title: TITLE });
    const { display } = view.widget.state;
    const region = { start: [0, 1, 2], stop: [3, 4, 5] };
    const seen = { cursor: [1, 2, 3], window: [1000.5, 2000], thresholds: [1500], region };
    modelOf(view).say(update({ ...seen, opacity: 0.7, normal: [0, 0.6, 0.8], display: { ...display, curtain: 0.25 } }));
    expect(view.code).toContain("curtain: 0.25");
    expect(view.code).not.toMatch(/zoom|centre/);
    modelOf(view).say(update({ camera: CAMERA }));
    expect(view.code).toContain("zoom: 2.5, centre: [1, 4.25, -30]");
    await again(view, { scan: scan(), labels: phases(), beside: scan(3) });
  });

  test("slices with names of phases that a histogram has given, and with those that the call has", async () => {
    const one = scan();
    await histogramOf(one, { thresholds: [1500, 2500] });
    const view = await slices(one);
    expect(view.code).not.toContain("names");
    const names = ["pore", HOSTILE[1]!, "__proto__"];
    await histogramOf(one, { thresholds: [1500, 2500], names });
    const made = await again(view, { scan: scan() });
    expect(made.widget.state.phases.map(({ name }) => name)).toEqual(names);
    // Without a name the last phase has its number.
    const fewer = await slices(scan(), { thresholds: [1500], names: ["pore"] });
    expect((await again(fewer, { scan: scan() })).widget.state.phases).toMatchObject([
      { name: "pore" },
      { name: "phase 1" },
    ]);
    await expect(slices(scan(), { names: ["pore"] })).rejects.toThrow("names: there are no phases");
    await expect(slices(scan(), { thresholds: [1], names: ["a", "b", "c"] })).rejects.toThrow("at most 2 names");
  });

  test("slices with a field, of labels, and of what is painted", async () => {
    await again(await slices(scan(), { field: scan(2) }), { scan: scan(), field: scan(2) });
    await again(await slices(phases(), { opacity: 0.5 }), { labels: phases() });
    const edit = file("painted.jsonl");
    const painted = await again(await slices(scan(), { edit, names: ["one", HOSTILE[1]!, "__proto__"] }), {
      scan: scan(),
    });
    expect(painted.edits).toBe(edit);
    await again(await slices(scan(), { edit: file("over.jsonl"), labels: phases() }), {
      scan: scan(),
      labels: phases(),
    });
  });

  test("a histogram, with a mask, labels, references, and thresholds that were dragged", async () => {
    const given = () => ({ mask: mask(), labels: phases(), references: { [HOSTILE[0]!]: scan(3) } });
    const view = await histogramOf(scan(), { ...given(), names: ["a", "\u2028b", "__proto__"], title: TITLE });
    modelOf(view).say(update({ thresholds: [1400, 2500], scale: "linear" }));
    const made = await again(view, { scan: scan(), ...given() });
    expect(made.value).toEqual([1400, 2500]);
    expect(made.fractions).toEqual(view.fractions);
    modelOf(made).say(custom({ kind: "about", id: 1 }));
    const about = (): unknown =>
      modelOf(made)
        .sent.map(({ data }) => data.content)
        .find((one) => (one as { id?: number } | undefined)?.id === 1);
    await expect
      .poll(about)
      .toMatchObject({ references: [{ name: HOSTILE[0] }], labels: NAMES.map((name) => ({ name })) });
  });

  test("volumes in space, one with labels, and several by their names", async () => {
    const view = await volume3d(scan(), {
      labels: phases(),
      surfaces: ["binder"],
      mode: "iso",
      iso: 1234.5,
      title: TITLE,
      window: [1000, 3000],
    });
    const { display } = view.widget.state;
    const clip = { start: [0, 0, 0], stop: [6, 5, 40] };
    modelOf(view).say(
      update({ display: { ...display, clip, hidden: [0, 2], lit: false, planes: true, opacity: 0.25 } }),
    );
    modelOf(view).say(
      update({
        view: { azimuth: 10, elevation: -20.5, zoom: 2, pan: [0.1, 0] },
        cursor: [1, 2, 3],
        thresholds: [1500],
      }),
    );
    await again(view, { scan: scan(), labels: phases() });
    const several = await volume3d(
      Object.fromEntries([
        ["__proto__", scan()],
        [HOSTILE[3]!, scan(1)],
        ["D1", scan(2)],
      ]),
    );
    await again(several, { scan1: scan(), scan2: scan(1), scan3: scan(2) });
    await again(await volume3d({ a: phases(), b: phases() }), { labels1: phases(), labels2: phases() });
  });

  test("a pore network, with the volume behind it, its regions, a way and a brush", async () => {
    const pores = (): Volume =>
      memoryVolume(
        Uint8Array.from({ length: 16 * 16 * 32 }, (_, k) =>
          [8, 23].some((at) => Math.hypot(Math.floor(k / 512) - 8, (Math.floor(k / 32) % 16) - 8, (k % 32) - at) < 8.5)
            ? 0
            : 1,
        ),
        [16, 16, 32],
        { role: "labels", phases: phaseTable(2, [HOSTILE[0]!, "solid"]), spacing: [1e-6, 1e-6, 1e-6] },
      );
    const volume = pores();
    const labels = await snowPartition(volume, { phase: 0 });
    const network = await poreNetwork(volume, { phase: 0, regions: labels, boundary: ["x low", "x high"] });
    expect(networkPath(network, { axis: "x" }).pores.length).toBeGreaterThan(0);
    const view = await network3d(network, {
      volume,
      labels,
      phase: HOSTILE[0]!,
      ghost: false,
      title: TITLE,
      path: { axis: "x" },
    });
    const { camera } = view.widget.state;
    modelOf(view).say(
      update({ colour: { of: "throats", name: "length" }, scale: "log", range: [1, 5.5], selected: 1 }),
    );
    modelOf(view).say(
      update({
        show: { throats: false, ghost: true, voxels: true },
        camera: { ...camera, turn: [0, 0.6, 0, 0.8], zoom: 3, shift: [4, 5] },
      }),
    );
    const names = { network, volume: pores(), labels };
    await again(view, names);
    modelOf(view).say(update({ show: { throats: true, ghost: false, voxels: false } }));
    const made = await again(view, names);
    expect(made.path).toEqual(view.path);
    await again(await network3d(network), { network });
  });

  test("a table, with its groups, its order, what is selected, and names of columns that are hostile", async () => {
    const labels = (): Volume =>
      memoryVolume(
        Uint16Array.from({ length: 480 }, (_, k) => k),
        [6, 8, 10],
        { role: "labels" },
      );
    const grey = (): Volume =>
      memoryVolume(
        Uint8Array.from({ length: 480 }, (_, k) => k % 251),
        [6, 8, 10],
      );
    const long = `${"x".repeat(250)} <b>`;
    const rows = Array.from({ length: 480 }, (_, k) => k);
    const table = resultTable(
      [
        { name: "number", values: rows, whole: true },
        { name: "__proto__", values: rows.map((k) => k * k), unit: "µm" },
        { name: long, values: rows.map((k) => 1 / (k + 1)) },
      ],
      trace("test", {}),
    );
    const view = await tableOf(table, {
      labels: labels(),
      scan: grey(),
      label: "number",
      x: "__proto__",
      y: long,
      log: ["y"],
      title: TITLE,
    });
    view.keep("few", [3, 1]);
    view.keep("__proto__", rows.slice(0, 300));
    view.select([5, 7]);
    const names = () => ({ table, labels: labels(), scan: grey() });
    const { display } = view.widget.state;
    for (const order of [
      { sort: 2, descending: true },
      { sort: -2, descending: true },
      { sort: -1, descending: false },
    ]) {
      modelOf(view).say(update({ display: { ...display, ...order } }));
      const made = await again(view, names());
      expect(made.groups).toEqual(view.groups);
      expect([...made.selected]).toEqual([5, 7]);
    }
    await expect(
      tableOf(table, { labels: labels(), label: "number", sort: long, selectedFirst: true }),
    ).rejects.toThrow("sort or selectedFirst");
    await expect(tableOf(table, { labels: labels(), label: "number", groups: { few: 3 as never } })).rejects.toThrow(
      'the group "few" is 3',
    );
  });

  test("the states of a series, with thickness, windows of single states, a curtain and a box", async () => {
    const states = () => growing(4);
    const view = await timeSeries(states(), {
      thickness: { layer: "binder", on: "pore", most: um(3) },
      planes: 3,
      mode: "min",
      outline: true,
      title: TITLE,
    });
    const { display } = view.widget.state;
    const region = { start: [0, 1, 2], stop: [3, 4, 5] };
    modelOf(view).say(
      update({ shown: { index: 2, other: 1 }, display: { ...display, curtain: 0.75 }, region, locked: false }),
    );
    modelOf(view).say(custom({ kind: "window", volume: 3, window: [1200, 1300] }));
    modelOf(view).say(update({ window: [1000, 2000], line: "y", fps: 12.5, opacity: 0.3, camera: CAMERA }));
    expect(view.code).toContain("windows: { S3: [1200, 1300] }");
    const made = await again(view, { states: states() });
    made.index = 3;
    expect(made.window).toEqual([1200, 1300]);
    const { states: two } = growing(2);
    const named = () =>
      series([
        { ...two[0]!, name: "__proto__" },
        { ...two[1]!, name: HOSTILE[0]! },
      ]);
    const other = await timeSeries(named(), {
      windows: Object.fromEntries([["__proto__", [1, 2]]]),
      at: 1,
      compare: "__proto__",
    });
    expect((await again(other, { states: named() })).ab).toMatchObject({ b: { name: "__proto__" } });
    await expect(timeSeries(named(), { windows: { S1: [1, 2] } })).rejects.toThrow('there is no "S1"');
    await expect(timeSeries(named(), { windows: { [HOSTILE[0]!]: [2, 1] } })).rejects.toThrow("give [low, high]");
  });

  test("volumes side by side, with labels over them, their windows and thresholds", async () => {
    const volumes = () =>
      Object.fromEntries([
        ["raw", scan()],
        ["__proto__", scan(1)],
        [HOSTILE[2]!, phases()],
      ]);
    const view = await sideBySide(volumes(), { labels: phases(), outline: true, planes: 5, mode: "max", title: TITLE });
    modelOf(view).say(update({ axis: "y", cursor: [1, 2, 3], window: [1000, 2000], opacity: 0.9 }));
    await again(view, { volumes: volumes(), labels: phases() });
    const region = { start: [0, 0, 0], stop: [1, 2, 3] };
    modelOf(view).say(update({ locked: false, thresholds: [1500], region, camera: CAMERA }));
    modelOf(view).say(custom({ kind: "window", volume: 1, window: [1, 2] }));
    const made = await again(view, { volumes: volumes(), labels: phases() });
    expect(made.windows).toEqual(view.windows);
    const linked = await sideBySide({ a: scan(), b: scan(1) }, { link: "position" });
    await again(linked, { volumes: { a: scan(), b: scan(1) } });
  });

  test("an alignment, with its landmarks, windows, and way of comparing", async () => {
    const initial = Transform.affine([1, 0, 0, 0, 1, 0, 0, 0, 1], [0.1e-6, 0.2e-6, 1 / 3e6]);
    const landmarks = { fixed: [[1e-6, 2e-6, 3e-6]] as const, moving: [[1 / 3e6, 2e-6, 3e-6]] as const };
    const refine = async () => initial;
    const view = await alignment(scan(), scan(1), { initial, landmarks, refine, titles: [TITLE, "nano"] });
    const comparison = { mode: "checkerboard", opacity: 0.25, square: 64, curtain: 0.75, smooth: true };
    modelOf(view).say(
      update({
        comparison,
        cursor: [1, 2, 3],
        axis: "x",
        model: "affine",
        windows: { fixed: [1, 2], moving: [3, 4.5] },
      }),
    );
    const made = await again(view, { fixed: scan(), moving: scan(1), refine });
    expect(made.transform.steps).toEqual(view.transform.steps);
    expect(made.landmarks).toEqual(view.landmarks);
  });

  test("trainable segmentation, with what is shown of it", async () => {
    const edit = file("scribbles.jsonl");
    const view = await trainable(scan(), {
      classes: [HOSTILE[0]!, "__proto__"],
      edit,
      sigmas: [um(1), um(2)],
      show: 2,
      live: false,
      zoom: 3,
      title: TITLE,
    });
    const { display } = view.widget.state;
    modelOf(view).say(update({ display: { ...display, planes: 3, outline: true }, opacity: 0.2, cursor: [1, 2, 3] }));
    const made = await again(view, { scan: scan() });
    expect(made.widget.state.prediction).toEqual({ show: 2, live: false });
    expect(made.widget.state.camera).toEqual({ zoom: 3, centre: null });
    modelOf(view).say(update({ camera: { zoom: 1, centre: null } }));
    expect((await again(view, { scan: scan() })).code).not.toContain("zoom");
    await expect(trainable(scan(), { classes: ["a", "b"], show: 3 })).rejects.toThrow("show is 3");
  });
});

test("hostile texts in code are the texts again, and are seen as they are", async () => {
  const value = { texts: [...HOSTILE], ...Object.fromEntries(HOSTILE.map((text, k) => [text, k])) };
  const code = cellOf("sideBySide", asCode(value), { title: "\u202e\u200b\ufeff\u{e0041}" });
  // Nothing that is not seen, or turns the direction of what stands beside it.
  expect(code).not.toMatch(/[^\n\P{C}]/u);
  const made = (await new Function(`return ${asCode(value)}`)()) as typeof value;
  expect(made).toEqual(value);
  expect(Object.keys(made)).toEqual(Object.keys(value));
});

test("values are written as a reader would", () => {
  const value = { labels: new Called("labels"), other: new Called("labels2"), "a b": "a b", none: undefined, no: null };
  expect(asCode({ ...value, list: [1 / 3, 4294967295], far: um(0.5), flag: false, empty: {} })).toBe(
    '{ labels, other: labels2, "a b": "a b", list: [0.333333333, 4294967295], far: um(0.5), flag: false, empty: {} }',
  );
  expect(cellOf("timeSeries", "states", { most: um(2) })).toBe(
    'import { um } from "voxbook";\nimport { timeSeries } from "voxbook/widgets";\n\nawait timeSeries(states, { most: um(2) })\n',
  );
});
