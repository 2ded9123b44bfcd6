import { buildVolume } from "../compute/build.js";
import { release } from "../compute/memory.js";
import { shifted } from "../compute/planned.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { type Axis, regionShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { AXES_OPTIONS, type AxesOptions, type ConductorOptions, conductAlongAxes, figuresOf } from "./conduct-axes.js";

/** Options of {@link fluxMaps}. */
export interface FluxMapsOptions extends Omit<AxesOptions, "axis">, ConductorOptions {
  /** The axis along which it flows. Default: that of the collector, else `z`. */
  axis?: Axis;
}

/** What {@link fluxMaps} gives. */
export interface FluxMaps {
  /** Concentration, or potential, of each voxel: 1 at the first face (that of the separator, with `collector`) and 0 at the last. */
  readonly concentration: Volume;
  /** Length of the flux density in each voxel, over that in an open block: where it is large are the bottlenecks. */
  readonly flux: Volume;
}

/** Planes that are fetched at once. */
const AT_ONCE = 16;

/**
 * Maps of concentration and flux: where what {@link tortuosity} solves goes along, and where it stands. Voxels that do not conduct, or
 * are not connected with both faces, are NaN in both.
 *
 * The flux in a voxel is the mean of what goes through its opposite faces. Equation, boundaries and cost are those of
 * {@link tortuosity}; memory as well, and 8 bytes a voxel for the maps.
 * @param labels labels of whole numbers or a mask, any shape
 * @returns two new volumes of the role field (float32), of the shape and voxel size of the labels (of the region, with `region`)
 * @throws InvalidArgument if nothing conducts from face to face; MissingData if the phase has no voxel; otherwise as {@link tortuosity}
 */
export async function fluxMaps(labels: Volume, options: FluxMapsOptions = {}): Promise<FluxMaps> {
  const caller = "fluxMaps";
  checkOptions(caller, options, ["phase", "conductivities", ...AXES_OPTIONS]);
  const { axis = options.collector?.axis ?? "z", ...rest } = options;
  if (Array.isArray(axis))
    throw new InvalidArgument(`${caller}: maps are of one axis; axis is ${JSON.stringify(axis)}`);
  const { region, mask, memoryLimit, signal } = options;
  const made: Volume[] = [];
  const limits = { ...(memoryLimit !== undefined && { memoryLimit }), ...(signal && { signal }) };
  try {
    await conductAlongAxes(
      caller,
      labels,
      { ...rest, axis },
      async (team, { named, sides, tolerance, conductors, what }, solved) => {
        // A phase without a voxel is told as such.
        figuresOf(caller, what, solved, conductors.conductivities);
        if (!solved.percolates)
          throw new InvalidArgument(`${caller}: nothing flows, for no path leads from face to face along ${axis}`);
        const { collector } = options;
        const shape = regionShape(conductors.region);
        const { spacing, direction } = labels;
        const origin = shifted(labels, conductors.region.start);
        for (const flux of [false, true]) {
          const parameters = {
            map: flux ? "flux" : "concentration",
            conductivities: named,
            axis,
            sides,
            collector,
            tolerance,
            region,
          };
          const provenance = trace(caller, parameters, { labels, mask });
          await team.call("map", { flux });
          const facts = {
            shape,
            dtype: "float32" as const,
            role: "field" as const,
            spacing,
            origin,
            direction,
            provenance,
          };
          made.push(
            await buildVolume(
              facts,
              async (writer) => {
                for (let z = 0; z < shape[0]; z += AT_ONCE)
                  await writer.writePlanes(
                    z,
                    await team.first("planes", { from: z, to: Math.min(shape[0], z + AT_ONCE) }),
                  );
              },
              limits,
            ),
          );
        }
      },
    );
  } catch (error) {
    for (const one of made) release(one);
    throw error;
  }
  return { concentration: made[0]!, flux: made[1]! };
}
