/** Attributes that follow each other in the page; made by `jslink` and `jsdlink`. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { type Endpoint, endpoint } from "../behaviour/endpoint.js";
import { of } from "../core/attributes.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { MODULES } from "./modules.js";

const LINK_MODEL = spec("Link", MODULES.controls, "LinkModel", MODULES.controls, null, {
  source: of(endpoint, []),
  target: of(endpoint, []),
});

/** Two attributes that follow each other in the page; made by {@link jslink}. */
export class Link extends Widget {
  static {
    Widget.install(Link, LINK_MODEL);
  }

  constructor(options: Options<Link> = {}) {
    super(LINK_MODEL, options);
  }

  /** The source (widget, 'trait_name') pair. Default []. */
  declare source: Endpoint;
  /** The target (widget, 'trait_name') pair. Default []. */
  declare target: Endpoint;
}

const DIRECTIONAL_LINK_MODEL = spec(
  "DirectionalLink",
  MODULES.controls,
  "DirectionalLinkModel",
  MODULES.controls,
  null,
  { source: of(endpoint, []), target: of(endpoint, []) },
);

/** An attribute that follows another one in the page; made by {@link jsdlink}. */
export class DirectionalLink extends Widget {
  static {
    Widget.install(DirectionalLink, DIRECTIONAL_LINK_MODEL);
  }

  constructor(options: Options<DirectionalLink> = {}) {
    super(DIRECTIONAL_LINK_MODEL, options);
  }

  /** The source (widget, 'trait_name') pair. Default []. */
  declare source: Endpoint;
  /** The target (widget, 'trait_name') pair. Default []. */
  declare target: Endpoint;
}
