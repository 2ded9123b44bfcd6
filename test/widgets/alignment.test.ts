/** Two volumes brought over each other, on the kernel's side, against a page that says anything. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Json, MimeBundle } from "#kernel/comm.js";
import { displaySymbol } from "#src/core/display.js";
import type { Triple } from "#src/core/shape.js";
import { applyTransform, downsample, landmarkTransform, samples, Transform, type Volume } from "#src/index.js";
import { sectionValues } from "#widgets/model/alignment/sampling.js";
import { alignment, slices } from "#widgets/model/index.js";
import type { AlignmentFacts } from "#widgets/protocol/alignment.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";

let page: FakePage;
let fixed: Volume;
let moving: Volume;
beforeAll(async () => {
  fixed = await samples.electrode({ shape: [12, 40, 48] });
  moving = await downsample(fixed, 2);
});
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const turn = Transform.affine([1, 0, 0, 0, 0.96, -0.28, 0, 0.28, 0.96], [1e-6, 2e-6, -3e-6]);
const model = (): Opened => page.model("AlignmentModel");
const messages = (kind: string): Record<string, Json>[] =>
  model()
    .sent.map(({ data }) => data.content as Record<string, Json>)
    .filter((content) => content?.kind === kind);
const facts = (): AlignmentFacts => messages("alignment").at(-1) as unknown as AlignmentFacts;
const bundleOf = (view: object): Promise<MimeBundle> =>
  (view as Record<symbol, () => Promise<MimeBundle>>)[displaySymbol as unknown as symbol]!();
/** Places in the fixed volume that are not in a plane. */
const places: Triple[] = [
  [1e-6, 3e-6, 4e-6],
  [2e-6, 9e-6, 1e-6],
  [4e-6, 2e-6, 12e-6],
  [3e-6, 11e-6, 13e-6],
  [1e-6, 6e-6, 7e-6],
];

