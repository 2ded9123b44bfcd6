/** A network of a hundred thousand elements, turned in a page whose WebGL is software: the view then draws by itself, on the same processor. */
import { join } from "node:path";
import { saveNetwork } from "#src/index.js";
import { latticeNetwork } from "../../../support/lattice-network.js";
import { dragged, round } from "../dragging.js";
import type { Bench, Row } from "../entry.js";

/** Pores along an edge: with the throats between them 105,300 elements. */
const SIDE = 30;

const SHOWN = `import { openNetwork } from "voxbook";
import { network3d } from "voxbook/widgets";
await network3d(await openNetwork("lattice.arrow"))`;

async function frames(bench: Bench): Promise<number[]> {
  const lab = await bench.labWithWebgl();
  const network = latticeNetwork([SIDE, SIDE, SIDE], {
    pore: ([z, y, x]) => 4 + ((z * 7 + y * 13 + x * 29) % 5) / 2,
    throat: ([z, y, x]) => 1 + ((z * 3 + y * 5 + x * 11) % 4) / 2,
    spacing: [1e-6, 1e-6, 1e-6],
  });
  await saveNetwork(network, join(lab.folder, "lattice.arrow"));
  const { page } = await bench.notebook("network", [SHOWN], bench.labWithWebgl());
  // Until all columns have come and the first sharp picture is drawn.
  await page.locator(".voxbook-network-name", { hasText: "diameter" }).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(4000);
  const found = await dragged(page, ".voxbook-network-area", round([0.4, 0.5], 0.2, bench.quick ? 20 : 60));
  await page.close();
  return found;
}

export const rows: readonly Row[] = [
  {
    name: "network of 105,300 elements, turned in software: frame interval",
    unit: "ms",
    goal: 100,
    measure: frames,
  },
];
