/** The kernel half of a network's view against a page that says anything. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json, MimeBundle } from "#kernel/comm.js";
import { displaySymbol } from "#src/core/display.js";
import { networkPath, poreNetwork, snowPartition, um } from "#src/index.js";
import { numbersOf, textsOf } from "#src/network/network.js";
import { network3d, slices } from "#widgets/model/index.js";
import { MAX_PART_BYTES } from "#widgets/protocol.js";
import { latticeNetwork } from "../support/lattice-network.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Sent, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const small = () => latticeNetwork([3, 4, 5], { pore: ([z, y, x]) => 3 + z + y + x, spacing: [1e-6, 1e-6, 1e-6] });
const bundleOf = (view: object): Promise<MimeBundle> =>
  (view as Record<symbol, () => Promise<MimeBundle>>)[displaySymbol as unknown as symbol]!();
let lastId = 0;
/** What the kernel answers to a request. */
async function ask(request: Record<string, Json>): Promise<Sent> {
  const model = page.model("Network3dModel");
  const id = ++lastId;
  model.say(custom({ ...request, id }));
  const found = (): Sent | undefined =>
    model.sent.find(({ data }) => (data.content as { id?: number } | undefined)?.id === id);
  await expect.poll(() => found() !== undefined, { timeout: 20_000 }).toBe(true);
  return found()!;
}
const contentOf = ({ data }: Sent): Record<string, Json> => data.content as Record<string, Json>;
const floats = ({ buffers }: Sent): Float64Array => new Float64Array(Uint8Array.from(buffers[0]!).buffer);

/** Two balls of pore that overlap, in a block of solid. */
const twoPores = () => {
  const values = new Uint8Array(24 * 24 * 40).fill(1);
  for (let k = 0; k < values.length; k++) {
    const [z, y, x] = [Math.floor(k / 960), Math.floor(k / 40) % 24, k % 40];
    if (Math.hypot(z - 12, y - 12, x - 12) < 9 || Math.hypot(z - 12, y - 12, x - 27) < 9) values[k] = 0;
  }
  return memoryVolume(values, [24, 24, 40], { brick: [16, 16, 16] }).with({
    role: "labels",
    spacing: um(0.5),
    phases: [
      { label: 0, name: "pore" },
      { label: 1, name: "solid" },
    ],
  });
};

