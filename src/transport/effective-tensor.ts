import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { AXES, type Axis, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { principalAxes } from "../measure/principal-axes.js";
import {
  AXES_OPTIONS,
  type AxesOptions,
  type ConductorOptions,
  checkAxes,
  conduct,
  figuresOf,
  solverColumns,
} from "./conduct-axes.js";
import { conductorsOf } from "./conductors.js";
import { axesOf } from "./solve-conduction.js";

/** Options of {@link effectiveTensor}. */
export interface EffectiveTensorOptions extends Omit<AxesOptions, "axis" | "sides" | "collector">, ConductorOptions {
  /**
   * `periodic`: the box repeats along all axes, and each column is what an even gradient in it drives. `closed`: between two faces at
   * fixed concentrations, with closed sides, as in {@link tortuosity}. Default `periodic`.
   */
  boundaries?: "periodic" | "closed";
  /** Unit of the conductivities: the results have it, too. Default `"1"`. */
  unit?: string;
}

/** What {@link effectiveTensor} gives: the tensor as a table, with its principal axes. */
export type EffectiveTensor = ResultTable & {
  /** A row for each principal axis, the best conducting first: conductivity, unit vector along z, y, x, tortuosity factor. */
  readonly principal: ResultTable;
};

const NAMES = Object.keys(AXES) as Axis[];

/**
 * The whole tensor of effective diffusivity, or conductivity: what flows along each axis for a gradient along each, and the axes along
 * which a gradient drives nothing sideways.
 *
 * A row for each axis of the flux, columns `axis`, `gradient z`, `gradient y`, `gradient x`: the mean flux density along the axis over
 * the gradient. Then, of the solution for a gradient along the row's axis, `flux difference`, `steps` and `reason` as in
 * {@link tortuosity}. `principal` has a row for each principal axis of the tensor's symmetric part: `conductivity`, the unit
 * vector `z`, `y`, `x`, and `tortuosityFactor`, D̄ (the mean over the volume) over the conductivity.
 *
 * With periodic boundaries the tensor is symmetric up to the tolerance, and halves of both sides are taken; a direction in which less
 * than 10⁻⁵ of the voxels' mean flows counts as one in which nothing does. With closed sides it need not be symmetric, for
 * these hold back what would flow off. Equation, cost and memory as {@link tortuosity}, three times; periodic axes of an odd number of
 * voxels take the box twice.
 * @param labels labels of whole numbers or a mask, any shape
 * @throws as {@link tortuosity}
 * @see periodic cells: S. Torquato, Random Heterogeneous Materials (2002), chapter 13
 */
export async function effectiveTensor(labels: Volume, options: EffectiveTensorOptions = {}): Promise<EffectiveTensor> {
  const caller = "effectiveTensor";
  const shared = AXES_OPTIONS.filter((name) => name !== "axis" && name !== "sides" && name !== "collector");
  checkOptions(caller, options, ["phase", "conductivities", "boundaries", "unit", ...shared]);
  const { phase, conductivities, boundaries = "periodic", unit = "1", region, mask, tolerance: _, ...run } = options;
  checkChoice("boundaries", boundaries, ["periodic", "closed"]);
  if (typeof unit !== "string" || unit === "")
    throw new InvalidArgument(`${caller}: unit is ${JSON.stringify(unit)}; give a text such as "S/m"`);
  const box = { ...(region && { region }), ...(mask && { mask }) };
  const { conductors, named, what } = conductorsOf(caller, labels, { phase, conductivities, ...box });
  const { tolerance } = checkAxes(caller, labels.shape, { ...options, axis: NAMES });
  const around = boundaries === "periodic";
  const directions = NAMES.map((axis) => ({
    axis: AXES[axis],
    reversed: false,
    periodic: [around, around, around] as const,
    open: true,
    reaction: 0,
  }));
  const solved = await conduct(caller, conductors, directions, tolerance, run);
  const figures = solved.map((one) => figuresOf(caller, what, one, conductors.conductivities));
  const most = Math.max(...conductors.conductivities);
  const tensor = NAMES.map(() => [0, 0, 0]);
  for (const [k, one] of solved.entries()) {
    tensor[k]![k] = figures[k]!.effective;
    if (!one.percolates) continue;
    const axes = axesOf(k);
    const voxels = one.size[0] * one.size[1] * one.size[2];
    const length = one.size[0] * conductors.steps[k]!;
    for (const [n, sum] of one.sideways.entries()) {
      const axis = axes[n + 1]!;
      tensor[axis]![k] = ((most * sum * length) / (voxels * conductors.steps[axis]!)) * (voxels / one.inside);
    }
  }
  const even = tensor.map((row, i) => row.map((value, k) => (value + tensor[k]![i]!) / 2));
  const shown = around ? even : tensor;
  const reasons = solved.map(({ percolates }, k) =>
    percolates ? "" : `no path of ${what} leads on along ${NAMES[k]}`,
  );
  const provenance = trace(caller, { conductivities: named, boundaries, unit, tolerance, region }, { labels, mask });
  const table = resultTable(
    [
      { name: "axis", values: NAMES },
      ...NAMES.map((axis, k) => ({ name: `gradient ${axis}`, values: shown.map((row) => row[k]!), unit })),
      ...solverColumns({ solved, reasons }),
    ],
    provenance,
  );
  const [[zz, zy, zx], [, yy, yx], [, , xx]] = even as unknown as [Triple, Triple, Triple];
  const axes = principalAxes([zz, yy, xx, zy, zx, yx]);
  const along = axes.map(({ direction }) => mainlyForward(direction));
  const values = axes.map(({ value }) => Math.max(0, value));
  const principal = resultTable(
    [
      { name: "conductivity", values, unit },
      ...NAMES.map((axis, k) => ({ name: axis, values: along.map((direction) => direction[k]!), unit: "1" })),
      { name: "tortuosityFactor", values: values.map((value) => figures[0]!.mean / value), unit: "1" },
    ],
    provenance,
  );
  Object.defineProperty(table, "principal", { value: principal, enumerable: false });
  return table as EffectiveTensor;
}

/** Turned so that the largest component is positive: small ones are what the tolerance leaves, and so is their sign. */
function mainlyForward(direction: Triple): Triple {
  const main = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-9 ? value : best), 0);
  return main < 0 ? (direction.map((value) => 0 - value) as unknown as Triple) : direction;
}
