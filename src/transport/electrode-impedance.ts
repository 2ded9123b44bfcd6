import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { ComputeFailed, InvalidArgument } from "../core/errors.js";
import { checkNumber } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type Complex, coth, divided, product, root, solveTridiagonal } from "./complex.js";
import { type ElectrodePoreOptions, withElectrode } from "./electrode-pores.js";

/** Options of {@link electrodeImpedance}. */
export interface ElectrodeImpedanceOptions extends ElectrodePoreOptions {
  /**
   * Angular frequencies over that at which an ideal electrode of the same volume and walls is charged to its depth, ω₀ = κ·ε/(c·a·L²)
   * (κ: conductivity of the electrolyte, c: capacity per area of wall, a: wall per volume,
   * {@link electrodeTortuosity} tells it). Default: 26 from 1/8 to 724.
   */
  frequencies?: readonly number[];
  /** Largest error of an impedance, over its length, at which it counts as found. Default 0.001. */
  tolerance?: number;
}

/** Vectors from which all frequencies are made, at most. */
const MOST_VECTORS = 80;
/** How much better each of them has to be. */
const FINER = 1e-2;

/**
 * Impedance spectrum of an electrode whose pores are filled with electrolyte and whose walls only store charge (a symmetric cell with
 * blocking electrodes), seen from the separator.
 *
 * A row for each frequency. Columns: `frequency` (over ω₀, see `frequencies`), `real` and `imaginary` part of the impedance over L/(κ·ε), the
 * resistance of straight pores of the same volume; `ideal real` and `ideal imaginary`, of an even electrode with straight pores,
 * coth(√(iω))/√(iω). At low frequencies the real part is a third of the factor of {@link electrodeTortuosity}.
 *
 * All frequencies come from one sequence of vectors (Lanczos), each a solution as of {@link tortuosity}: some ten to thirty, the more
 * the wider the range of frequencies is. Voxels that are no cubes are taken as they are, and their walls by area. Memory 30 bytes a
 * voxel, of those that are no cubes 37.
 * @param labels labels of whole numbers or a mask, any shape
 * @throws MissingData if no voxel of the phase is at the separator, or none has a wall
 * @throws ComputeFailed if the tolerance cannot be reached, as of voxels many times longer than wide
 * @see R. de Levie, doi:10.1016/0013-4686(63)80042-0; P. Feldmann & R. W. Freund, Efficient linear circuit analysis by Padé approximation
 * via the Lanczos process (1995), doi:10.1109/43.384428
 */
export async function electrodeImpedance(
  labels: Volume,
  options: ElectrodeImpedanceOptions = {},
): Promise<ResultTable> {
  const caller = "electrodeImpedance";
  const { tolerance = 1e-3, frequencies = defaultFrequencies(), ...rest } = options;
  checkNumber("tolerance", tolerance, 1e-5, 0.1);
  if (!Array.isArray(frequencies) || frequencies.length === 0)
    throw new InvalidArgument(
      `${caller}: frequencies are a list of numbers over 0, got ${JSON.stringify(frequencies)}`,
    );
  for (const frequency of frequencies) checkNumber("a frequency", frequency, 1e-6, 1e6);
  return withElectrode(
    caller,
    labels,
    rest,
    ["tolerance", "frequencies"],
    MOST_VECTORS,
    async (team, electrode, run) => {
      const { depth, area, faces, fraction, inside, rate, collector, sides, named } = electrode;
      // About which all frequencies lie.
      const shift = rate * Math.sqrt(Math.min(...frequencies) * Math.max(...frequencies));
      await team.call("setReaction", { reaction: shift });
      await team.call("reactingFaces", undefined);
      const fine = Math.max(tolerance * FINER, 1e-6);
      const energy = await team.call<number>("solve", { tolerance: fine });
      await team.call("firstVector", { energy });
      const unit = (area * ((fraction * inside) / (depth * area))) / depth;
      const diagonal: number[] = [];
      const beside: number[] = [];
      let found: Complex[] = [];
      let parts = MOST_VECTORS;
      for (;;) {
        const { alpha, beta } = await team.call<{ alpha: number; beta: number }>("nextVector", {
          beta: beside.at(-1) ?? 0,
          tolerance: fine,
        });
        run.signal.throwIfAborted();
        run.step();
        parts--;
        diagonal.push(alpha);
        const before = found;
        found = frequencies.map((frequency) => {
          const s: Complex = [0, frequency * rate];
          const rows = diagonal.map((value): Complex => [1 - shift * value, s[1] * value]);
          const off = beside.map((value): Complex => [-shift * value, s[1] * value]);
          const [first] = solveTridiagonal(rows, off);
          // Admittance: s·faces − s²·(what the walls' own charge keeps away).
          const kept = product([0, s[1]], [0, s[1]]);
          const [re, im] = product(kept, [energy * first![0], energy * first![1]]);
          return divided([unit, 0], [-re, s[1] * faces - im]);
        });
        const changed = found.map((value, k) => {
          const last = before[k];
          return last === undefined ? 1 : Math.hypot(value[0] - last[0], value[1] - last[1]) / Math.hypot(...value);
        });
        // Twice as small: two changes in a row are seldom small by chance.
        if (Math.max(...changed) < tolerance / 2 || !(beta > 1e-7 * alpha)) break;
        if (diagonal.length === MOST_VECTORS)
          throw new ComputeFailed(
            `${caller}: ${MOST_VECTORS} vectors leave impedances uncertain by ${Math.max(...changed).toExponential(1)}; give a narrower range of frequencies, or a larger tolerance`,
          );
        beside.push(beta);
      }
      for (; parts > 0; parts--) run.step();
      const ideal = frequencies.map((frequency) => {
        const argument = root([0, frequency]);
        return divided(coth(argument), argument);
      });
      const { walls, region, mask } = options;
      const parameters = { conductivities: named, walls, collector, sides, frequencies, tolerance, region };
      return resultTable(
        [
          { name: "frequency", values: [...frequencies], unit: "1" },
          { name: "real", values: found.map(([re]) => re), unit: "1" },
          { name: "imaginary", values: found.map(([, im]) => im), unit: "1" },
          { name: "ideal real", values: ideal.map(([re]) => re), unit: "1" },
          { name: "ideal imaginary", values: ideal.map(([, im]) => im), unit: "1" },
        ],
        trace(caller, parameters, { labels, mask }),
      );
    },
  );
}

const defaultFrequencies = (): number[] => Array.from({ length: 26 }, (_, k) => 2 ** (-3 + k / 2));