describe("a network's view", () => {
  test("has under 1 KB of state, also with everything chosen", async () => {
    const phases = twoPores();
    const regions = await snowPartition(phases, { phase: "pore" });
    await network3d(await poreNetwork(phases, { phase: "pore", regions }), {
      ...{
        volume: phases,
        labels: regions,
        colour: { throats: "equivalent diameter" },
        range: [0.123456789, 17.23456789],
      },
      ...{
        selected: 0,
        path: { axis: "x", by: "shortest" },
        scale: "log",
        title: "NMC cathode, 90 wt%, 2000 bar, calendered twice",
      },
      camera: {
        turn: [0.123456789012345, -0.423456789012345, 0.923456789012345, 0.223456789012345],
        zoom: 1.23456789012345,
        shift: [0.12345678901, -0.12345678901234],
      },
    });
    const { state } = page.model("Network3dModel");
    expect(JSON.stringify(state).length).toBeLessThanOrEqual(1024);
  });

  test("gives its columns in parts, with units, texts as numbers of names, and the flow through each throat", async () => {
    const network = latticeNetwork([52, 52, 52]);
    await network3d(network);
    const { pores, throats } = contentOf(await ask({ kind: "columns" })) as never as Record<
      string,
      { name: string; unit: string }[]
    >;
    expect(pores).toContainEqual({ name: "diameter", unit: "voxel" });
    expect(throats!.map(({ name }) => name)).toEqual([
      ...network.throats.schema.fields.map(({ name }) => name),
      "flow z",
      "flow y",
      "flow x",
    ]);
    const all = new Float64Array(network.pores.numRows);
    let parts = 0;
    for (let first = 0; first < all.length; parts++) {
      const part = await ask({ kind: "column", of: "pores", name: "x", first });
      expect(part.buffers[0]!.byteLength).toBeLessThanOrEqual(MAX_PART_BYTES);
      expect(contentOf(part)).toMatchObject({ first, rows: all.length });
      all.set(floats(part), first);
      first += floats(part).length;
    }
    expect(parts).toBe(2);
    expect(all).toEqual(numbersOf(network.pores, "x"));
  });

  test("gives texts with their names, and flows that add up to the whole", async () => {
    const network = small();
    await network3d(network);
    const touches = await ask({ kind: "column", of: "pores", name: "touches", first: 0 });
    const names = contentOf(touches).names as string[];
    expect(Array.from(floats(touches), (code) => names[code])).toEqual(textsOf(network.pores, "touches"));
    const flow = floats(await ask({ kind: "column", of: "throats", name: "flow z", first: 0 }));
    const [one, other] = [numbersOf(network.throats, "pore 1"), numbersOf(network.throats, "pore 2")];
    const z = numbersOf(network.pores, "z");
    // Through the throats between the first and the second plane all of it goes.
    const through = flow.reduce((sum, share, e) => sum + (z[one[e]!] === 0 && z[other[e]!] === 10 ? share : 0), 0);
    expect(through).toBeCloseTo(1, 8);
  });

  test("gives a row to read, and a way with its facts; a cell reads the same way", async () => {
    const network = small();
    const view = await network3d(network);
    expect(view.path).toBeUndefined();
    const row = contentOf(await ask({ kind: "row", row: 7 }));
    expect(row.values).toContainEqual(["diameter", "6", "µm"]);
    expect(row).toMatchObject({ label: null, place: [0, 10, 20] });
    const way = await ask({ kind: "path", axis: "z", by: "widest" });
    const wanted = networkPath(network, { axis: "z" });
    expect(contentOf(way).text).toBe(String(wanted));
    expect(new Int32Array(Uint8Array.from(way.buffers[0]!).buffer)).toEqual(wanted.pores);
    expect(new Int32Array(Uint8Array.from(way.buffers[1]!).buffer)).toEqual(wanted.throats);
    page.model("Network3dModel").say(update({ path: { axis: "z", by: "widest" } }));
    expect(view.path).toMatchObject({ bottleneck: wanted.bottleneck, length: wanted.length });
  });

  test("takes from a page what fits, and nothing else", async () => {
    const view = await network3d(small(), { range: [4, 6] });
    const { say } = page.model("Network3dModel");
    for (const bad of [
      { colour: { of: "pores", name: "nothing" } },
      { colour: { of: "pores", name: "__proto__" } },
      { colour: "diameter" },
      { range: [6, 4] },
      { range: [Number.NaN, 1] },
      { range: "all" },
      { selected: 60 },
      { selected: -1 },
      { selected: 1.5 },
      { path: { axis: "w", by: "widest" } },
      { path: { axis: "toString", by: "widest" } },
      { camera: { turn: [0, 0, 0, 0], zoom: 1, shift: [0, 0] } },
      { camera: { turn: [0, 0, 0, 1], zoom: 0, shift: [0, 0] } },
      { show: { throats: 1, ghost: false, voxels: false } },
      { cursor: [1, 2, 3] },
      { pores: 9 },
    ])
      say(update(bad as never));
    expect(view.range).toEqual([4, 6]);
    expect([view.selected, view.path, view.colour]).toEqual([undefined, undefined, { of: "pores", name: "diameter" }]);
    expect(view.widget.state).toMatchObject({ pores: 60, show: { throats: true }, camera: { zoom: 1 } });
    say(
      update({
        selected: 12,
        range: null,
        colour: { of: "throats", name: "length" },
        camera: { turn: [0, 0, 0, 2], zoom: 3, shift: [0.1, 0] },
      }),
    );
    expect([view.selected, view.range]).toEqual([12, undefined]);
    expect(view.widget.state.camera).toEqual({ turn: [0, 0, 0, 1], zoom: 3, shift: [0.1, 0] });
  });

  test.each([
    [{ kind: "column", of: "pores", name: "nothing", first: 0 }, /no column "nothing"/],
    [{ kind: "column", of: "edges", name: "x", first: 0 }, /the table is "edges"/],
    [{ kind: "column", of: "pores", name: "x", first: -4 }, /first is -4/],
    [{ kind: "row", row: 60 }, /row is 60/],
    [{ kind: "row", row: "__proto__" }, /row is NaN/],
    [{ kind: "path", axis: "z", by: "best" }, /a path is/],
    [{ kind: "voxels", row: 1 }, /give the regions/],
    [{ kind: "ghost" }, /without the labels/],
  ])("says why it does not answer %j", async (request, message) => {
    await network3d(small());
    const { kind, message: said } = contentOf(await ask(request as never));
    expect(kind).toBe("error");
    expect(said).toMatch(message);
  });

  test("has the phase behind it, and the voxels of a pore", async () => {
    const phases = twoPores();
    const regions = await snowPartition(phases, { phase: "pore" });
    const network = await poreNetwork(phases, { phase: "pore", regions, boundary: "none" });
    expect(network.pores.numRows).toBe(2);
    await network3d(network, { volume: phases, labels: regions });
    const [values, labels] = [await phases.read(), await regions.read()];
    /** Places at the surface of what `is` inside, one by one. */
    const surface = (is: (k: number) => boolean): number[][] => {
      const found: number[][] = [];
      for (let k = 0; k < values.length; k++) {
        const [z, y, x] = [Math.floor(k / 960), Math.floor(k / 40) % 24, k % 40];
        const next = [
          ...[z > 0 && !is(k - 960), z < 23 && !is(k + 960), y > 0 && !is(k - 40), y < 23 && !is(k + 40)],
          ...[x > 0 && !is(k - 1), x < 39 && !is(k + 1)],
        ];
        if (is(k) && next.includes(true)) found.push([z, y, x]);
      }
      return found;
    };
    const triples = ({ buffers }: Sent): number[][] => {
      const all = new Uint16Array(Uint8Array.from(buffers[0]!).buffer);
      return Array.from({ length: all.length / 3 }, (_, k) => [...all.subarray(3 * k, 3 * k + 3)]);
    };
    // The volume has fewer voxels than the ghost may have cells.
    expect(triples(await ask({ kind: "ghost" }))).toEqual(surface((k) => values[k] === 0));
    const label = Number(network.pores.getChild("label")!.get(1));
    expect(triples(await ask({ kind: "voxels", row: 1 }))).toEqual(surface((k) => labels[k] === label));
    expect(contentOf(await ask({ kind: "row", row: 1 })).label).toBe(label);
  });

  test("moves the cursor of slices of its volume", async () => {
    const phases = twoPores();
    const view = await network3d(await poreNetwork(phases, { phase: "pore" }), { volume: phases });
    const other = await slices(phases);
    page.model("Network3dModel").say(update({ cursor: [12, 12, 27] }));
    expect(other.cursor).toEqual([12, 12, 27]);
    expect(await other.undo()).toBe(true);
    expect(other.cursor).toEqual([12, 12, 20]);
    expect(page.model("Network3dModel").state.scene).toBe(page.model("SlicesModel").state.scene);
    view.close();
  });

  test("is a picture that follows what is chosen, with what it shows in words", async () => {
    const view = await network3d(small(), { title: "lattice" });
    const first = await bundleOf(view);
    expect(String(first["text/plain"])).toMatch(/^lattice: diameter of pores, 3\.18 µm|^lattice: diameter of pores, /);
    expect(String(first["text/plain"])).toContain("60 pores");
    page.model("Network3dModel").say(update({ selected: 20, path: { axis: "x", by: "shortest" } }));
    page.model("Network3dModel").say(custom({ kind: "settled" }));
    await expect.poll(() => page.shown.length).toBe(1);
    const { bundle } = page.shown[0]!;
    expect(bundle["image/png"]).not.toBe(first["image/png"]);
    expect(String(bundle["text/plain"])).toContain("pore 20 ringed");
    expect(String(bundle["text/plain"])).toContain("shortest way along x through 5 pores: 40 µm long");
    view.selected = undefined;
    view.range = [3, 4];
    await expect.poll(() => page.shown.length).toBe(3);
    expect(String(page.shown[2]!.bundle["text/plain"])).toContain("5 of 60 pores in full colour");
  });

  test("is made again by its code", async () => {
    const network = small();
    await network3d(network, {
      range: [4, 6],
      selected: 3,
      path: { axis: "y" },
      colour: { throats: "length" },
      scale: "log",
      throats: false,
    });
    const code = contentOf(await ask({ kind: "code" })).text as string;
    const options = /await network3d\(network, (\{.*\})\)/s.exec(code)![1]!;
    const again = await network3d(network, new Function(`return ${options}`)());
    const own = ["colour", "scale", "range", "selected", "path", "show"];
    const pick = (state: object) =>
      Object.fromEntries(own.map((name) => [name, (state as Record<string, Json>)[name]]));
    expect(pick(again.widget.state)).toEqual(pick(page.model("Network3dModel").state));
  });
});

