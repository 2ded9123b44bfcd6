/** How long the frames of a network take that is turned in real JupyterLab. */
import { join } from "node:path";
import { saveNetwork } from "#src/index.js";
import type { LabSession } from "./lab.js";
import { latticeNetwork } from "./lattice-network.js";

export interface NetworkFrames {
  /** Pores and throats. */
  readonly elements: number;
  readonly painter: string;
  /** Milliseconds from one frame to the next, in order. */
  readonly frames: number[];
}

/** The value that a share of all lies at or below. */
export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;

/** Shows a cubic lattice of `side`³ pores and turns it by the mouse. */
export async function networkFrames(lab: LabSession, side = 30, turns = 60): Promise<NetworkFrames> {
  const network = latticeNetwork([side, side, side], {
    pore: ([z, y, x]) => 4 + ((z * 7 + y * 13 + x * 29) % 5) / 2,
    throat: ([z, y, x]) => 1 + ((z * 3 + y * 5 + x * 11) % 4) / 2,
    spacing: [1e-6, 1e-6, 1e-6],
  });
  await saveNetwork(network, join(lab.folder, "lattice.arrow"));
  const { page, run } = await lab.open([
    `import { openNetwork } from "voxbook";
import { network3d } from "voxbook/widgets";
await network3d(await openNetwork("lattice.arrow"))`,
  ]);
  await run(0);
  const area = page.locator(".voxbook-network-area");
  await area.waitFor();
  // Until all columns have come and the first sharp picture is drawn.
  await page.locator(".voxbook-network-name", { hasText: "diameter" }).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(4000);
  const box = (await area.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  const frames = await page.evaluate<number[]>(`(async () => {
    const area = document.querySelector(".voxbook-network-area");
    const box = area.getBoundingClientRect();
    const frames = [];
    let last = performance.now();
    for (let k = 1; k <= ${turns}; k++) {
      const [clientX, clientY] = [box.left + box.width / 2 + 7 * k, box.top + box.height / 2 + 3 * k];
      area.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      frames.push(now - last);
      last = now;
    }
    return frames;
  })()`);
  await page.mouse.up();
  const painter = (await area.getAttribute("data-painter")) ?? "";
  await page.context().close();
  return { elements: network.pores.numRows + network.throats.numRows, painter, frames };
}
