/** An exported page in a real browser: offline, quiet, and readable on a phone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium as driver } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notebookToHtml } from "../../kernel/bin/html.mjs";
import type { Cell, Output } from "../../kernel/bin/notebook.mjs";
import { payloads } from "../commands/payloads.js";
import { chromium, lacks } from "../support/require.js";

const data = (bundle: Record<string, unknown>): Output => ({ output_type: "display_data", data: bundle, metadata: {} });

describe.skipIf(lacks("chromium"))("an exported page", () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "voxbook-page-"));
    browser = await driver.launch({ executablePath: chromium(), args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(cells: Partial<Cell>[], width = 1000) {
    const file = join(folder, "page.html");
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: cells.map((cell) => ({ metadata: {}, ...cell })) as Cell[],
    };
    writeFileSync(file, notebookToHtml(notebook, { title: "page" }));
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const seen = { dialogs: 0, requests: [] as string[] };
    page.on("dialog", (dialog) => {
      seen.dialogs += 1;
      void dialog.dismiss();
    });
    page.on("request", (request) => seen.requests.push(request.url()));
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    return { page, seen };
  }

  test("runs none of the hostile texts and asks for nothing outside itself", async () => {
    const { page, seen } = await open(
      payloads.flatMap((payload): Partial<Cell>[] => [
        { cell_type: "markdown", source: payload },
        { cell_type: "markdown", source: `[x](${payload}) ![y](${payload})` },
        {
          cell_type: "code",
          source: payload,
          outputs: [
            data({ "text/html": payload }),
            data({ "image/svg+xml": payload }),
            { output_type: "stream", name: "stdout", text: payload },
          ],
        },
      ]),
    );
    // Links that would run something have to be followed to show it.
    const links = await page.evaluate<string[]>(
      '[...document.querySelectorAll("main a[href]")].map((link) => link.getAttribute("href"))',
    );
    expect(links.filter((href) => /^\s*(?:javascript|vbscript|data)/i.test(href))).toEqual([]);
    expect(
      await page.evaluate<number>(
        'document.querySelectorAll("main :is(script,iframe,object,embed,form,svg,style,link)").length',
      ),
    ).toBe(0);
    await page.close();
    expect(seen.dialogs).toBe(0);
    expect(seen.requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([]);
  });

  test("does not scroll sideways on a phone, whatever is wide in it", async () => {
    const wide = "x".repeat(400);
    const cells = `<table><tr>${"<td>123456</td>".repeat(40)}</tr></table>`;
    const { page } = await open(
      [
        { cell_type: "markdown", source: `# Title\n\n${wide}\n\n\`${wide}\`` },
        {
          cell_type: "code",
          source: `const a = "${wide}";`,
          outputs: [data({ "text/html": cells }), { output_type: "stream", name: "stdout", text: wide }],
        },
      ],
      360,
    );
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    await page.close();
  });
});
