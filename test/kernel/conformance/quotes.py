"""Looks for the quoted sentences of all cases in the documents themselves: `quotes.py FOLDER`, where
FOLDER has messaging.rst, kernels.rst and launcher.py + session.py (api) of jupyter_client, messages.md of ipywidgets
(widgets), jupyter-xpub.md (jep65) and kernel-info.md (jep80). Line breaks do not count."""

import re
import sys
from pathlib import Path

import cases  # noqa: F401  registers all cases
from suite.case import ALL, Case

FILES = {
    "messaging": ["messaging.rst"],
    "kernels": ["kernels.rst"],
    "api": ["launcher.py", "session.py"],
    "widgets": ["messages.md"],
    "jep65": ["jupyter-xpub.md"],
    "jep80": ["kernel-info.md"],
}


def flat(text: str) -> str:
    """One line; sentences in comments of the documents' listings go on behind the `#` of the next line."""
    return re.sub(r"\s+", " ", re.sub(r"\n\s*# ", " ", text)).replace("# ", "")


def main() -> int:
    folder = Path(sys.argv[1])
    texts = {key: flat(" ".join((folder / name).read_text() for name in names)) for key, names in FILES.items()}

    def stands(case: Case) -> bool:
        # A section of the API is the dotted name of what it describes.
        title = case.section.rsplit(".", 1)[-1] if case.document.key == "api" else flat(case.section)
        return flat(case.quote) in texts[case.document.key] and title in texts[case.document.key]

    absent = [case for case in ALL if not stands(case)]
    for case in absent:
        print(f"{case.name}\n  {case.document.key}, {case.section}: {case.quote}")
    print(f"{len(ALL) - len(absent)} of {len(ALL)} quotes found")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
