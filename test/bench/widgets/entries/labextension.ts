/** What a page loads of the labextension, as it travels. */
import { ready } from "../../../support/lab.js";
import { bytesOf, type Chunk, chunks } from "../../../support/labextension.js";
import type { Bench, Row } from "../entry.js";

const SHOWN = `import { samples } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [32, 48, 64] });
together(await slices(scan), await histogramOf(scan))`;

/** The files that a page asks for until it shows slices and a histogram. */
async function requested(bench: Bench): Promise<Chunk[]> {
  const { page, run } = await (await bench.lab()).open([SHOWN]);
  const names = new Set<string>();
  page.on("request", (request) => names.add(new URL(request.url()).pathname.split("/").at(-1)!));
  // What a page loads of an extension before any notebook runs is part of it.
  await page.reload();
  await ready(page);
  await run(0);
  await page.locator('canvas[data-axis=z][data-exact="true"]').waitFor({ timeout: 30_000 });
  await page.locator(".voxbook-axes .main-svg").first().waitFor({ timeout: 30_000 });
  await page.close();
  const found = chunks().filter(({ name }) => names.has(name));
  if (!found.some(({ late }) => late)) throw new Error("the page has not asked for plotly: its requests were not seen");
  return found;
}

export const rows: readonly Row[] = [
  {
    name: "labextension, gzip: asked for by slices and histogram, before plotly",
    unit: "bytes",
    goal: 250_000,
    statistic: "max",
    measure: async (bench) => [bytesOf((await requested(bench)).filter(({ late }) => !late))],
  },
  {
    name: "labextension, gzip: before 3D and plotly, all views",
    unit: "bytes",
    goal: 250_000,
    statistic: "max",
    measure: async () => [bytesOf(chunks().filter(({ late }) => !late))],
  },
  {
    name: "labextension, gzip: all together",
    unit: "bytes",
    goal: 1_200_000,
    statistic: "max",
    measure: async () => [bytesOf(chunks())],
  },
];
