/** A pore network on the kernel's side: state, what the page may change and ask for, what a cell reads. */
import type { Json } from "../../../kernel/comm.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber } from "../../../src/core/options.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { PoreNetwork } from "../../../src/network/network.js";
import { type NetworkPath, networkPath } from "../../../src/network/network-path.js";
import { CORNER, unitTurn } from "../../draw/orthographic.js";
import type { ColumnName, Network3dState, NetworkShown, PathChoice } from "../../protocol/network3d.js";
import { MAX_PART_BYTES, type Reply } from "../../protocol.js";
import { cellOf, given, unless } from "../code.js";
import { OwnWidget } from "../own-widget.js";
import { serve } from "../planes.js";
import { type Scene, type SceneMember, sceneAccepts } from "../scene.js";
import { labellingOf } from "../selection.js";
import { type Shown, View } from "../view.js";
import { type NetworkColumns, shapeOf } from "./columns.js";
import type { Network3dOptions } from "./network3d.js";
import { networkShown } from "./network3d-picture.js";
import { ghostOf, voxelsOf } from "./voxel-places.js";

type State = Network3dState;
type Answer = Promise<readonly [object, readonly ArrayBufferView[]]>;

/** What lies behind the network, and which of its voxels are the phase. */
export interface Ghost {
  readonly volume: Volume;
  readonly isInside: (value: number) => boolean;
}

/** Float64 values that one message holds. */
const PART = MAX_PART_BYTES / 8;
const TITLE = "pore network";
let count = 0;

/** A pore network in 3D; made by {@link network3d}. */
export class Network3d extends View<State> {
  /** The network that is shown. */
  readonly network: PoreNetwork;
  readonly #columns: NetworkColumns;
  readonly #labels: Volume | undefined;
  readonly #ghost: Ghost | undefined;
  /** Volumes that the call was given, and whose ghost is seen. */
  readonly #given: object;

