"""Widgets' use of comms: what a page's widget manager relies on."""

from suite.case import WIDGETS, group
from suite.client import cause, kind, of_kind, only

case = group("widgets")

VERSION = (
    "Instantiating a widget object",
    "The `comm_open` message's metadata gives the version of the widget messaging protocol, i.e., `{'version': "
    "'2.0.0'}`.",
)
IMMUTABLE = ("Widget state", "Several fields are assumed to be in every state object:")
FIELDS = tuple(f"_{part}_{what}" for part in ("model", "view") for what in ("module", "module_version", "name"))


def made(kernel, code, name: str):
    """Makes a widget; the message that opened its comm. A widget may bring others along: its own is the last."""
    run = kernel.well(code.widget(name), limit=30)
    opened = [m for m in of_kind(run.messages, "comm_open") if m["content"]["target_name"] == "jupyter.widget"]
    assert opened, f"no comm_open among {[kind(m) for m in run.messages]}"
    return opened[-1]


def updates(kernel, comm_id: str, method: str) -> list:
    messages = of_kind(kernel.log["iopub"], "comm_msg")
    return [m for m in messages if m["content"]["comm_id"] == comm_id and m["content"]["data"].get("method") == method]


@case(WIDGETS, *VERSION)
def a_widget_opens_a_comm_with_the_version_of_the_protocol(kernel, code):
    opened = made(kernel, code, "versioned")
    assert opened["metadata"].get("version", "").startswith("2."), opened["metadata"]


@case(WIDGETS, *IMMUTABLE)
def the_state_says_which_model_and_view_it_is_for(kernel, code):
    data = made(kernel, code, "described")["content"]["data"]
    missing = [field for field in FIELDS if not isinstance(data["state"].get(field), str)]
    assert not missing and isinstance(data["buffer_paths"], list), missing


@case(
    WIDGETS,
    "Displaying widgets",
    "In this message, the `model_id` is the comm channel id of the widget to display.",
)
def a_shown_widget_names_its_comm(kernel, code):
    comm_id = made(kernel, code, "shown")["content"]["comm_id"]
    data = only(kernel.well(code.show_widget("shown")).messages, "display_data")["content"]["data"]
    view = data["application/vnd.jupyter.widget-view+json"]
    assert (view["model_id"], view["version_major"]) == (comm_id, 2), view


@case(
    WIDGETS,
    "State requests: `request_state`",
    "The kernel side of the widget should immediately send an `update` message with the entire widget state.",
)
def the_state_is_sent_when_it_is_asked_for(kernel, code):
    opened = made(kernel, code, "asked_for")["content"]
    kernel.idle(kernel.send("comm_msg", {"comm_id": opened["comm_id"], "data": {"method": "request_state"}}))
    [update] = updates(kernel, opened["comm_id"], "update")
    assert set(update["content"]["data"]["state"]) == set(opened["data"]["state"]), "another set of names"


def change(kernel, comm_id: str, state: dict) -> str:
    data = {"method": "update", "state": state, "buffer_paths": []}
    return kernel.send("comm_msg", {"comm_id": comm_id, "data": data})


@case(
    WIDGETS,
    "Synchronizing multiple frontends: `echo_update`",
    "until it gets an `echo_update` message corresponding to its own update of the attribute (i.e., the "
    "[parent_header](https://jupyter-client.readthedocs.io/en/latest/messaging.html#parent-header) id matches the "
    "stored message id for the attribute).",
)
def a_change_of_the_page_is_echoed_in_the_name_of_its_message(kernel, code):
    comm_id = made(kernel, code, "echoed")["content"]["comm_id"]
    changed, _ = code.widget_change
    ident = change(kernel, comm_id, changed)
    kernel.idle(ident)
    [echo] = updates(kernel, comm_id, "echo_update")
    assert echo["content"]["data"]["state"] == changed, echo["content"]
    assert cause(echo) == ident, "the echo names another request"


@case(
    WIDGETS,
    "Synchronizing widget state: `update`",
    "When a widget's state changes in either the kernel or the frontend, the changed state keys and values are sent to "
    "the other side over the widget's comm channel using an `update` message:",
)
def a_change_of_the_page_is_in_the_state_of_the_kernel(kernel, code):
    comm_id = made(kernel, code, "changed")["content"]["comm_id"]
    changed, before = code.widget_change
    for state in (changed, before):
        kernel.idle(change(kernel, comm_id, state))
        kernel.log["iopub"].clear()
        kernel.idle(kernel.send("comm_msg", {"comm_id": comm_id, "data": {"method": "request_state"}}))
        [update] = updates(kernel, comm_id, "update")
        assert update["content"]["data"]["state"] == {**update["content"]["data"]["state"], **state}, state


@case(
    WIDGETS,
    "Synchronizing widget state: `update`",
    "The `data.state` value is a dictionary of widget state keys and values that can be serialized to JSON.",
)
def a_change_that_no_widget_can_take_is_survived(kernel, code):
    opened = made(kernel, code, "robust")["content"]
    comm_id = opened["comm_id"]
    for data in ({}, {"method": "update"}, {"method": "update", "state": 5}, {"method": "surely_unknown"}):
        kernel.idle(kernel.send("comm_msg", {"comm_id": comm_id, "data": data}))
    for state in ({"surely_unknown": 1}, {"_model_name": "Evil"}, {"__proto__": {"a": 1}}, {"constructor": 1}):
        kernel.idle(change(kernel, comm_id, state))
    kernel.log["iopub"].clear()
    kernel.idle(kernel.send("comm_msg", {"comm_id": comm_id, "data": {"method": "request_state"}}))
    [update] = updates(kernel, comm_id, "update")
    assert set(update["content"]["data"]["state"]) == set(opened["data"]["state"]), "the state took it"


@case(
    WIDGETS,
    "The `jupyter.widget.control` comm target",
    "The kernel handler for the `jupyter.widget.control` comm target should immediately send an `update_states` "
    "message with all widgets states:",
)
def all_states_are_sent_at_once_over_the_control_comm(kernel, code):
    comm_ids = {made(kernel, code, name)["content"]["comm_id"] for name in ("one_of_two", "two_of_two")}
    content = {"comm_id": "control-1", "target_name": "jupyter.widget.control", "data": {}}
    kernel.idle(kernel.send("comm_open", content, metadata={"version": "1.0.0"}))
    kernel.idle(kernel.send("comm_msg", {"comm_id": "control-1", "data": {"method": "request_states"}}))
    [update] = updates(kernel, "control-1", "update_states")
    states = update["content"]["data"]["states"]
    assert comm_ids <= set(states) and isinstance(update["content"]["data"]["buffer_paths"], list), sorted(states)
    for comm_id in comm_ids:
        described = states[comm_id]
        assert {"model_name", "model_module", "model_module_version", "state"} <= set(described), sorted(described)


@case(WIDGETS, "The `jupyter.widget` comm target", "(one per widget instance)")
def a_widget_that_is_closed_closes_its_comm(kernel, code):
    comm_id = made(kernel, code, "short_lived")["content"]["comm_id"]
    run = kernel.well(code.close_widget("short_lived"))
    closed = [message["content"]["comm_id"] for message in of_kind(run.messages, "comm_close")]
    assert comm_id in closed, closed
    assert comm_id not in kernel.ask("comm_info_request", {"target_name": "jupyter.widget"}).content["comms"]
