"""The cases, a file for a subject. The order is that of the scoreboard."""

from . import (  # noqa: F401, I001
    signatures,
    frames,
    kernel_info,
    status,
    execute,
    output,
    late,
    errors,
    busy,
    interrupt,
    stdin,
    comms,
    widgets,
    history,
    language,
    lifecycle,
    clients,
)