  /** @internal */
  constructor(
    network: PoreNetwork,
    options: Network3dOptions,
    scene: Scene | undefined,
    ghost: Ghost | undefined,
    columns: NetworkColumns,
  ) {
    const { labels, scale = "linear", range, selected, path, throats = true, voxels = false, title = TITLE } = options;
    const { camera = CORNER } = options;
    const { shape, size, unit, pores } = network;
    const nothing = { cursor: [0, 0, 0] as Triple, window: [0, 1] as [number, number], thresholds: [] };
    super(
      new OwnWidget<State>(
        { model: "Network3dModel", view: "Network3dView" },
        {
          ...(scene?.state ?? { ...nothing, region: null, normal: null }),
          history: scene?.log.lengths ?? [0, 0],
          scene: scene?.id ?? `network-${++count}`,
          phases: [],
          ...{ title, shape, size, unit, pores: pores.numRows, throats: network.throats.numRows },
          ...{ colour: columnOf(options.colour), scale },
          range: range === undefined ? null : [range[0], range[1]],
          selected: selected ?? null,
          path: path === undefined ? null : { axis: path.axis ?? "z", by: path.by ?? "widest" },
          show: { throats, ghost: options.ghost ?? ghost !== undefined, voxels },
          has: { ghost: ghost !== undefined, voxels: labels !== undefined },
          labelsId: labels === undefined ? null : labellingOf(labels),
          camera,
        },
        {
          ...(scene === undefined ? {} : sceneAccepts(scene)),
          colour: (value) => accepted(() => columns.check(Object(value) as ColumnName)),
          scale: (value) => (value === "linear" || value === "log" ? value : undefined),
          range: rangeIn,
          selected: (value) => (value === null || isRow(value, pores.numRows) ? value : undefined),
          path: (value) => (value === null ? null : pathIn(value)),
          show: shownIn,
          camera: cameraIn,
        },
      ),
    );
    this.network = network;
    this.#columns = columns;
    this.#labels = labels;
    this.#ghost = ghost;
    this.#given = { ...given(options, "volume", "labels"), phase: options.phase };
    serve(this.widget, { others: this.#answers() });
    if (scene !== undefined) scene.join(this as unknown as SceneMember);
    this.widget.onMessage(({ kind, id }) => {
      if (kind === "settled" && scene === undefined) void this.renew();
      if (kind !== "code") return;
      const reply: Reply = { kind: "code", id: Number(id), text: this.code };
      this.widget.send(reply as unknown as Record<string, Json>);
    });
  }

  /** @internal */
  readonly followsThresholds = false;

  /** Row of the pore that was clicked, in the table of pores; undefined: none. */
  get selected(): number | undefined {
    return this.widget.state.selected ?? undefined;
  }

  /** Selects a pore, in the page too. */
  set selected(row: number | undefined) {
    if (row !== undefined) checkNumber("selected", row, 0, this.network.pores.numRows - 1, true);
    this.#set({ selected: row ?? null });
  }

  /** Values between which the histogram is brushed, of the column {@link colour}; undefined: all. */
  get range(): readonly [low: number, high: number] | undefined {
    return this.widget.state.range ?? undefined;
  }

  set range(range: readonly [low: number, high: number] | undefined) {
    const taken = range === undefined ? null : rangeIn(range);
    if (taken === undefined) throw new InvalidArgument(`range is ${JSON.stringify(range)}; give [low, high]`);
    this.#set({ range: taken });
  }

  /** The column of the colours: of which table, and its name. */
  get colour(): ColumnName {
    return { ...this.widget.state.colour };
  }

  /** The way that is shown; undefined: none. */
  get path(): NetworkPath | undefined {
    const { path } = this.widget.state;
    return path === null ? undefined : this.#pathOf(path);
  }

  get code(): string {
    const { colour, scale, range, selected, path, show, camera, title } = this.widget.state;
    return cellOf("network3d", "network", {
      ...this.#given,
      colour: colour.of === "pores" ? colour.name : { throats: colour.name },
      scale: unless("linear", scale),
      ...{ range, selected, path },
      throats: unless(true, show.throats),
      ghost: unless(this.#ghost !== undefined, show.ghost),
      voxels: unless(false, show.voxels),
      camera: unless(CORNER, camera),
      title: unless(TITLE, title),
    });
  }

  /** @internal */
  async shown(): Promise<Shown> {
    const { state } = this.widget;
    const { path } = this;
    const ghost = state.show.ghost && this.#ghost !== undefined ? await this.#ghostPlaces() : undefined;
    const values = await this.#columns.values(state.colour);
    const { unit } = this.#columns.facts(state.colour.of).find(({ name }) => name === state.colour.name)!;
    return networkShown(shapeOf(this.network), state, { ...values, unit }, path, ghost);
  }

  #set(changes: Partial<State>): void {
    this.widget.update(changes);
    void this.renew();
  }

  #ghostNow: ReturnType<typeof ghostOf> | undefined;
  #ghostPlaces(): ReturnType<typeof ghostOf> {
    if (this.#ghost === undefined) throw new InvalidArgument("this network was shown without the labels of its volume");
    this.#ghostNow ??= ghostOf(this.#ghost.volume, this.#ghost.isInside);
    return this.#ghostNow;
  }

  readonly #paths = new Map<string, NetworkPath>();
  #pathOf({ axis, by }: PathChoice): NetworkPath {
    const key = `${axis} ${by}`;
    const found = this.#paths.get(key) ?? networkPath(this.network, { axis, by });
    this.#paths.set(key, found);
    return found;
  }

  #row(row: Json | undefined): number {
    checkNumber("row", Number(row), 0, this.network.pores.numRows - 1, true);
    return Number(row);
  }

