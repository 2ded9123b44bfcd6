/** Modules of the page, in the versions of the schema. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.

export const MODULES = {
  base: { module: "@jupyter-widgets/base", version: "2.0.0" },
  controls: { module: "@jupyter-widgets/controls", version: "2.0.0" },
  output: { module: "@jupyter-widgets/output", version: "1.0.0" },
};
