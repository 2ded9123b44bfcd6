/** Of 100 generated volumes of a known material, the interval of 95 % holds the truth in 90 to 98. */
import { expect, test } from "vitest";
import { representativeVolume } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { spheresModel } from "../support/spheres-model.js";

const VOLUMES = 100;

for (const [name, plane, shape] of [
  ["volumes", false, [48, 48, 48]],
  ["images", true, [1, 160, 160]],
] as const)
  for (const method of ["correlation", "sub-volumes"] as const)
    test(`of ${VOLUMES} ${name} the interval by ${method} holds the truth in 90 to 98`, async () => {
      const model = spheresModel(3, 0.4, plane);
      const held = { "volume fraction": 0, surface: 0 };
      for (let seed = 1; seed <= VOLUMES; seed++) {
        const volume = memoryVolume(model.sample(shape, seed), shape, { role: "mask", brick: [24, 48, 80] });
        for (const quantity of ["volume fraction", "surface"] as const) {
          const options = { quantity, method, ...(method === "sub-volumes" && { nested: 1 }) };
          const { low, high } = (await representativeVolume(volume, options)).get(0)!.toJSON() as Record<
            string,
            number
          >;
          const truth = quantity === "surface" ? model.surface : model.fraction;
          if (low! <= truth && truth <= high!) held[quantity]++;
        }
      }
      for (const count of Object.values(held)) {
        expect(count).toBeGreaterThanOrEqual(90);
        expect(count).toBeLessThanOrEqual(98);
      }
    }, 300_000);
