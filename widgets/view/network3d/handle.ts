/** What the parts of the view need of its model. */
import type { Network3dReply, Network3dRequest, Network3dState } from "../../protocol/network3d.js";
import type { ModelHandle } from "../handle.js";

export type NetworkHandle = ModelHandle<Network3dState, Network3dRequest, Network3dReply>;
