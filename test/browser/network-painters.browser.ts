/** Both painters of a network on a bare page: the graphics card, here made of software, draws what the CPU draws. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium as driver, type Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromium, lacks, root } from "../support/require.js";

/** A page whose modules are those of the built project. */
async function bare(webgl: boolean, use: (page: Page) => Promise<void>): Promise<void> {
  const software = webgl ? ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] : [];
  const browser = await driver.launch({ executablePath: chromium()!, args: ["--no-sandbox", ...software] });
  try {
    const page = await browser.newPage();
    await page.route("http://voxbook.test/**", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/") return route.fulfill({ contentType: "text/html", body: "<!doctype html><body></body>" });
      return route.fulfill({
        contentType: "text/javascript",
        body: readFileSync(join(root, "dist", pathname), "utf8"),
      });
    });
    await page.goto("http://voxbook.test/");
    await use(page);
  } finally {
    await browser.close();
  }
}

/** Makes a lattice and both painters; what the tests have in common. */
const SCENE = `
  const { GlPainter } = await import("/widgets/view/network3d/gl-painter.js");
  const { CpuPainter } = await import("/widgets/view/network3d/painter.js");
  const { CORNER, projectionOf, turned } = await import("/widgets/draw/orthographic.js");
  const lattice = (n) => {
    const [x, y, z, one, other] = [[], [], [], [], []];
    for (let k = 0; k < n ** 3; k++) {
      const at = [k % n, Math.floor(k / n) % n, Math.floor(k / n ** 2)];
      x.push(10 * at[0]); y.push(10 * at[1]); z.push(10 * at[2]);
      for (const [axis, step] of [1, n, n * n].entries()) if (at[axis] < n - 1) { one.push(k); other.push(k + step); }
    }
    const list = (length, of) => Float64Array.from({ length }, (_, k) => of(k));
    const colours = (length) => Uint32Array.from({ length }, (_, k) => (0xff000000 | ((k * 2654435761) & 0xffffff)) >>> 0);
    const levels = (length) => Uint8Array.from({ length }, (_, k) => 1 + (k * 7919 % 3));
    return {
      balls: { x: Float64Array.from(x), y: Float64Array.from(y), z: Float64Array.from(z), radius: list(x.length, (k) => 2 + (k % 5) / 2),
        colours: colours(x.length), levels: levels(x.length) },
      rods: { one: Float64Array.from(one), other: Float64Array.from(other), radius: list(one.length, (k) => 0.5 + (k % 4) / 4),
        colours: colours(one.length), levels: levels(one.length) },
    };
  };
  const boxOf = (n) => ({ low: [0, 0, 0], size: [10 * (n - 1), 10 * (n - 1), 10 * (n - 1)] });`;

describe.skipIf(lacks("chromium"))("a network", () => {
  test("has the same pixels by WebGL and by the CPU", async () => {
    await bare(true, async (page) => {
      const { different, covered } = await page.evaluate<{ different: number; covered: number }>(`(async () => {
        ${SCENE}
        const [n, width, height] = [6, 480, 360];
        const body = lattice(n);
        const pixels = (painter) => {
          painter.draw([body], projectionOf(turned(CORNER, 0.3, 0.2), boxOf(n), width, height), width, height);
          const copy = new OffscreenCanvas(width, height).getContext("2d");
          copy.drawImage(painter.canvas, 0, 0);
          return copy.getImageData(0, 0, width, height).data;
        };
        const [a, b] = [pixels(GlPainter.make(() => undefined, true)), pixels(new CpuPainter())];
        let [different, covered] = [0, 0];
        for (let k = 0; k < a.length; k += 4) {
          if (a[k + 3] === 0 && b[k + 3] === 0) continue;
          covered++;
          if ([0, 1, 2, 3].some((c) => Math.abs(a[k + c] - b[k + c]) > 2)) different++;
        }
        return { different, covered };
      })()`);
      expect(covered).toBeGreaterThan(20_000);
      // Seams between bodies, to rounding, and the ends of rods whose balls are weaker: the CPU cuts them along the picture's axes.
      expect(different / covered).toBeLessThan(0.03);
    });
  });

  test("is left to the CPU where WebGL is made of software", async () => {
    await bare(true, async (page) => {
      expect(
        await page.evaluate(`(async () => { ${SCENE} return GlPainter.make(() => undefined) === undefined; })()`),
      ).toBe(true);
    });
  });
});
