/** Columns of a network's tables as the page gets them, and the flow through each throat as one more. */
import { setImmediate } from "node:timers/promises";
import { InvalidArgument } from "../../../src/core/errors.js";
import { suggestion } from "../../../src/core/options.js";
import type { Axis } from "../../../src/core/shape.js";
import { conductances } from "../../../src/network/conductances.js";
import { numbersOf, type PoreNetwork, textsOf } from "../../../src/network/network.js";
import { axesOf, facePores, flowAlong } from "../../../src/network/network-flow.js";
import type { Steps } from "../../../src/network/steps.js";
import { type ColumnValues, type NetworkShape, namedValues } from "../../draw/network-look.js";
import type { ColumnFacts, ColumnName, NetworkTable } from "../../protocol/network3d.js";

const FLOW = /^flow ([zyx])$/;
/** Milliseconds after which others have their turn. */
const TURN_MS = 20;
/** Texts that are told apart; a table of names has no more. */
const MOST_NAMES = 256;

export class NetworkColumns {
  readonly #network: PoreNetwork;
  readonly #known = new Map<string, Promise<ColumnValues>>();

  constructor(network: PoreNetwork) {
    this.#network = network;
  }

  /** Names and units; of throats also the diffusive flow through each, as a share of all that flows along an axis. */
  facts(of: NetworkTable): ColumnFacts[] {
    const own = this.#network[of].schema.fields.map(({ name, metadata }) => ({
      name,
      unit: metadata.get("unit") ?? "",
    }));
    if (of === "pores") return own;
    return [...own, ...flowing(this.#network).map((axis) => ({ name: `flow ${axis}`, unit: "1" }))];
  }

  /** @throws InvalidArgument if there is none of that name */
  check({ of, name }: ColumnName): ColumnName {
    if (of !== "pores" && of !== "throats")
      throw new InvalidArgument(`colour: the table is ${JSON.stringify(of)}; allowed are "pores" and "throats"`);
    const names = this.facts(of).map((one) => one.name);
    if (!names.includes(name))
      throw new InvalidArgument(
        `colour: the ${of} have no column ${JSON.stringify(name)}${suggestion(String(name), names)}; they have ${names.join(", ")}`,
      );
    return { of, name };
  }

  /** All values of a column. */
  values(column: ColumnName): Promise<ColumnValues> {
    const { of, name } = this.check(column);
    const key = `${of} ${name}`;
    const known = this.#known.get(key) ?? this.#read(of, name);
    this.#known.set(key, known);
    return known;
  }

  async #read(of: NetworkTable, name: string): Promise<ColumnValues> {
    const table = this.#network[of];
    const column = table.getChild(name);
    if (column === null) return { values: await flowShares(this.#network, FLOW.exec(name)![1] as Axis) };
    if (String(column.type) !== "Utf8") return { values: numbersOf(table, name) };
    const { values, names } = namedValues(textsOf(table, name));
    if (names.length <= MOST_NAMES) return { values, names };
    const others = [...names.slice(0, MOST_NAMES - 1), "others"];
    return { values: values.map((code) => Math.min(code, MOST_NAMES - 1)), names: others };
  }
}

/** Places and sizes of all pores and throats. */
export function shapeOf({ pores, throats }: PoreNetwork): NetworkShape {
  return {
    x: numbersOf(pores, "x"),
    y: numbersOf(pores, "y"),
    z: numbersOf(pores, "z"),
    poreDiameter: numbersOf(pores, "diameter"),
    one: numbersOf(throats, "pore 1"),
    other: numbersOf(throats, "pore 2"),
    throatDiameter: numbersOf(throats, "diameter"),
  };
}

/** Axes along which something can flow: no pore touches both faces. */
function flowing(network: PoreNetwork): Axis[] {
  return axesOf("network3d", network, undefined).filter((axis) => {
    try {
      return facePores(network, axis).every((rows) => rows.length > 0);
    } catch {
      return false;
    }
  });
}

/** Diffusive flow through each throat over all that comes out, of either direction; 0 where nothing flows. */
async function flowShares(network: PoreNetwork, axis: Axis): Promise<Float64Array> {
  const { rate, rates } = await inTurns(flowAlong(network, axis, conductances(network, "gradient")));
  return rates.map((n) => (rate === 0 ? 0 : Math.abs(n) / rate));
}

async function inTurns<R>(steps: Steps<R>): Promise<R> {
  for (let last = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - last < TURN_MS) continue;
    await setImmediate();
    last = performance.now();
  }
}
