"""Patches listed faults into copies of the built kernel, one at a time: the cases that are named for a fault have to
fail on it. A suite that stays green on a broken kernel tests nothing."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager

from profiles.snippets import Snippets

from .case import ALL
from .launcher import Launcher
from .runner import Runner

LISTED = Path(__file__).parent.parent / "faults.json"
MAIN = Path("dist/kernel/main.js")


@dataclass(frozen=True)
class Fault:
    name: str
    patches: list[dict[str, str]]
    caught: list[str]


@dataclass(frozen=True)
class Outcome:
    fault: str
    caught: list[str]
    missed: list[str]


def listed() -> list[Fault]:
    return [Fault(**entry) for entry in json.loads(LISTED.read_text())]


class Workshop:
    """A folder inside the package, where a copy of the kernel finds what it imports, with a kernelspec for it."""

    name = "conformance-fault"

    def __init__(self, kernel: str) -> None:
        self.spec = KernelSpecManager().get_kernel_spec(kernel).to_dict()
        main = next((part for part in self.spec["argv"] if part.endswith(str(MAIN))), None)
        assert main is not None, f"the kernelspec {kernel} starts no {MAIN}: {self.spec['argv']}"
        self.main = main
        self.root = Path(main).parents[2]
        self.folder = self.root / ".cache" / f"conformance-{os.getpid()}"
        os.environ["JUPYTER_PATH"] = os.pathsep.join([str(self.folder), os.environ.get("JUPYTER_PATH", "")])

    def build(self, patches: list[dict[str, str]]) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        copy = self.folder / MAIN.parent
        shutil.copytree(self.root / MAIN.parent, copy)
        for patch in patches:
            path = copy / patch["file"]
            source = path.read_text()
            count = source.count(patch["find"])
            assert count == 1, f"{patch['file']} has {count} times, instead of once:\n{patch['find']}"
            path.write_text(source.replace(patch["find"], patch["replace"]))
        spec = self.folder / "kernels" / self.name / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [str(self.folder / MAIN) if part == self.main else part for part in self.spec["argv"]]
        spec.write_text(json.dumps({**self.spec, "argv": argv}))

    def failed(self, names: list[str], code: Snippets) -> dict[str, str | None]:
        """Runs the cases of these names on the copy; those that failed, and what was wrong."""
        cases = [case for case in ALL if case.name in names]
        assert len(cases) == len(set(names)), f"no such case: {set(names) - {case.name for case in cases}}"
        launcher = Launcher(self.name)
        try:
            results = Runner(launcher, code).run(cases, lambda result: None)
        finally:
            launcher.close()
        return {result.name: result.detail for result in results if result.outcome == "failed"}

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def run(kernel: str, code: Snippets, only: list[str], told: Callable[[Outcome], None]) -> list[Outcome]:
    faults = [fault for fault in listed() if not only or any(words in fault.name for words in only)]
    workshop = Workshop(kernel)
    outcomes = []
    try:
        # The copy without a fault has to pass, or the faults are not what turns the cases red.
        workshop.build([])
        sound = Fault("none", [], sorted({name for fault in faults for name in fault.caught}))
        wrong = workshop.failed(sound.caught, code)
        assert not wrong, f"these fail without any fault: {json.dumps(wrong, indent=2)}"
        for fault in faults:
            workshop.build(fault.patches)
            failed = workshop.failed(fault.caught, code)
            outcomes.append(
                Outcome(fault.name, [n for n in fault.caught if n in failed], sorted(set(fault.caught) - failed.keys()))
            )
            told(outcomes[-1])
    finally:
        workshop.close()
    return outcomes


def table(outcomes: list[Outcome]) -> str:
    rows = [["fault", "caught by", "missed by"], ["---"] * 3]
    rows += [[outcome.fault, "; ".join(outcome.caught), "; ".join(outcome.missed)] for outcome in outcomes]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
