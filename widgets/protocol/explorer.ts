/** Views behind tabs, one of which is open. */
import type { ModelState } from "../protocol.js";

export interface ExplorerState extends ModelState {
  _model_name: "ExplorerModel";
  _view_name: "ExplorerView";
  /** References to the models of the views, `IPY_MODEL_…`. */
  children: string[];
  /** What stands on the tabs. */
  titles: string[];
  /** The one that is open, from 0. */
  open: number;
}