describe("options of a network's view", () => {
  test.each([
    ["no network", {} as never, {}, /takes a pore network/],
    ["an unknown name", undefined, { color: "x" }, /no option `color`; did you mean `colour`/],
    ["an unknown column", undefined, { colour: "diamter" }, /no column "diamter".*diameter/],
    ["a column of throats that is none", undefined, { colour: { throats: 7 } }, /no column 7/],
    ["a range the wrong way round", undefined, { range: [3, 1] }, /range is \[3,1\]/],
    ["a pore that is not there", undefined, { selected: 60 }, /selected is 60/],
    ["a path of no axis", undefined, { path: { axis: "w" } }, /path is .*"w"/],
    ["a camera that shows nothing", undefined, { camera: { turn: [0, 0, 0, 0], zoom: 1, shift: [0, 0] } }, /camera is/],
    ["throats of a word", undefined, { throats: "yes" }, /throats is "yes"/],
    ["a phase without labels", undefined, { phase: "pore" }, /phase needs the labels/],
    ["a title of a page", undefined, { title: "x".repeat(61) }, /at most 60/],
  ])("that are wrong are refused: %s", async (_name, network, options, message) => {
    await expect(network3d(network ?? small(), options as never)).rejects.toThrow(message);
  });

  test("that are wrong are refused: a volume of another shape", async () => {
    await expect(network3d(small(), { volume: twoPores() })).rejects.toThrow(/24 × 24 × 40.*20 × 30 × 40/);
  });
});
