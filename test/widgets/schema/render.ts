/** TypeScript of the controls, made from the published schema. */
import { exact, type File, files, help, notEchoed, type Plan } from "./classes.js";
import {
  type AttributeType,
  type Identity,
  modelOf,
  models,
  type SchemaAttribute,
  type SchemaModel,
  schemaVersion,
} from "./schema.js";

const HEADER = `// Made from @jupyter-widgets/schema ${schemaVersion}: change test/widgets/schema instead, then run npm run controls.`;

/** Classes that references of the schema lead to, where ours have another name. */
const CLASSES: Readonly<Record<string, string>> = { Axis: "ControllerAxis", Button: "ControllerButton" };
const classOf = (widget: string): string => CLASSES[widget] ?? widget;

/** Attributes that all widgets with an element have, and those with a description besides. */
const DOM = ["_dom_classes", "layout", "tabbable", "tooltip"];
const DESCRIBED = ["description", "description_allow_html"];
const IDENTITY = /^_(model|view)_/;

const literal = (value: unknown): string => JSON.stringify(value).replaceAll("\u200b", "\\u200b");

/** The kind of an attribute as code, and the names that the code needs. */
function kindOf(type: AttributeType): string {
  const bare = bareKindOf(type);
  return type.allow_none ? `nullable(${bare})` : bare;
}

function bareKindOf(type: AttributeType): string {
  if (type.enum !== undefined) return `oneOf(${type.enum.map(literal).join(", ")})`;
  if (type.union_attributes !== undefined) return `either(${type.union_attributes.map(kindOf).join(", ")})`;
  switch (type.type) {
    case "reference":
      return type.widget === "Layout" || type.widget?.endsWith("Style")
        ? `part(() => ${type.widget})`
        : `reference(() => ${classOf(type.widget!)})`;
    case "array":
      if (type.items !== undefined) return `list(${kindOf(type.items)})`;
      break;
    case "string":
      return "text";
    case "bool":
    case "int":
    case "float":
    case "bytes":
      return String(type.type);
    case "object":
      return "record";
    case "Date":
    case "Datetime":
    case "Time":
      return type.type.toLowerCase();
  }
  throw new Error(`no kind for ${JSON.stringify(type)}`);
}

/** The type of an attribute in TypeScript. */
function typeOf(type: AttributeType): string {
  const bare = bareTypeOf(type);
  return type.allow_none ? `${bare} | null` : bare;
}

function bareTypeOf(type: AttributeType): string {
  if (type.enum !== undefined) return type.enum.map(literal).join(" | ");
  if (type.union_attributes !== undefined) return type.union_attributes.map(typeOf).join(" | ");
  switch (type.type) {
    case "reference":
      return classOf(type.widget!);
    case "array":
      return `readonly ${typeOf(type.items!)}[]`;
    case "string":
    case "Date":
    case "Time":
      return "string";
    case "bool":
      return "boolean";
    case "int":
    case "float":
      return "number";
    case "bytes":
      return "Uint8Array";
    case "Datetime":
      return "Date";
  }
  throw new Error(`no type for ${JSON.stringify(type)}`);
}

/** Attributes by which the schema is less exact than we are. */
const exactly = (model: string, name: string) => exact[`${model}.${name}`];

function entryOf(model: string, attribute: SchemaAttribute, sealed: readonly string[] = []): string {
  const { name, type, allow_none } = attribute;
  const override = exactly(model, name);
  const kind = override?.kind ?? kindOf(attribute);
  if (type === "reference" && !allow_none) return `${name}: own(${kind})`;
  const initial =
    type === "bytes"
      ? "new Uint8Array()"
      : literal(override?.initial === undefined ? attribute.default : override.initial);
  const flags = [
    ...(name.startsWith("_") || sealed.includes(name) ? ["page: false"] : []),
    ...(notEchoed.includes(`${model}.${name}`) ? ["echo: false"] : []),
  ];
  return `${name}: of(${kind}, ${initial}${flags.length > 0 ? `, { ${flags.join(", ")} }` : ""})`;
}

