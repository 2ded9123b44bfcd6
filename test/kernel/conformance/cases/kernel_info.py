"""What the kernel says of itself, and whether it is true."""

import re
import time

import pygments.lexers
import pygments.util

from suite.case import KERNELS, MESSAGING, WELCOME, NotApplicable, group
from suite.client import Silence
from suite.wire import Wire

case = group("kernel info")


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def claimed(kernel) -> tuple[int, ...]:
    """The highest protocol version that the kernel claims, in kernel_info, headers or kernelspec."""
    info = kernel.ask("kernel_info_request")
    said = [info.content["protocol_version"], info.reply["header"]["version"]]
    spec = kernel.launcher.spec.to_dict().get("kernel_protocol_version")
    return max(number(version) for version in [*said, *([spec] if spec else [])])


@case(
    MESSAGING,
    "Kernel info",
    "# 'ok' if the request succeeded or 'error', with error information as in all other replies.",
)
def kernel_info_has_a_status(kernel, code):
    assert kernel.ask("kernel_info_request").content.get("status") == "ok"


@case(MESSAGING, "Kernel info", "This message can be used to fetch core information of the kernel, including language")
def kernel_info_has_all_required_fields(kernel, code):
    info = kernel.ask("kernel_info_request").content
    for name in ("protocol_version", "implementation", "implementation_version", "banner"):
        assert isinstance(info.get(name), str) and info[name], f"{name} is {info.get(name)!r}"
    for name in ("name", "version", "mimetype", "file_extension"):
        value = info["language_info"].get(name)
        assert isinstance(value, str) and value, f"language_info.{name} is {value!r}"


@case(MESSAGING, "Kernel info", "'protocol_version': 'X.Y.Z',")
def the_protocol_version_is_a_version(kernel, code):
    version = kernel.ask("kernel_info_request").content["protocol_version"]
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", version), version
    assert number(version) >= (5, 0), f"{version} is of another age"


@case(
    KERNELS,
    "Kernel specs",
    "**kernel_protocol_version** (optional): A string indicating which version of the kernel protocol the kernel "
    "supports.",
)
def the_kernelspec_names_the_version_of_kernel_info(kernel, code):
    said = kernel.launcher.spec.to_dict().get("kernel_protocol_version")
    if not said:
        raise NotApplicable("the kernelspec names no kernel_protocol_version")
    info = kernel.ask("kernel_info_request").content["protocol_version"]
    assert number(said)[:2] == number(info)[:2], f"kernelspec {said}, kernel_info {info}"


@case(KERNELS, "Kernel specs", "**language**: The name of the language of the kernel.")
def the_language_is_that_of_the_kernelspec(kernel, code):
    language = kernel.ask("kernel_info_request").content["language_info"]["name"]
    assert language.lower() == kernel.launcher.spec.language.lower(), language


@case(MESSAGING, "Kernel info", "# Extension including the dot, e.g. '.py'")
def the_file_extension_has_its_dot(kernel, code):
    extension = kernel.ask("kernel_info_request").content["language_info"]["file_extension"]
    assert re.fullmatch(r"\.\w+", extension), extension


@case(MESSAGING, "Kernel info", "# Language version number.")
def the_language_version_is_that_of_the_running_language(kernel, code):
    language = kernel.ask("kernel_info_request").content["language_info"]
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", language["version"]), language["version"]


@case(MESSAGING, "Kernel info", "# Pygments lexer, for highlighting")
def pygments_knows_the_lexer(kernel, code):
    language = kernel.ask("kernel_info_request").content["language_info"]
    name = language.get("pygments_lexer") or language["name"]
    try:
        pygments.lexers.get_lexer_by_name(name)
    except pygments.util.ClassNotFound:
        raise AssertionError(f"pygments has no lexer {name!r}") from None


@case(MESSAGING, "Kernel info", "# Optional: A list of dictionaries, each with keys 'text' and 'url'.")
def help_links_have_text_and_address(kernel, code):
    links = kernel.ask("kernel_info_request").content.get("help_links")
    if links is None:
        raise NotApplicable("there are none")
    for link in links:
        assert set(link) == {"text", "url"} and re.match(r"https?://", link["url"]), link


@case(MESSAGING, "Kernel info", "# Optional: A list of optional features such as 'debugger' and")
def supported_features_agree_with_the_debugger_flag(kernel, code):
    info = kernel.ask("kernel_info_request").content
    features = info.get("supported_features")
    if features is None:
        raise NotApplicable("the kernel names no features")
    assert all(isinstance(feature, str) for feature in features), features
    assert info.get("debugger") in (None, "debugger" in features), (info.get("debugger"), features)


