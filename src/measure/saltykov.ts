import { Table } from "apache-arrow";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { diametersOf, edgesOf } from "./size-distribution.js";

/** Options of {@link saltykov}. */
export interface SaltykovOptions {
  /** Column of diameters. Default `equivalent diameter`. */
  column?: string;
  /** Edges of the bins, ascending, in the unit of the diameters; or how many bins of equal width there are from 0 to the largest. Default 12. */
  bins?: number | readonly number[];
}

/**
 * Sizes of spheres out of those of their sections: a plane cuts large spheres more often than small ones, and seldom through their
 * middle. Bin by bin, from the largest one down, the sections that larger spheres have in it are taken away, and what is left is over
 * the diameter of spheres of this bin.
 *
 * Columns: `from` and `to` of the bin, `sections` in it, `section fraction`; `spheres`: their number per volume, in sections per area over length, of which
 * those that came out below 0 are 0; `sphere fraction`.
 * For spheres only. Errors of large bins go into the smaller ones: take few bins, and hundreds of sections.
 * @param sections a table with a column of diameters of circles, such as {@link particles} of an image, or diameters
 * @throws InvalidArgument if diameters are not finite and above 0, or bins are not ascending
 * @throws MissingData if there are none, or the table has no such column
 * @see S. A. Saltykov (1967), in H. Elias (ed.), Stereology, doi:10.1007/978-3-642-88260-9_31; spheres of a bin have the diameter of its middle, as in
 * TauFactor's estimate_3d_psd_saltykov
 */
export function saltykov(
  sections: ResultTable | readonly number[] | Float64Array,
  options: SaltykovOptions = {},
): ResultTable {
  const caller = "saltykov";
  checkOptions(caller, options, ["column", "bins"]);
  const { column = "equivalent diameter", bins = 12 } = options;
  const { diameters, unit } = diametersOf(caller, sections, column);
  const edges = edgesOf(
    caller,
    bins,
    Array.from(diameters).reduce((most, d) => Math.max(most, d), 0),
  );
  const count = edges.length - 1;
  const found = new Float64Array(count);
  for (const d of Array.from(diameters)) {
    const k = edges.findIndex((edge, at) => at > 0 && (d < edge || (at === count && d === edge))) - 1;
    if (k >= 0 && d >= edges[0]!) found[k]!++;
  }
  /** Share of the sections of spheres that is smaller. */
  const share = (section: number, sphere: number): number =>
    section >= sphere ? 1 : 1 - Math.sqrt(1 - (Math.max(0, section) / sphere) ** 2);
  const middles = found.map((_, k) => (edges[k]! + edges[k + 1]!) / 2);
  const spheres = new Float64Array(count);
  for (let k = count - 1; k >= 0; k--) {
    let rest = found[k]!;
    const sectionsIn = (bin: number): number =>
      middles[bin]! * (share(edges[k + 1]!, middles[bin]!) - share(edges[k]!, middles[bin]!));
    for (let larger = k + 1; larger < count; larger++) rest -= spheres[larger]! * sectionsIn(larger);
    spheres[k] = Math.max(0, rest / sectionsIn(k));
  }
  const [all, allSpheres] = [found, spheres].map((values) => values.reduce((sum, n) => sum + n, 0)) as [number, number];
  return resultTable(
    [
      { name: "from", values: edges.slice(0, -1), unit },
      { name: "to", values: edges.slice(1), unit },
      { name: "sections", values: found },
      { name: "section fraction", values: found.map((n) => n / all), unit: "1" },
      { name: "spheres", values: spheres },
      { name: "sphere fraction", values: spheres.map((n) => n / allSpheres), unit: "1" },
    ],
    trace(caller, { column, bins: edges }, sections instanceof Table && "provenance" in sections ? { sections } : {}),
  );
}