/** Doc comment and declaration of an attribute. */
function declarationOf(model: string, attribute: SchemaAttribute): string {
  const { name, type } = attribute;
  const override = exactly(model, name);
  const given = (attribute.help || help[name] || "").trim().replace(/\.$/, "");
  if (given === "") throw new Error(`${model}.${name} has no help; give one in classes.ts`);
  const initial = override?.initial === undefined ? attribute.default : override.initial;
  const standard =
    type === "reference"
      ? "May be given as a plain object of its options. Default: one of its own"
      : type === "bytes"
        ? "Default: none"
        : initial === "\u200b"
          ? "Default: none"
          : `Default ${literal(initial)}`;
  return `/** ${sentence(given)}${/[?!]$/.test(given) ? "" : "."} ${standard}. */\ndeclare ${name}: ${override?.type ?? typeOf(attribute)};`;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const constantOf = (name: string): string => `${name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}_MODEL`;

/** A table of attributes as code. */
const table = (entries: readonly string[]): string => `{ ${entries.join(", ")} }`;

function docOf({ text, example }: Plan): string {
  if (example === undefined) return `/** ${text} */`;
  const lines = example.split("\n").map((line) => (line === "" ? " *" : ` *   ${line}`));
  return ["/**", ` * ${text}`, " *", ...lines, " */"].join("\n");
}

function constructorOf(name: string, constant: string, chooses: Plan["chooses"]): string {
  if (chooses === undefined) return `constructor(options: Options<${name}> = {}) { super(${constant}, options); }`;
  const many = chooses === "many" ? "Many" : "";
  return [
    `constructor(options: Labelled${many}<${name}<T>, T>);`,
    `constructor(options?: Listed${many}<${name}<T>, T>);`,
    `constructor(options: object = {}) { super(${constant}, options); }`,
  ].join("\n");
}

const moduleCode = ({ module }: Identity): string => `MODULES.${module.split("/")[1]}`;

function classText(plan: Plan): string {
  const { model, base, extra, chooses, sealed } = plan;
  const name = plan.name ?? model;
  const schema = modelOf(model);
  const constant = constantOf(name);
  const has = (names: readonly string[]): boolean =>
    names.every((one) => schema.attributes.some((a) => a.name === one));
  const described = has(DESCRIBED) && has(DOM) && base !== "Clickable";
  const common = described ? [...DOM, ...DESCRIBED] : has(DOM) ? DOM : [];
  const fragment = described ? ["...DESCRIBED"] : has(DOM) ? ["...DOM"] : [];
  const special = schema.attributes.filter((a) => exactly(model, a.name)?.initial !== undefined).map((a) => a.name);
  const own = schema.attributes.filter(
    (a) => !IDENTITY.test(a.name) && (!common.includes(a.name) || special.includes(a.name)),
  );
  const entries = [
    ...fragment,
    ...own.map((attribute) => entryOf(model, attribute, sealed)),
    ...(extra === undefined ? [] : [`...${extra}`]),
  ];
  const view = schema.view.name === null ? "null" : literal(schema.view.name);
  const spec = `const ${constant} = spec("${name}", ${moduleCode(schema.model)}, "${schema.model.name}", ${moduleCode(schema.view)}, ${view}, ${table(entries)});`;
  const generic = chooses === undefined ? "" : "<T extends Choice = Choice>";
  const declarations = own
    .filter((a) => !a.name.startsWith("_"))
    .map((attribute) => declarationOf(model, attribute))
    .join("\n");
  return `${spec}

${docOf(plan)}
export class ${name}${generic} extends ${base}${chooses === undefined ? "" : "<T>"} {
  static { Widget.install(${name}, ${constant}); }

  ${constructorOf(name, constant, chooses)}

  ${declarations}
}
`;
}

/** Files from which names come. A file imports those of its names that its text has. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  "../behaviour/bordered.js": ["BORDER", "Bordered"],
  "../behaviour/bounds.js": ["Bounded", "BoundedLog", "BoundedMoment", "BoundedRange"],
  "../behaviour/capturing.js": ["Capturing", "type OutputRecord"],
  "../behaviour/choice.js": [
    "type Choice",
    "type Labelled",
    "type LabelledMany",
    "type Listed",
    "type ListedMany",
    "MANY",
    "ONE",
    "OneChoice",
    "OneOfSome",
    "RangeOfSome",
    "SomeChoices",
  ],
  "../behaviour/clickable.js": ["Clickable"],
  "../behaviour/colour.js": ["colour"],
  "../behaviour/element.js": ["ElementWidget"],
  "../behaviour/endpoint.js": ["type Endpoint", "endpoint"],
  "../behaviour/media.js": ["Media"],
  "../behaviour/pages.js": ["Pages", "Tabs"],
  "../behaviour/submitting.js": ["Secret", "Submitting"],
  "../behaviour/tags.js": ["Tags"],
  "../behaviour/upload.js": ["type UploadedFile", "uploadedFile"],
  "../core/attributes.js": ["of", "own"],
  "../core/dates.js": ["date", "datetime", "naiveDatetime", "time"],
  "../core/kinds.js": [
    "bool",
    "bytes",
    "either",
    "float",
    "int",
    "list",
    "nullable",
    "oneOf",
    "pair",
    "part",
    "record",
    "reference",
    "text",
  ],
  "../core/spec.js": ["spec"],
  "../core/options.js": ["type Options"],
  "../core/widget.js": ["Widget"],
  "./dom.js": ["DESCRIBED", "DOM", "DescriptionWidget", "DOMWidget"],
  "./layout.js": ["Layout"],
  "./modules.js": ["MODULES"],
  "./styles.js": files.find(({ file }) => file === "styles")!.plans.map(({ model }) => model),
};

function importsOf(file: string, text: string): string {
  // Not in comments, not as keys, not in quotes.
  const code = text.replace(/\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"/g, "").replace(/\b\w+:\s/g, " ");
  const declared = new Set([...code.matchAll(/\b(?:class|const) (\w+)/g)].map(([, name]) => name!));
  const lines = Object.entries(SOURCES).flatMap(([source, names]) => {
    if (source === `./${file}.js`) return [];
    const used = names.filter((name) => {
      const bare = name.replace("type ", "");
      return !declared.has(bare) && new RegExp(`\\b${bare}\\b`).test(code + types(text));
    });
    if (used.length === 0) return [];
    const allTypes = used.every((name) => name.startsWith("type "));
    const listed = allTypes ? used.map((name) => name.slice(5)) : used;
    return [`import ${allTypes ? "type " : ""}{ ${listed.join(", ")} } from "${source}";`];
  });
  return lines.join("\n");
}

/** The types of declarations: they stand behind a colon, where keys of tables have their values. */
const types = (text: string): string =>
  [...text.matchAll(/declare \w+: ([^;]+);/g)].map(([, type]) => ` ${type}`).join();

function fileText({ file, text, plans }: File): string {
  const body = plans.map(classText).join("\n");
  return `/** ${text} */\n${HEADER}\n${importsOf(file, body)}\n\n${body}`;
}

/** What widgets with an element share; taken from one of them, and checked to be the same in all. */
function domText(): string {
  const { attributes } = modelOf("IntSlider");
  const pick = (names: readonly string[]) => names.map((name) => attributes.find((a) => a.name === name)!);
  const declarations = (names: readonly string[]) =>
    pick(names)
      .filter(({ name }) => !name.startsWith("_"))
      .map((attribute) => declarationOf("", attribute))
      .join("\n");
  const body = `/** Attributes of all widgets with an element in the page. */
export const DOM = ${table(pick(DOM).map((attribute) => entryOf("", attribute)))};

/** Attributes of all widgets with a description beside them. */
export const DESCRIBED = ${table(["...DOM", ...pick(DESCRIBED).map((attribute) => entryOf("", attribute))])};

/** A widget with an element in the page. */
export abstract class DOMWidget extends ElementWidget {
  ${declarations(DOM)}
}

/** A widget with a description beside it. */
export abstract class DescriptionWidget extends DOMWidget {
  ${declarations(DESCRIBED)}
}
`;
  return `/** What widgets in the page have in common. */\n${HEADER}\n${importsOf("dom", body)}\n\n${body}`;
}

/** The modules of all models and views, each in its one version. */
function modulesText(): string {
  const versions = new Map(models.flatMap(({ model, view }) => [model, view]).map((one) => [one.module, one]));
  const entries = [...versions.values()].map(
    ({ module, version }) => `${module.split("/")[1]}: { module: "${module}", version: "${version}" }`,
  );
  return `/** Modules of the page, in the versions of the schema. */\n${HEADER}\n\nexport const MODULES = ${table(entries)};\n`;
}

/** Text of each file of `widgets/model/controls`, not yet formatted. */
export function render(): Map<string, string> {
  const texts = new Map([
    ["modules.ts", modulesText()],
    ["dom.ts", domText()],
  ]);
  for (const file of files) texts.set(`${file.file}.ts`, fileText(file));
  return texts;
}

/** Models that no class is made from. */
export const missing = (all: readonly SchemaModel[]): string[] => {
  const planned = new Set(files.flatMap(({ plans }) => plans.map(({ model }) => `${model}Model`)));
  return all.map(({ model }) => model.name).filter((name) => !planned.has(name));
};
