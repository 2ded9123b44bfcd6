"""Notebooks with widgets, executed by nbclient as nbconvert and papermill do; prints one JSON line a case."""
import json
import os
import traceback

import nbformat
from nbclient import NotebookClient

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
IMPORT = "import { Image, IntSlider, Output, VBox, interact, progress } from 'voxbook/widgets';\n"


def executed(*cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        notebook,
        kernel_name=os.environ["VOXBOOK_KERNEL_NAME"],
        resources={"metadata": {"path": os.environ["VOXBOOK_KERNEL_CWD"]}},
        timeout=60,
    )
    client.execute()
    nbformat.validate(notebook)
    return notebook, notebook.metadata.widgets[STATE]["state"]


def shown(notebook, cell):
    """Id of the widget that a cell shows."""
    return next(o["data"][VIEW]["model_id"] for o in notebook.cells[cell].outputs if VIEW in o.get("data", {}))


def case_the_state_of_every_widget_lands_in_the_notebook_with_its_bytes(_):
    notebook, state = executed(
        IMPORT
        + "const slider = new IntSlider({ value: 3 }); const picture = new Image({ value: Uint8Array.of(1, 2, 3) });\n"
        + "const box = new VBox({ children: [slider, picture] });\nslider.value = 7;\nbox"
    )
    box = state[shown(notebook, 0)]
    slider, picture = (state[reference[10:]] for reference in box["state"]["children"])
    assert slider["model_name"] == "IntSliderModel" and slider["state"]["value"] == 7, slider
    assert picture["buffers"] == [{"encoding": "base64", "data": "AQID", "path": ["value"]}], picture


def case_what_an_output_captured_lands_in_the_notebook(_):
    notebook, state = executed(
        IMPORT + "const out = new Output();\nout",
        "await out.capture(() => { console.log('inside'); return 42; });\nconsole.log('outside');",
    )
    outputs = state[shown(notebook, 0)]["state"]["outputs"]
    assert [o.get("text") or o["data"]["text/plain"] for o in outputs] == ["inside\n", "42"], outputs
    assert [o["text"] for o in notebook.cells[1].outputs] == ["outside\n"], notebook.cells[1].outputs


def case_interact_leaves_its_first_result_in_the_notebook(_):
    notebook, state = executed(IMPORT + "interact(({ n }) => n ** 2, { n: [0, 10] });")
    outputs = next(one["state"]["outputs"] for one in state.values() if one["model_name"] == "OutputModel")
    assert outputs[0]["data"]["text/plain"] == "25", outputs
    assert shown(notebook, 0) in state


def main():
    for name, run in [(name, run) for name, run in globals().items() if name.startswith("case_")]:
        try:
            detail, ok = run(None), True
        except Exception:
            detail, ok = traceback.format_exc(), False
        print(json.dumps({"name": name[5:].replace("_", " "), "ok": ok, "detail": detail}))


if __name__ == "__main__":
    main()
