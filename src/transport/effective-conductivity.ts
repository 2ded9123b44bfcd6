import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { AXES_OPTIONS, type AxesOptions, axisColumns, conductAlongAxes, solverColumns } from "./conduct-axes.js";
import type { Conductivities } from "./conductors.js";

/** Options of {@link effectiveConductivity}. */
export interface EffectiveConductivityOptions extends AxesOptions {
  /** Unit of the conductivities, such as `"S/m"` or `"W/(m·K)"`: the results have it, too. Default `"1"`. */
  unit?: string;
}

/**
 * Effective conductivity of a material of several phases along each axis: electronic with conductivities in S/m, thermal in W/(m·K),
 * ionic, or diffusion with diffusivities. The equation, its boundaries, its cost and memory are those of {@link tortuosity}.
 *
 * A row for each axis. Columns: `axis`; with `collector`, `direction`; `conducting fraction` of the volume; `percolating fraction`, the
 * share of it that is connected with both faces; `mean conductivity` of the phases by volume, which is what layers along the flux
 * have and nothing passes; `effective conductivity`; `flux difference`, `steps` and `reason` as in {@link tortuosity}.
 * @param labels labels of whole numbers, any shape
 * @param conductivities of each phase by name or label; what is not listed conducts nothing
 * @throws InvalidArgument if a phase is not there or a conductivity no finite number from 0 on; LimitExceeded and ComputeFailed as
 * {@link tortuosity}
 * @example await effectiveConductivity(phases, { "active material": 0.1, binder: 1e3 }, { unit: "S/m" })
 */
export async function effectiveConductivity(
  labels: Volume,
  conductivities: Conductivities,
  options: EffectiveConductivityOptions = {},
): Promise<ResultTable> {
  const caller = "effectiveConductivity";
  checkOptions(caller, options, ["unit", ...AXES_OPTIONS]);
  const { unit = "1", ...rest } = options;
  if (typeof unit !== "string" || unit === "")
    throw new InvalidArgument(`${caller}: unit is ${JSON.stringify(unit)}; give a text such as "S/m"`);
  if (conductivities === undefined)
    throw new InvalidArgument(`${caller}: give the conductivities of phases, such as { pore: 1, binder: 0.05 }`);
  const found = await conductAlongAxes(caller, labels, { ...rest, conductivities });
  const { named, axes, sides, collector, tolerance, figures } = found;
  const { region, mask } = options;
  const parameters = { conductivities: named, unit, axes, sides, collector, tolerance, region };
  return resultTable(
    [
      ...axisColumns(found),
      { name: "conducting fraction", values: figures.map(({ fraction }) => fraction), unit: "1" },
      { name: "percolating fraction", values: figures.map(({ percolating }) => percolating), unit: "1" },
      { name: "mean conductivity", values: figures.map(({ mean }) => mean), unit },
      { name: "effective conductivity", values: figures.map(({ effective }) => effective), unit },
      ...solverColumns(found),
    ],
    trace(caller, parameters, { labels, mask }),
  );
}