describe("an alignment", () => {
  test("begins with the middles on each other, in a state under 1 KB", async () => {
    const view = await alignment(fixed, moving, {
      titles: ["micro-CT of the whole cell, pristine", "nano-CT of the cathode, after 500 cycles"],
    });
    expect(JSON.stringify(model().state).length).toBeLessThanOrEqual(1024);
    const middle = (volume: Volume): Triple =>
      volume.shape.map((n, k) => volume.origin[k]! + ((n - 1) / 2) * volume.spacing![k]!) as unknown as Triple;
    for (const [k, n] of view.transform.apply(middle(fixed)).entries()) expect(n).toBeCloseTo(middle(moving)[k]!, 15);
    expect(view.transform.kind).toBe("translation");
  });

  test("keeps a picture of both, which changes with mode and transform, and text that names them", async () => {
    const view = await alignment(fixed, moving, { titles: ["micro", "<b>nano</b>"] });
    const first = await bundleOf(view);
    expect(first["text/plain"]).toContain("alignment of <b>nano</b> with micro");
    expect(first["text/html"]).not.toContain("<b>");
    const pictures = new Set([first["image/png"]]);
    for (const mode of ["cyan–magenta", "checkerboard", "difference", "side by side"]) {
      model().say(update({ comparison: { ...view.widget.state.comparison, mode } as unknown as Json }));
      pictures.add((await bundleOf(view))["image/png"]);
    }
    view.transform = turn;
    pictures.add((await bundleOf(view))["image/png"]);
    expect(pictures.size).toBe(6);
  });

  test("has one cursor with views of both volumes, by place in space under the transform as it is", async () => {
    // What views of one volume share must not be that of the other tests.
    const one = await samples.electrode({ shape: [12, 40, 48] });
    const other = await downsample(one, 2);
    const [ofOne, ofOther] = [await slices(one), await slices(other)];
    const view = await alignment(one, other, { initial: Transform.identity });
    expect(view.widget.state.cursor).toEqual([6, 20, 24]);
    view.transform = turn;
    const from = (volume: Volume, voxel: Triple): Triple =>
      voxel.map((n, k) => volume.origin[k]! + n * volume.spacing![k]!) as unknown as Triple;
    const to = (volume: Volume, point: Triple): number[] =>
      point.map((n, k) => Math.round((n - volume.origin[k]!) / volume.spacing![k]!));
    const say = (who: { widget: { id: string } }, cursor: Triple): void =>
      page.of(who.widget).say(update({ cursor: cursor as unknown as Json }));
    const cursors = (): unknown[] => [ofOne.cursor, view.widget.state.cursor, ofOther.cursor];
    // Of the alignment, of the fixed volume, and of the moving one.
    const there = (voxel: Triple): number[] => to(other, turn.apply(from(one, voxel)));
    say(view, [2, 18, 30]);
    expect(cursors()).toEqual([[2, 18, 30], [2, 18, 30], there([2, 18, 30])]);
    say(ofOne, [3, 25, 20]);
    expect(cursors()).toEqual([[3, 25, 20], [3, 25, 20], there([3, 25, 20])]);
    expect(page.updates(view.widget).at(-1)).toEqual({ cursor: [3, 25, 20] });
    const back = to(one, turn.inverse().apply(from(other, [3, 11, 9])));
    say(ofOther, [3, 11, 9]);
    expect(cursors()).toEqual([back, back, [3, 11, 9]]);
    // A corner of the fixed volume has nothing of the moving one.
    expect(Math.min(...there([0, 0, 0]))).toBeLessThan(0);
    say(view, [0, 0, 0]);
    expect(cursors()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [3, 11, 9],
    ]);
    const second = await alignment(one, other, { initial: turn, cursor: [3, 25, 20] });
    expect(cursors()).toEqual([[3, 25, 20], [3, 25, 20], there([3, 25, 20])]);
    view.close();
    say(ofOne, [2, 18, 30]);
    expect(view.widget.state.cursor).toEqual([3, 25, 20]);
    expect(second.widget.state.cursor).toEqual([2, 18, 30]);
    // Of two alignments each hears of the other's cursor.
    const third = await alignment(one, other, { initial: Transform.identity });
    say(second, [4, 12, 16]);
    expect([ofOne.cursor, third.widget.state.cursor]).toEqual([
      [4, 12, 16],
      [4, 12, 16],
    ]);
    const itself = await alignment(one, one, { initial: turn });
    say(ofOne, [3, 25, 20]);
    expect([ofOne.cursor, itself.widget.state.cursor]).toEqual([
      [3, 25, 20],
      [3, 25, 20],
    ]);
  });

  test("tells no difference between a volume and itself", async () => {
    const view = await alignment(fixed, fixed, { initial: Transform.identity, mode: "difference" });
    const { picture } = await view.shown();
    let grey = 0;
    for (let k = 0; k < picture.pixels.length; k += 4) {
      const [r, g, b] = picture.pixels.subarray(k, k + 3) as unknown as [number, number, number];
      // White gaps, coloured lines, and else black.
      if (r === g && g === b && r > 0 && r < 255) grey++;
    }
    expect(grey).toBe(0);
    view.transform = turn;
    const turned = (await view.shown()).picture.pixels;
    expect(turned.filter((n, k) => k % 4 === 0 && n > 8 && n < 255).length).toBeGreaterThan(1000);
  });

  test("gives sections of both volumes, and those of the moving one through a thin plate", async () => {
    const view = await alignment(fixed, moving, { initial: turn });
    const plane = { origin: [3, 2, 1], right: [0, 0.1, 0.5], down: [0.1, 0.5, 0], width: 20, height: 14 } as const;
    const ask = async (content: Record<string, Json>): Promise<readonly Uint8Array[]> => {
      model().say(custom({ id: 5, plane: plane as unknown as Json, fine: 2, nearest: false, ...content }));
      const answer = () =>
        model().sent.findLast(({ data }) => (data.content as { kind?: string })?.kind === content.kind);
      await expect.poll(() => answer()?.buffers.length).toBe(2);
      const { buffers } = answer()!;
      model().sent.length = 0;
      return buffers;
    };
    for (const [side, volume] of [
      ["fixed", fixed],
      ["moving", moving],
    ] as const) {
      const wanted = await sectionValues(volume, plane, 2, false);
      const [values, inside] = await ask({ kind: "section", side });
      expect(values).toEqual(new Uint8Array(wanted.values.buffer));
      expect(inside).toEqual(wanted.inside);
    }
    const bent = landmarkTransform(
      places,
      places.map(([z, y, x]): Triple => [z, y + 1e-7, x * 1.1]),
      { model: "thin plate" },
    ).transform;
    view.transform = bent;
    const [values, inside] = await ask({ kind: "bent" });
    // At pixel 3, 4 the mean of four places, each gone by hand.
    let [sum, seen] = [0, 0];
    const all = await sectionValues(
      moving,
      { origin: [0, 0, 0], right: [0, 0, 0], down: [0, 0, 0], width: 1, height: 1 },
      1,
      false,
    );
    expect(all.inside[0]).toBe(1);
    for (const [dy, dx] of [
      [-0.25, -0.25],
      [-0.25, 0.25],
      [0.25, -0.25],
      [0.25, 0.25],
    ] as const) {
      const voxel = plane.origin.map((n, k) => n + (3 + dy) * plane.down[k]! + (4 + dx) * plane.right[k]!);
      const there = bent.apply(voxel.map((n, k) => fixed.origin[k]! + n * fixed.spacing![k]!) as unknown as Triple);
      const at = there.map((n, k) => (n - moving.origin[k]!) / moving.spacing![k]!) as unknown as Triple;
      const one = await sectionValues(
        moving,
        { origin: at, right: [0, 0, 0], down: [0, 0, 0], width: 1, height: 1 },
        1,
        false,
      );
      sum += one.values[0]!;
      seen += one.inside[0]!;
    }
    const found = new Uint16Array(values!.buffer)[3 * 20 + 4]!;
    expect(seen).toBe(4);
    expect(inside![3 * 20 + 4]).toBe(1);
    expect(Math.abs(found - sum / 4)).toBeLessThan(1);
  });

  test("takes landmarks from the page, pair after pair, says what is missing, and solves the transform that they show", async () => {
    const view = await alignment(fixed, moving, { model: "rigid" });
    model().say(custom({ kind: "about", id: 1 }));
    expect(facts().missing.rigid).toBe("rigid needs 3 landmarks that are not on a line, there are 0");
    model().say(custom({ kind: "solve", model: "rigid" }));
    expect(messages("error").at(-1)).toMatchObject({
      message: "rigid needs 3 landmarks that are not on a line, there are 0",
    });
    const before = view.transform;
    for (const place of places.slice(0, 3)) {
      model().say(custom({ kind: "mark", side: "fixed", at: place as unknown as Json }));
      expect(facts().pairs.at(-1)!.moving).toBeNull();
      // In the page the moving landmark is where the transform of now shows it.
      const shown = before.inverse().apply(turn.apply(place));
      model().say(custom({ kind: "mark", side: "moving", at: shown as unknown as Json }));
    }
    expect(view.landmarks.fixed).toEqual(places.slice(0, 3));
    expect(facts().pairs.length).toBe(3);
    expect(facts().missing.rigid).toBeUndefined();
    expect(facts().missing.affine).toContain("there are 3");
    expect(facts().rootMeanSquare).toBeGreaterThan(1e-7);
    model().say(custom({ kind: "solve", model: "rigid" }));
    for (const place of places)
      for (const [k, n] of view.transform.apply(place).entries()) expect(n).toBeCloseTo(turn.apply(place)[k]!, 14);
    expect(view.residuals.rootMeanSquare).toBeLessThan(1e-14);
    expect(facts().transform.kind).toBe("rigid");
    expect(view.transform.provenance.operation).toBe("landmarkTransform");
    // The moving landmarks lie on the fixed ones now.
    for (const pair of facts().pairs)
      for (const [k, n] of pair.moving!.entries()) expect(n).toBeCloseTo(pair.fixed![k]!, 14);
  });

  test("undoes and redoes transforms and landmarks in the order in which they came", async () => {
    const view = await alignment(fixed, moving, { initial: Transform.identity });
    model().say(custom({ kind: "move", map: { matrix: [...turn.matrix], offset: [...turn.offset] } }));
    model().say(custom({ kind: "mark", side: "fixed", at: [0, 0, 0] }));
    model().say(custom({ kind: "mark", side: "moving", at: [0, 0, 0] }));
    model().say(custom({ kind: "unmark", pair: 0 }));
    expect(view.landmarks.fixed).toEqual([]);
    expect(view.widget.state.history).toEqual([4, 0]);
    expect(view.transform.provenance.operation).toBe("alignment");
    model().say(custom({ kind: "undo" }));
    await expect.poll(() => view.landmarks.fixed).toEqual([[0, 0, 0]]);
    expect(view.landmarks.moving[0]).toEqual(turn.apply([0, 0, 0]));
    for (let k = 0; k < 3; k++) await view.undo();
    expect(view.transform.matrix).toEqual(Transform.identity.matrix);
    expect(await view.undo()).toBe(false);
    for (let k = 0; k < 4; k++) expect(await view.redo()).toBe(true);
    expect(view.transform.matrix).toEqual(turn.matrix);
    expect(view.landmarks.fixed).toEqual([]);
    expect(view.actions.map(({ kind }) => kind)).toEqual(["transform", "landmarks", "landmarks", "landmarks"]);
  });

  test("gives a cell that makes it again, in both directions", async () => {
    const landmarks = { fixed: places, moving: turn.apply(places) };
    const view = await alignment(fixed, moving, { initial: turn, landmarks, mode: "curtain", model: "affine" });
    model().say(custom({ kind: "code", id: 8 }));
    expect(messages("code").at(-1)).toMatchObject({ id: 8, text: view.code });
    const run = new Function(
      "Transform",
      "alignment",
      "fixed",
      "moving",
      `return (async () => { ${view.code.replace(/^import.*$/gm, "").replace("await alignment", "const view = await alignment")}; return { view, toFixed }; })()`,
    );
    const made = (await run(Transform, alignment, fixed, moving)) as {
      view: Awaited<ReturnType<typeof alignment>>;
      toFixed: Transform;
    };
    expect(made.view.transform.steps).toEqual(view.transform.steps);
    expect(made.view.landmarks).toEqual(view.landmarks);
    expect(made.view.widget.state.comparison.mode).toBe("curtain");
    expect(made.toFixed.kind).toBe("rigid");
    view.solve("thin plate");
    expect(view.code).toContain("Transform.fromJSON");
  });

  test("leaves each landmark out in turn, where the others are enough", async () => {
    const noisy = turn.apply(places).map(([z, y, x], k): Triple => [z, y + (k === 2 ? 1e-6 : 0), x]);
    const view = await alignment(fixed, moving, { landmarks: { fixed: places, moving: noisy } });
    view.solve();
    const { each, leaveOneOut } = view.residuals;
    expect(leaveOneOut.indexOf(Math.max(...leaveOneOut))).toBe(2);
    expect(leaveOneOut.every((n, k) => n >= each[k]!)).toBe(true);
  });
});

