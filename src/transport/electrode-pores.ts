/** The pores of an electrode whose walls are charged: what {@link electrodeTortuosity} and {@link electrodeImpedance} share. */

import type { Run } from "../compute/progress.js";
import type { Team } from "../compute/team.js";
import { MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { AXES } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { CollectorPlane } from "../measure/delamination.js";
import { checkAxes, isReversed, withTeam } from "./conduct-axes.js";
import { conductorsOf, type NamedConductors } from "./conductors.js";
import { type Direction, planOf, type TakenIn, takeIn } from "./solve-conduction.js";

/** Options of functions of an electrode. */
export interface ElectrodePoreOptions extends Omit<RunOptions, "to"> {
  /** The phase that the electrolyte fills, by name or label. Default: of two phases the second; of a mask all but 0. */
  phase?: string | number;
  /** The phases at which charge is stored: their faces towards the electrolyte. Default: all others. */
  walls?: readonly (string | number)[];
  /** Where the collector lies; the electrolyte comes in opposite, from the separator. Default `{ axis: "z", side: "high" }`. */
  collector?: CollectorPlane;
  /** What is at the sides, as in {@link tortuosity}. Default `closed`. */
  sides?: "closed" | "periodic";
}

export const ELECTRODE_PORE_OPTIONS = ["phase", "walls", "collector", "sides", ...TABLE_OPTIONS] as const;

/**
 * An electrode that its threads have before them, in units of the voxel's edge h along the axis: lengths over h, areas of walls over
 * that of a face across the axis, conductances over κ·V/h² (V: volume of a voxel). Factors and impedances are ratios in which
 * these units cancel, whatever the other edges are.
 */
export interface Electrode extends TakenIn, NamedConductors {
  readonly collector: CollectorPlane;
  readonly sides: "closed" | "periodic";
  /** Planes from separator to collector, and voxels of a plane. */
  readonly depth: number;
  readonly area: number;
  /** Charged faces, by their area. */
  readonly faces: number;
  /** Volume fraction of the phase, and share of it that is connected with the separator. */
  readonly fraction: number;
  readonly connected: number;
  /** The rate at which an ideal electrode of this volume and these faces is charged to its depth: ε/(a·L²). */
  readonly rate: number;
}

/**
 * Makes ready: r holds what reacting faces take at the potential 1.
 * @throws MissingData if nothing is connected with the separator, or has no wall
 */
export async function withElectrode<T>(
  caller: string,
  labels: Volume,
  options: ElectrodePoreOptions,
  own: readonly string[],
  parts: number,
  body: (team: Team, electrode: Electrode, run: Run) => Promise<T>,
): Promise<T> {
  checkOptions(caller, options, [...own, ...ELECTRODE_PORE_OPTIONS]);
  const { phase, walls, collector = { axis: "z", side: "high" }, sides: _, region, mask, ...run } = options;
  const found = conductorsOf(caller, labels, {
    phase,
    reacting: walls ?? true,
    ...(region && { region }),
    ...(mask && { mask }),
  });
  const { conductors, what } = found;
  const { sides } = checkAxes(caller, labels.shape, { ...options, collector, axis: collector.axis } as object);
  const axis = AXES[collector.axis];
  const direction: Direction = {
    axis,
    reversed: isReversed(collector.axis, collector),
    periodic: [0, 1, 2].map((n) => sides === "periodic" && n !== axis) as [boolean, boolean, boolean],
    open: false,
    reaction: 0,
  };
  return withTeam(caller, conductors, run, {
    plans: (members) => [planOf(conductors, direction, members, true)],
    parts,
    body: async (team, [plan], running) => {
      const taken = await takeIn(team, conductors, direction, plan!);
      const voxels = taken.counts[1]!;
      if (voxels === 0) throw new MissingData(`${caller}: no voxel of region and mask belongs to ${what}`);
      if (taken.kept[1] === 0)
        throw new MissingData(
          `${caller}: no voxel of ${what} is at the separator, at the face opposite to the collector`,
        );
      await team.call("prepare", { level: "none" });
      const faces = await team.call<number>("reactingFaces", undefined);
      if (faces === 0) throw new MissingData(`${caller}: ${what} has no wall at which charge is stored`);
      const [depth, rows, columns] = plan!.size;
      const box = depth * rows * columns;
      return body(
        team,
        {
          ...found,
          ...taken,
          collector,
          sides,
          depth,
          area: rows * columns,
          faces,
          fraction: voxels / taken.inside,
          connected: taken.kept[1]! / voxels,
          rate: voxels / box / ((faces / box) * depth ** 2),
        },
        running,
      );
    },
  });
}
