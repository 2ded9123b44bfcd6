"""Plain tslab 1.0.22. Where its API has no way to do something, neither has this profile."""

from suite.case import Lacks

from .snippets import quoted
from .typescript import TypeScript

API = '(await import("tslab"))'


class Tslab(TypeScript):
    aborts_for = 0.3

    def display(self, data: dict) -> str:
        if len(data) > 1:
            raise Lacks("a display has one representation only")
        [(mime, value)] = data.items()
        return f"{API}.display.raw({quoted(mime)}, {quoted(value)} as any);"

    def display_bytes(self, mime: str, data: bytes) -> str:
        return f"{API}.display.raw({quoted(mime)}, new Uint8Array({list(data)}));"

    def display_named(self, name: str, text: str) -> str:
        return f"const {name} = {API}.newDisplay();\n{name}.text({quoted(text)});"

    def update_named(self, name: str, text: str) -> str:
        return f"{name}.text({quoted(text)});"
