/** Cells that show each view on real volumes: what the README's pictures are made of. Paths are below the folder of the real data. */
import { join } from "node:path";

const CAN = "cell-ct/mpj_cell_can_100x728x728_u8_deflate.tif";
const ROLLS = ["cell-ct/mpj_jellyroll_a_576_u16.tif", "cell-ct/mpj_jellyroll_b_576_u16.tif"] as const;
const ELECTRODE = "electrode-labels/taufactor_nmc_electrode_256_u8.tiff";

export interface Exhibit {
  /** Name of the picture. */
  readonly name: string;
  /** A cell that ends with the view. */
  readonly code: string;
}

/** @param data folder of the real data */
export function gallery(data: string): { readonly setting: string; readonly exhibits: readonly Exhibit[] } {
  const path = (name: string): string => JSON.stringify(join(data, name));
  const setting = `import { crop, downsample, fromVoxels, median, open, particles, poreNetwork, removeSmall, separateParticles, series, threshold, um } from "voxbook";
import { alignment, explore, histogramOf, network3d, sideBySide, slices, tableOf, timeSeries, together, trainable, volume3d } from "voxbook/widgets";
const can = await open(${path(CAN)});
const rolls = [await open(${path(ROLLS[0])}), await open(${path(ROLLS[1])})];
const electrode = (await open(${path(ELECTRODE)}, { role: "labels", spacing: um(0.390625) }))
  .with({ phaseNames: ["pore", "active material", "carbon binder"] });
const piece = await crop(electrode, { start: [64, 64, 64], stop: [160, 160, 160] });`;
  const exhibits = [
    {
      name: "histogram",
      code: `together(await slices(can, { title: "top of a cylindrical cell", cursor: [60, 364, 364] }),
  await histogramOf(can, { classes: 3, names: ["air", "jelly roll", "steel"] }))`,
    },
    { name: "explore", code: "await explore(can)" },
    {
      name: "slices",
      code: `await slices(can, { title: "top of a cylindrical cell", cursor: [50, 330, 400], normal: [1, 0.5, 0] })`,
    },
    {
      name: "side-by-side",
      code: `const part = await crop(can, { start: [40, 200, 200], stop: [72, 520, 520] });
await sideBySide({ "as scanned": part, "median of a ball of 3 voxels": await median(part, { radius: 3 }) })`,
    },
    {
      name: "space",
      code: `await volume3d(electrode, { surfaces: ["active material"], mode: "none", planes: true,
  clip: { start: [0, 0, 0], stop: [256, 256, 150] } })`,
    },
    {
      name: "trainable",
      code: `const windings = await crop(can, { start: [50, 150, 150], stop: [66, 406, 406] });
await trainable(windings, { classes: ["air", "jelly roll", "steel"], title: "scribbles on the top of a cell" })`,
    },
    {
      name: "alignment",
      code: `const places = [[72, 80, 90], [150, 90, 140], [80, 150, 100], [140, 140, 80]];
const inMetres = (place: number[], off: (axis: number) => number) =>
  place.map((n, axis) => (n + off(axis)) * electrode.spacing![axis]!) as [number, number, number];
// A scanner of its own does not know where the piece lies in the whole.
const own = await fromVoxels(await piece.read(), piece.shape, { spacing: um(0.390625) });
const board = await alignment(await downsample(electrode, 2), own, {
  titles: ["electrode, every second voxel", "a piece, twice as fine"], mode: "cyan–magenta",
  // As somebody clicks them: to half a voxel.
  landmarks: {
    fixed: places.map((place, k) => inMetres(place, (axis) => ((k + axis) % 2 ? 0.4 : -0.4))),
    moving: places.map((place) => inMetres(place, () => -64)),
  },
});
board.solve("rigid");
board`,
    },
    {
      name: "time",
      code: `const states = series(await Promise.all(rolls.map(async (scan, k) => ({
  name: ["undeformed", "buckled"][k]!, scan, time: 3600 * k,
  labels: await threshold(scan, [18400, 41800], { names: ["air", "jelly roll", "metal"] }),
}))));
await timeSeries(states)`,
    },
    {
      name: "table",
      code: `const grains = await separateParticles(await removeSmall(electrode, 500, { phase: "active material" }), { phase: "active material" });
together(await slices(electrode, { labels: grains, title: "particles of the electrode" }),
  await tableOf(await particles(grains), { labels: grains, x: "equivalent diameter", y: "sphericity" }))`,
    },
    {
      name: "network",
      code: `await network3d(await poreNetwork(piece, { phase: "pore" }), { volume: piece, path: { axis: "z", by: "widest" } })`,
    },
  ];
  return { setting, exhibits };
}