describe("a refinement", () => {
  test("gets both volumes and the transform, moves a bar, and becomes the transform", async () => {
    let asked: unknown[] = [];
    const view = await alignment(fixed, moving, {
      refine: async (...given) => {
        asked = given;
        given[3].onProgress({ done: 1, total: 2 });
        return turn;
      },
    });
    expect(model().state.refines).toBe(true);
    const before = view.transform;
    model().say(custom({ kind: "refine" }));
    await expect.poll(() => messages("refined")).toMatchObject([{ said: "refined" }]);
    expect(asked.slice(0, 3)).toEqual([fixed, moving, before]);
    expect(messages("progress")).toMatchObject([{ done: 1, total: 2 }]);
    expect(view.transform.matrix).toEqual(turn.matrix);
    await view.undo();
    expect(view.transform.offset).toEqual(before.offset);
  });

  test("that is stopped changes nothing, one that fails says why", async () => {
    let fail = false;
    const view = await alignment(fixed, moving, {
      refine: (_fixed, _moving, _transform, { signal }) =>
        new Promise((done, failed) => {
          if (fail) failed(new Error("no texture"));
          signal.addEventListener("abort", () => done(turn));
        }),
    });
    const before = view.transform;
    model().say(custom({ kind: "refine" }));
    model().say(custom({ kind: "refine" }));
    await expect.poll(() => messages("error").at(-1)?.message).toContain("is running");
    model().say(custom({ kind: "stop" }));
    await expect.poll(() => messages("refined").at(-1)?.said).toContain("stopped");
    expect(view.transform).toBe(before);
    fail = true;
    model().say(custom({ kind: "refine" }));
    await expect.poll(() => messages("error").at(-1)?.message).toBe("no texture");
    expect(view.transform).toBe(before);
  });
});

