/** What a class of widgets is in the page, and which class a page means when it opens a widget itself. */
import type { AttributeTable } from "./attributes.js";

/** Names and attributes of a model, as its module in the page knows them. */
export interface ModelSpec {
  /** Name of the class, for messages. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  readonly model: string;
  /** null: it is never shown by itself. */
  readonly view: string | null;
  readonly viewModule: string;
  readonly viewVersion: string;
  readonly attributes: AttributeTable;
}

interface Module {
  readonly module: string;
  readonly version: string;
}

/** The spec of a class, with its model and its view each in a module. */
export const spec = (
  name: string,
  { module, version }: Module,
  model: string,
  viewed: Module,
  view: string | null,
  attributes: AttributeTable,
): ModelSpec => ({
  ...{ name, module, version, model, view },
  ...{ viewModule: viewed.module, viewVersion: viewed.version, attributes },
});

/** The part of a state that says what it is the state of; it never changes. */
export const identity = (spec: ModelSpec): Record<string, string | null> => ({
  _model_module: spec.module,
  _model_module_version: spec.version,
  _model_name: spec.model,
  _view_module: spec.viewModule,
  _view_module_version: spec.viewVersion,
  _view_name: spec.view,
});

type Opened = new () => unknown;
const classes = new Map<string, Opened>();

/** Makes a class known, for widgets that a page opens. */
export function register(spec: ModelSpec, ofClass: unknown): void {
  classes.set(`${spec.module}/${spec.model}`, ofClass as Opened);
}

export const registered = (module: unknown, model: unknown): Opened | undefined =>
  classes.get(`${String(module)}/${String(model)}`);
