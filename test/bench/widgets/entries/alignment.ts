/** The moving volume dragged by its handles over the fixed one. */
import { dragged, type Place, round } from "../dragging.js";
import type { Bench, Row } from "../entry.js";
import { scanOf } from "../scan.js";

// As a nano-CT scan of a part lies on the micro-CT scan of the whole: half the voxel size, half as wide.
const BOTH = `import { crop, downsample } from "voxbook";
import { alignment } from "voxbook/widgets";
const fixed = await downsample(scan, 2);
const moving = await crop(scan, { start: [32, 128, 128], stop: [96, 384, 384] });
await alignment(fixed, moving, { model: "similarity" })`;

const PLANE = 'canvas[data-axis=z][data-side="both"]';

/** What is dragged, where it is in the plane across z, and the form of the mouse over it. */
const HANDLES: readonly { readonly name: string; readonly place: Place; readonly cursor: string }[] = [
  { name: "moved by its middle", place: [0.55, 0.45], cursor: "grab" },
  { name: "turned by its rim", place: [0.75, 0.55], cursor: "alias" },
  { name: "scaled by its corner", place: [0.75, 0.75], cursor: "nwse-resize" },
];

async function drag(bench: Bench, { name, place, cursor }: (typeof HANDLES)[number]): Promise<number[]> {
  const { page } = await bench.notebook("aligned", [scanOf([128, 512, 512]), BOTH]);
  const plane = page.locator(PLANE);
  await plane.waitFor({ timeout: 30_000 });
  // What was dragged before has come in its true voxels.
  await page.waitForTimeout(3000);
  const box = (await plane.boundingBox())!;
  await page.mouse.move(box.x + place[0] * box.width, box.y + place[1] * box.height);
  const form = await plane.evaluate((canvas) => canvas.style.cursor);
  if (form !== cursor) throw new Error(`${name}: the mouse is "${form}" over the handle, not "${cursor}"`);
  // A circle ends where it began: so do the handles.
  return dragged(page, PLANE, round(place, 0.08, bench.quick ? 40 : 120));
}

export const rows: readonly Row[] = HANDLES.map((handle) => ({
  name: `alignment, ${handle.name}: frame interval`,
  unit: "ms",
  goal: 33,
  measure: (bench) => drag(bench, handle),
}));
