"""Runs cases against one kernelspec. A kernel that fails a case is not trusted with the next one."""

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from profiles.snippets import Snippets

from .case import Case, NotApplicable
from .launcher import Kernel, Launcher


@dataclass(frozen=True)
class Result:
    name: str
    group: str
    #: passed, failed, or not applicable
    outcome: str
    seconds: float
    #: Why it failed or does not apply.
    detail: str | None
    #: Where the demand is: "document, section: sentence".
    source: str
    beyond: str | None


class Runner:
    def __init__(self, launcher: Launcher, code: Snippets) -> None:
        self.launcher = launcher
        self.code = code
        self.shared: Kernel | None = None

    def run(self, cases: Iterable[Case], told: Callable[[Result], None]) -> list[Result]:
        results = []
        try:
            for case in cases:
                results.append(self.result(case))
                told(results[-1])
        finally:
            self.launcher.kill_all()
        return results

    def result(self, case: Case) -> Result:
        begin = time.monotonic()
        outcome, detail = self.outcome(case)
        source = f'{case.document.title}, {case.section}: "{case.quote}"'
        return Result(case.name, case.group, outcome, round(time.monotonic() - begin, 2), detail, source, case.beyond)

    def outcome(self, case: Case) -> tuple[str, str | None]:
        self.launcher.new_errors()
        try:
            subject = self.subject(case)
            case.body(subject, self.code)
            return "passed", None
        except NotApplicable as reason:
            return "not applicable", str(reason)
        except Exception as problem:
            said = self.launcher.new_errors()[-400:]
            detail = f"{type(problem).__name__}: {problem}\n{where(problem)}\n{said}".strip()
            self.shared = None
            return "failed", detail
        finally:
            self.launcher.kill_all(but=self.shared)

    def subject(self, case: Case) -> Kernel | Launcher:
        """What the case is given."""
        if case.needs == "launcher":
            return self.launcher
        if case.needs == "kernel":
            time.sleep(self.code.aborts_for)
            if self.shared is None or not self.shared.manager.is_alive():
                self.shared = self.launcher.kernel()
            kernel = self.shared
        else:
            kernel = self.launcher.kernel()
        kernel.deadline = time.monotonic() + case.limit
        kernel.settle()
        return kernel


def where(problem: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "/cases/" in frame.filename]
    return "\n".join(f"{frame.filename.rsplit('/', 1)[1]}:{frame.lineno}: {frame.line}" for frame in frames)
