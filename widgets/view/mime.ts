/** Entry of the renderer, as JupyterLab's "mime extension": needs no service of the application. */
import { MODULE, VIEW_MIME } from "../protocol.js";
import { ViewRenderer } from "./renderer.js";

export default [
  {
    id: `${MODULE}:view`,
    description: "Shows outputs of voxbook live, or as their picture.",
    rendererFactory: {
      safe: true,
      mimeTypes: [VIEW_MIME],
      createRenderer: () => new ViewRenderer(),
    },
    // Before the widget manager's own renderer, which shows an error where the kernel is gone.
    rank: -20,
    dataType: "json",
  },
];
