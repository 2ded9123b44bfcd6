/** The tour in real JupyterLab, on the built-in sample and on real scans read in place. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, runAllCells } from "../support/lab.js";
import { data, lacks } from "../support/require.js";

const TOUR = "notebooks/learn/01-from-scan-to-report.ipynb";
const SCANS = [
  "cell-ct/mpj_cell_can_100x728x728_u8_deflate.tif",
  "electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif",
  "electrode-grey/puma_fiberform_ct_100_u8.tif",
];

describe.skipIf(lacks("chromium") || lacks("python"))("the tour in JupyterLab", () => {
  let lab: LabSession;
  beforeAll(async () => {
    lab = await LabSession.start();
  });
  afterAll(() => lab?.stop());

  async function runAll(input?: string): Promise<void> {
    const notebook = await lab.openCopy(TOUR, (text) =>
      input === undefined
        ? text
        : text.replace(
            'let input = \\"electrode\\"',
            `let input = ${JSON.stringify(JSON.stringify(input)).slice(1, -1)}`,
          ),
    );
    const { page } = notebook;
    await runAllCells(page);
    const errors = await page
      .locator(
        '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"], .jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]',
      )
      .allInnerTexts();
    expect(errors).toEqual([]);
    expect(await page.locator(".voxbook-handle").count()).toBeGreaterThanOrEqual(2);
    await page.close();
  }

  test("runs on the built-in sample", () => runAll());
  test.skipIf(lacks("data")).each(SCANS)("runs on %s", (scan) => runAll(data(scan)));
});
