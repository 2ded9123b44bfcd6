/** Measures all rows of `entries/`, prints them and keeps them as JSON; see run.mjs. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { paths } from "../../../kernel/bin/project.mjs";
import { type LabOptions, LabSession, type OpenNotebook } from "../../support/lab.js";
import { root } from "../../support/require.js";
import { writeCodedVolume } from "./coded-volume.js";
import type { Bench, Row } from "./entry.js";

const { quick, only } = JSON.parse(process.env.VOXBOOK_BENCH ?? '{"quick":true,"only":[]}') as {
  quick: boolean;
  only: string[];
};
const made = new Map<string, Promise<unknown>>();
const endings: (() => unknown)[] = [];
/** JupyterLabs that are open, by their keys in `made`. */
const labs = new Map<string, LabSession>();

const NOTEBOOK = "notebook ";
const bench: Bench = {
  quick,
  samples: quick ? 12 : 40,
  lab: () => started("lab", {}),
  labWithWebgl: () => started("lab with WebGL", { webgl: true }),
  stockLab: () => started("stock lab", { prompt: false }),
  volume: () =>
    bench.once("volume", async () => {
      const edge = quick ? 512 : 1024;
      const path = join(paths.cache, "bench", `coded-${edge}.arrow`);
      endings.push(await writeCodedVolume(path, edge));
      return { path, edge };
    }),
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as Promise<T>;
  },
  notebook: (key, cells, lab = bench.lab()) =>
    bench.once(NOTEBOOK + key, async (): Promise<OpenNotebook> => {
      const notebook = await (await lab).open(cells, { width: 1280, height: 1100 });
      for (const k of cells.keys()) {
        await notebook.run(k, 120_000);
        const error = notebook.page
          .locator(".jp-CodeCell")
          .nth(k)
          .locator('[data-mime-type="application/vnd.jupyter.error"]');
        if ((await error.count()) > 0) throw new Error(`cell ${k} of "${key}": ${await error.first().innerText()}`);
      }
      return notebook;
    }),
};

/** The page's JupyterLab can be asked for its kernel. */
const config = { LabApp: { expose_app_in_browser: true } };

const started = (key: string, options: LabOptions): Promise<LabSession> =>
  bench.once(key, async () => {
    const session = await LabSession.start({ config, ...options });
    labs.set(key, session);
    return session;
  });

/** Closes all notebooks and their kernels: what was measured before must not take time from what is measured next. */
async function closeAll(): Promise<void> {
  for (const [key, session] of labs) {
    made.delete(key);
    await session.stop();
  }
  labs.clear();
  for (const key of made.keys()) if (key.startsWith(NOTEBOOK)) made.delete(key);
}

afterAll(async () => {
  await closeAll();
  for (const end of endings.reverse()) await end();
});

interface Result extends Pick<Row, "name" | "unit" | "goal"> {
  readonly statistic: string;
  readonly samples: readonly number[];
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly met: boolean | undefined;
  readonly failed?: string;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

async function result({ name, unit, goal, statistic = "p95", measure }: Row): Promise<Result> {
  let samples: readonly number[] = [];
  let failed: string | undefined;
  try {
    samples = await measure(bench);
  } catch (error) {
    // One row that cannot be measured must not cost the others.
    failed = (error as Error).message.split("\n")[0]!;
  }
  const sorted = [...samples].sort((a, b) => a - b);
  const numbers = { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), max: sorted.at(-1) ?? Number.NaN };
  const met = goal === undefined ? undefined : numbers[statistic] <= goal;
  return {
    name,
    unit,
    ...(goal === undefined ? {} : { goal }),
    statistic,
    samples,
    ...numbers,
    met,
    ...(failed && { failed }),
  };
}

const written = (value: number): string =>
  Number.isNaN(value) ? "none" : value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

function print(results: readonly Result[]): void {
  const table = [
    ["measured", "p50", "p95", "max", "unit", "goal", "met"],
    ...results.map(({ name, p50, p95, max, unit, goal, statistic, met, failed }) => [
      name,
      ...[p50, p95, max].map(written),
      unit,
      goal === undefined ? "" : `${statistic} ≤ ${goal}`,
      failed ?? (met === undefined ? "" : met ? "yes" : "no"),
    ]),
  ];
  const widths = table[0]!.map((_, k) => Math.max(...table.map((row) => row[k]!.length)));
  for (const row of table) console.log(`| ${row.map((cell, k) => cell.padEnd(widths[k]!)).join(" | ")} |`);
}

test("the widgets are measured", async () => {
  const folder = join(root, "test/bench/widgets/entries");
  const results: Result[] = [];
  for (const name of readdirSync(folder).sort()) {
    const { rows } = (await import(join(folder, name))) as { rows: readonly Row[] };
    for (const row of rows) {
      if (only.length > 0 && !only.some((word) => row.name.includes(word))) continue;
      const begin = performance.now();
      const one = await result(row);
      results.push(one);
      const told = one.failed ?? `${written(one.p50)}, p95 ${written(one.p95)} ${row.unit}`;
      console.log(`${row.name}: ${told} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
    }
    await closeAll();
  }
  console.log(
    `\n${os.cpus()[0]!.model}, ${os.availableParallelism()} cores, load ${os.loadavg()[0]!.toFixed(1)}${quick ? ", quick" : ""}\n`,
  );
  print(results);
  mkdirSync(paths.reports, { recursive: true });
  writeFileSync(join(paths.reports, "widgets-bench.json"), JSON.stringify(results, null, 1));
  expect(results.filter(({ failed }) => failed !== undefined).map(({ name, failed }) => `${name}: ${failed}`)).toEqual(
    [],
  );
});
