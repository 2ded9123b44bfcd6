/** The published schema of the models in the page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export interface AttributeType {
  readonly type: string | readonly string[];
  readonly allow_none?: boolean;
  readonly enum?: readonly string[];
  readonly items?: AttributeType;
  readonly union_attributes?: readonly AttributeType[];
  /** Name of the class that a reference leads to. */
  readonly widget?: string;
}

export interface SchemaAttribute extends AttributeType {
  readonly name: string;
  readonly help: string;
  readonly default: unknown;
}

export interface Identity {
  readonly module: string;
  readonly version: string;
  readonly name: string | null;
}

export interface SchemaModel {
  readonly model: Identity & { readonly name: string };
  readonly view: Identity;
  readonly attributes: readonly SchemaAttribute[];
}

const require = createRequire(import.meta.url);

/** Version of the package that brings the schema. */
export const schemaVersion: string = require("@jupyter-widgets/schema/package.json").version;

/**
 * All models. One entry of the published file is no model of the page: "DOMWidgetModel" of the controls module is what is
 * written for the class that pictures, videos and sounds share, which has no name of its own.
 */
export const models: readonly SchemaModel[] = (
  JSON.parse(
    readFileSync(require.resolve("@jupyter-widgets/schema/jupyterwidgetmodels.latest.json"), "utf8"),
  ) as SchemaModel[]
).filter(({ model }) => model.name !== "DOMWidgetModel");

export function modelOf(name: string): SchemaModel {
  const found = models.find(({ model }) => model.name === `${name}Model`);
  if (found === undefined) throw new Error(`the schema has no ${name}Model`);
  return found;
}
