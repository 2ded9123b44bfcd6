/** The JupyterLab extension: the widgets for the widget manager, and the renderer of our outputs. */
import { IJupyterWidgetRegistry } from "@jupyter-widgets/base";
import { MODULE, MODULE_VERSION } from "./protocol.js";

export default {
  id: `${MODULE}:plugin`,
  description: "Slices, histograms and progress bars of voxbook.",
  autoStart: true,
  requires: [IJupyterWidgetRegistry],
  activate(_app: unknown, registry: IJupyterWidgetRegistry): void {
    registry.registerWidget({
      name: MODULE,
      version: MODULE_VERSION,
      exports: async () => (await import("./view/widgets.js")).classes as never,
    });
  },
};