describe("what does not fit", () => {
  test.each([
    [{ kind: "move", map: null }],
    [{ kind: "move", map: { matrix: [1, 0, 0, 0, 0, 0, 0, 0, 1], offset: [0, 0, 0] } }],
    [{ kind: "move", map: { matrix: ["1"], offset: [0, 0, 0] } }],
    [{ kind: "mark", side: "grey", at: [0, 0, 0] }],
    [{ kind: "mark", side: "fixed", at: [0, 0] }],
    [{ kind: "mark", side: "fixed", at: [0, null, 0] }],
    [{ kind: "mark", side: "moving", at: [1e9, 0, 0] }],
    [{ kind: "mark", side: "fixed", at: [0, 0, 0], pair: 7 }],
    [{ kind: "unmark", pair: -1 }],
    [{ kind: "unmark" }],
    [{ kind: "solve", model: "elastic" }],
    [{ kind: "refine" }],
    [
      {
        kind: "section",
        side: "labels",
        plane: { origin: [0, 0, 0], right: [0, 0, 1], down: [0, 1, 0], width: 2, height: 2 },
        fine: 1,
      },
    ],
    [
      {
        kind: "section",
        side: "fixed",
        plane: { origin: [0, 0, 0], right: [0, 0, 1], down: [0, 1, 0], width: 2, height: 2 },
        fine: 1000,
      },
    ],
    [
      {
        kind: "section",
        side: "fixed",
        plane: { origin: [0, 0, 0], right: [0, 0, 1], down: [0, 1, 0], width: 1024, height: 1024 },
        fine: 1,
      },
    ],
    [{ kind: "section", side: "fixed", plane: null, fine: 1 }],
    [
      {
        kind: "bent",
        plane: { origin: [0, 0, 0], right: [0, 0, 1], down: [0, 1, 0], width: 500, height: 500 },
        fine: 64,
      },
    ],
  ] as Record<string, Json>[][])("a page that says %j gets an error, and nothing is changed", async (content) => {
    const view = await alignment(fixed, moving);
    const before = view.transform;
    model().say(custom({ id: 3, ...content }));
    await expect.poll(() => messages("error").length).toBe(1);
    expect(String(messages("error")[0]!.message).length).toBeLessThan(400);
    expect(view.transform).toBe(before);
    expect(view.landmarks.fixed).toEqual([]);
    expect(view.widget.state.history).toEqual([0, 0]);
  });

  test("a page sets no state that is none", async () => {
    const view = await alignment(fixed, moving);
    const before = view.widget.state;
    for (const bad of [
      { cursor: [1, 2] },
      { windows: { fixed: [2, 1], moving: [0, 1] } },
      { windows: null },
      { comparison: { ...before.comparison, mode: "sum" } },
      { comparison: { ...before.comparison, square: 0 } },
      { comparison: { ...before.comparison, opacity: Number.NaN } },
      { model: "elastic" },
      { axis: "constructor" },
      { fixed: null },
      { refines: true },
    ])
      model().say(update(bad as unknown as Record<string, Json>));
    expect(view.widget.state).toEqual(before);
    model().say(update({ cursor: [99, -4, 3.4], model: "affine", axis: "x" }));
    expect(view.widget.state).toMatchObject({ cursor: [11, 0, 3], model: "affine", axis: "x" });
  });

  test.each([
    [{ initial: { matrix: [] } }, "initial is a Transform"],
    [{ model: "elastic" }, "model"],
    [{ mode: "sum" }, "mode"],
    [{ opacity: 2 }, "opacity"],
    [{ windows: { fixed: [3, 1] } }, "a window is"],
    [{ titles: ["one"] }, "titles"],
    [{ titles: [1, 2] }, "title"],
    [{ landmarks: { fixed: [[0, 0, 0]], moving: [] } }, "as many points"],
    [{ landmarks: { fixed: [[0, 0]], moving: [[0, 0, 0]] } }, "a fixed landmark"],
    [{ refine: 3 }, "refine is a function"],
    [{ modle: "rigid" }, "did you mean"],
  ])("options %j are refused", async (options, message) => {
    await expect(alignment(fixed, moving, options as never)).rejects.toThrow(message);
  });

  test("volumes without voxel size are refused, with what to do", async () => {
    const bare = memoryVolume(new Uint8Array(8), [2, 2, 2], { brick: [2, 2, 2] });
    await expect(alignment(bare, moving)).rejects.toThrow(/voxel size of the fixed volume is unknown.*volume\.with/);
    await expect(alignment(fixed, bare)).rejects.toThrow("voxel size of the moving volume is unknown");
  });

  test("what was found is applied to the whole volume, on the grid of the fixed one", async () => {
    const view = await alignment(fixed, moving, { initial: turn });
    expect((await applyTransform(moving, view.transform, { like: fixed })).shape).toEqual(fixed.shape);
  });
});
