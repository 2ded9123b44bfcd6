/** What pages ask of all widgets together, and the widgets that a page opens itself. */
import type { Comm, CommMessage, Json, KernelApi } from "../../../kernel/comm.js";
import { removeBuffers, type Wire, type WireObject } from "./buffers.js";
import { openWidgets, type Referable } from "./references.js";
import { registered } from "./spec.js";

export const TARGET = "jupyter.widget";
export const PROTOCOL = { version: "2.1.0" };
const CONTROL = { version: "1.0.0" };

/** A widget as a page that is loaded anew is told of it. */
export interface Told extends Referable {
  wireState(): Record<string, Wire>;
}

const known = new WeakSet<KernelApi>();

/** Answers the pages of a kernel from now on. */
export function answerPages(kernel: KernelApi): void {
  if (known.has(kernel)) return;
  known.add(kernel);
  kernel.comms.onOpen(`${TARGET}.control`, (comm) =>
    comm.onMessage(({ data }) => {
      if (data.method === "request_states") sendStates(comm);
    }),
  );
  kernel.comms.onOpen(TARGET, (comm, message) => {
    if (!adopt(comm, message)) comm.close();
  });
}

/** Tells a page that was loaded anew of all widgets at once, on the comm on which it asked. */
function sendStates(comm: Comm): void {
  const all: Record<string, Wire> = {};
  for (const widget of openWidgets() as Iterable<Told>) {
    const state = widget.wireState();
    const { _model_name, _model_module, _model_module_version } = state as Record<string, Json>;
    all[widget.id] = {
      model_name: _model_name!,
      model_module: _model_module!,
      model_module_version: _model_module_version!,
      state,
    } as WireObject;
  }
  const { state: states, buffer_paths, buffers } = removeBuffers(all);
  comm.send({ method: "update_states", states, buffer_paths }, { metadata: CONTROL, buffers });
}

let adopted: { comm: Comm; message: CommMessage } | undefined;

/** The comm that a page has opened for the widget that is being made just now. */
export function takeAdopted(): { comm: Comm; message: CommMessage } | undefined {
  const given = adopted;
  adopted = undefined;
  return given;
}

/** Makes the kernel's half of a widget that a page has opened, such as the buttons of a game controller. */
function adopt(comm: Comm, message: CommMessage): boolean {
  const state = message.data.state;
  if (typeof state !== "object" || state === null || Array.isArray(state)) return false;
  const ofClass = registered(state._model_module, state._model_name);
  if (ofClass === undefined) return false;
  adopted = { comm, message };
  try {
    new ofClass();
  } finally {
    adopted = undefined;
  }
  return true;
}