  /** What a page can ask for. */
  #answers(): Record<string, (request: Record<string, Json>) => Answer> {
    const { pores, size, shape } = this.network;
    const labelOf = (row: number): number | null => {
      const label = pores.getChild("label")?.get(row);
      return label === undefined || label === null || Number(label) === 0 ? null : Number(label);
    };
    const placeOf = (row: number): Triple =>
      (["z", "y", "x"] as const).map((axis, k) =>
        Number(((Number(pores.getChild(axis)!.get(row)) * shape[k]!) / size[k]!).toFixed(3)),
      ) as unknown as Triple;
    return {
      columns: async () => [{ pores: this.#columns.facts("pores"), throats: this.#columns.facts("throats") }, []],
      column: async ({ of, name, first }) => {
        const { values, names } = await this.#columns.values({ of, name } as unknown as ColumnName);
        checkNumber("first", Number(first), 0, values.length, true);
        const part = values.slice(Number(first), Number(first) + PART);
        return [{ first, rows: values.length, ...(names && { names }) }, [part]];
      },
      row: async (request) => {
        const row = this.#row(request.row);
        const values = pores.schema.fields.map(({ name, metadata }, k) => {
          const value: unknown = pores.getChildAt(k)!.get(row);
          const text = typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
          return [name, text, metadata.get("unit") ?? ""];
        });
        return [{ values, label: this.#labels === undefined ? null : labelOf(row), place: placeOf(row) }, []];
      },
      path: async (request) => {
        const choice = pathIn(request);
        if (choice === undefined)
          throw new InvalidArgument('a path is { axis: "z", "y" or "x", by: "widest" or "shortest" }');
        const path = this.#pathOf(choice);
        return [{ text: String(path) }, [path.pores, path.throats]];
      },
      ghost: async () => {
        const { places, step } = await this.#ghostPlaces();
        return [{ step }, [places]];
      },
      voxels: async (request) => {
        const row = this.#row(request.row);
        if (this.#labels === undefined) throw new InvalidArgument("give the regions: network3d(network, { labels })");
        const label = labelOf(row);
        if (label === null) throw new InvalidArgument(`pore ${row} has no region: it is a boundary pore`);
        const { places, step } = await voxelsOf(this.#labels, label, placeOf(row)[0]);
        return [{ step }, [places]];
      },
    };
  }
}

/** A column as the option `colour` names it: of pores by its name alone. */
export const columnOf = (colour: Network3dOptions["colour"] = "diameter"): ColumnName =>
  typeof colour === "string" ? { of: "pores", name: colour } : { of: "throats", name: Object(colour).throats };

/** What a check lets pass; undefined if it throws. */
function accepted<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch {
    return undefined;
  }
}

const isRow = (value: unknown, rows: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < rows;

const areNumbers = (value: unknown, count: number): value is number[] =>
  Array.isArray(value) && value.length === count && value.every((n) => typeof n === "number" && Number.isFinite(n));

/** Two numbers in order; undefined if they are not. */
export const rangeIn = (value: unknown): State["range"] | undefined =>
  value === null ? null : areNumbers(value, 2) && value[0]! <= value[1]! ? [value[0]!, value[1]!] : undefined;

/** A way to look for; undefined if it is none. */
export function pathIn(value: unknown): PathChoice | undefined {
  const { axis, by } = Object(value) as Partial<PathChoice>;
  const known = Object.hasOwn(AXES, String(axis)) && (by === "widest" || by === "shortest");
  return known ? { axis: axis as Axis, by } : undefined;
}

function shownIn(value: unknown): NetworkShown | undefined {
  const { throats, ghost, voxels } = Object(value) as NetworkShown;
  return [throats, ghost, voxels].every((one) => typeof one === "boolean") ? { throats, ghost, voxels } : undefined;
}

/** A camera that shows something; undefined if it is none. */
export function cameraIn(value: unknown): State["camera"] | undefined {
  const { turn, zoom, shift } = Object(value) as Partial<State["camera"]>;
  if (!areNumbers(turn, 4) || !areNumbers(shift, 2) || !areNumbers([zoom], 1)) return undefined;
  const unit = unitTurn(turn);
  const inReach = zoom! >= 0.1 && zoom! <= 1000 && shift.every((n) => Math.abs(n) < 1e4);
  return unit !== undefined && inReach ? { turn: unit, zoom: zoom!, shift: [shift[0]!, shift[1]!] } : undefined;
}