@case(
    MESSAGING,
    "Kernel subshells",
    "In a kernel that supports subshells, this creates a new subshell (running in a separate thread) and returns its "
    "unique ID.",
)
def subshells_work_where_they_are_claimed(kernel, code):
    features = kernel.ask("kernel_info_request").content.get("supported_features") or []
    if "kernel subshells" not in features:
        raise NotApplicable("the kernel does not claim subshells")
    made = kernel.ask("create_subshell_request", channel="control").content["subshell_id"]
    assert made in kernel.ask("list_subshell_request", channel="control").content["subshell_id"]
    assert kernel.ask("delete_subshell_request", {"subshell_id": made}, "control").content["status"] == "ok"


@case(
    MESSAGING,
    "Introduction",
    "**Control**: This channel is identical to Shell, but operates on a separate socket to avoid queueing behind "
    "execution requests.",
)
def kernel_info_on_control_is_that_on_shell(kernel, code):
    shell, control = (kernel.ask("kernel_info_request", channel=channel) for channel in ("shell", "control"))
    assert control.reply["header"]["msg_type"] == "kernel_info_reply"
    # A banner may have something new to say each time.
    assert {**shell.content, "banner": ""} == {**control.content, "banner": ""}, (shell.content, control.content)


def welcomes(kernel) -> None:
    if claimed(kernel) < (5, 5):
        raise NotApplicable(f"the kernel claims {'.'.join(map(str, claimed(kernel)))}, and iopub_welcome came with 5.5")


@case(
    WELCOME,
    "Proposed Enhancement",
    "When the IOPub XPUB socket receives an event indicating a new subscription, it shall send an `iopub_welcome` "
    "message with no parent header and the received subscription in the `subscription` field",
    needs="launcher",
)
def the_first_subscriber_is_welcomed(launcher, code):
    kernel = launcher.kernel()
    welcomes(kernel)
    process = launcher.process()
    with Wire(process.connection, greet=False) as wire:
        welcome = wire.until("iopub", lambda parcel: parcel.kind == "iopub_welcome", "iopub_welcome", 60)[0]
        assert welcome.content == {"subscription": ""} and welcome.parent == {}, (welcome.content, welcome.parent)


@case(
    MESSAGING,
    "Welcome message",
    "This message is sent to a client SUB socket the first time it connects to the XPUB kernel socket, to notify the "
    "client that the connection is established.",
)
def the_second_subscriber_of_all_topics_is_welcomed_too(kernel, code):
    welcomes(kernel)
    with Wire(kernel.connection, greet=False) as wire:
        welcome = wire.until("iopub", lambda parcel: True, "iopub_welcome")[0]
        assert welcome.kind == "iopub_welcome", f"the first message is {welcome.kind}"


@case(
    WELCOME,
    "Proposed Enhancement",
    "*with the given subscription topic*",
)
def a_subscriber_of_one_topic_is_welcomed_by_it(kernel, code):
    welcomes(kernel)
    with Wire(kernel.connection, (b"some-topic",), greet=False) as wire:
        welcome = wire.until("iopub", lambda parcel: True, "iopub_welcome")[0]
        assert welcome.content == {"subscription": "some-topic"}, welcome.content


@case(
    WELCOME,
    "Proposed Enhancement",
    "Non-utf8 subscriptions shall be ignored, and not produce a welcome message.",
)
def a_subscription_that_is_no_text_is_ignored(kernel, code):
    welcomes(kernel)
    with Wire(kernel.connection, (b"\xff\xfe",), greet=False) as wire:
        kernel.well(code.answer[0])
        try:
            came = wire.until("iopub", lambda parcel: True, "message", 1)[0]
        except Silence:
            return
        raise AssertionError(f"{came.kind} came")


@case(
    MESSAGING,
    "Kernel status",
    "The kernel will publish state 'starting' exactly once at process startup.",
    needs="launcher",
    limit=90,
)
def starting_is_published_once_at_the_start(launcher, code):
    # A subscriber that is not yet connected misses it; one that tries every millisecond is, once in a while.
    seen = []
    end = time.monotonic() + 60
    while "starting" not in seen and time.monotonic() < end:
        process = launcher.process()
        with Wire(process.connection) as wire:
            head = wire.execute(code.answer[0])
            wire.idle(head)
            seen = [parcel.content["execution_state"] for parcel in wire.log["iopub"] if parcel.kind == "status"]
        process.kill()
    assert seen.count("starting") == 1, f"states at the start: {seen}"
    assert seen.index("starting") == 0, f"states at the start: {seen}"
