/** Long work on networks: the same in a thread as in place, told of, and stopped at any time. */
import { beforeAll, expect, test } from "vitest";
import { resultTable } from "#src/core/arrow/table.js";
import { InvalidArgument, LimitExceeded } from "#src/core/errors.js";
import type { Progress } from "#src/core/options.js";
import { columnsOf } from "#src/network/build-network.js";
import { PoreNetwork } from "#src/network/network.js";
import { networkDiffusion } from "#src/network/network-diffusion.js";
import { networkPermeability } from "#src/network/network-permeability.js";
import { networkStatistics } from "#src/network/network-statistics.js";
import { beginTask, type NetworkTask, type TaskArgument } from "#src/network/network-tasks.js";
import { runOnNetwork } from "#src/network/run-on-network.js";
import { toEnd } from "#src/network/steps.js";
import { latticeNetwork } from "../support/lattice-network.js";

const uneven = ([z, y, x]: readonly number[]): number => 1 + ((7 * z! + 3 * y! + 5 * x!) % 11) / 4;
const long = { networkDiffusion, networkPermeability, networkStatistics };

test("gives bit by bit the same in a thread as in place, and an error its class", async () => {
  // More throats than are worked on in place.
  const network = latticeNetwork([9, 10, 8], { throat: uneven, spacing: [1e-6, 1e-6, 1e-6] });
  expect(network.throats.numRows).toBeGreaterThan(1000);
  const same = async <K extends NetworkTask>(name: K, argument: TaskArgument<K>): Promise<void> =>
    expect(await runOnNetwork("it", network, name, argument, {})).toEqual(toEnd(beginTask(name, network, argument)));
  for (const flowing of ["gradient", "slowly"] as const) await same("flowsAlong", { axes: ["z", "x"], flowing });
  await same("statisticsOf", { axes: ["y"], orders: 5, seed: 3 });
  // Too short for its two faces: the pores of its only plane touch both.
  const thin = latticeNetwork([1, 24, 24], { throat: uneven });
  const { pores } = thin;
  const both = new PoreNetwork({
    ...thin,
    pores: resultTable(
      columnsOf(pores, [...Array(pores.numRows).keys()]).map((column) =>
        column.name === "touches" ? { ...column, values: Array(pores.numRows).fill("z low, z high") } : column,
      ),
      thin.provenance,
    ),
  });
  const error = await networkDiffusion(both, { axis: "z" }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(InvalidArgument);
  expect((error as Error).message).toMatch(/pore 0 touches both faces along z/);
});

test.each(Object.entries(long))("%s tells how far it is, up to the end, of small networks, too", async (name, call) => {
  for (const network of [latticeNetwork([3, 3, 3]), latticeNetwork([11, 12, 11], { throat: uneven })]) {
    const told: Progress[] = [];
    await call(network, { onProgress: (progress) => void told.push(progress) });
    expect(told.at(-1)).toEqual({ operation: name, done: 100, total: 100 });
    expect(told.map(({ done }) => done)).toEqual(Array.from({ length: 100 }, (_, k) => k + 1));
  }
});

let large: PoreNetwork;
beforeAll(() => {
  large = latticeNetwork([50, 50, 50], { throat: uneven });
}, 60_000);

test.each(Object.entries(long))(
  "%s of 125,000 pores is stopped at any time with the signal's own reason",
  async (_, call) => {
    const stopped = async (controller: AbortController, onProgress?: () => void): Promise<void> => {
      const reason = new Error("enough");
      let at = 0;
      const stop = (): void => {
        at = performance.now();
        controller.abort(reason);
      };
      const running = call(large, { signal: controller.signal, onProgress: onProgress ?? stop });
      // At once, or where it tells for the first time how far it is: in the midst of the solution.
      if (onProgress !== undefined) setImmediate(stop);
      await expect(running).rejects.toBe(reason);
      // The whole takes some seconds.
      expect(performance.now() - at).toBeLessThan(2000);
    };
    await stopped(new AbortController(), () => undefined);
    await stopped(new AbortController());
    const gone = new AbortController();
    gone.abort(new Error("before"));
    await expect(call(large, { signal: gone.signal })).rejects.toThrow("before");
  },
  60_000,
);

test("refuses a network that does not fit into the memory allowed, before it begins", async () => {
  await expect(networkDiffusion(large, { memoryLimit: 1e6 })).rejects.toBeInstanceOf(LimitExceeded);
});
