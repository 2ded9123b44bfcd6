"""The scoreboard: groups of cases × passed, failed and not applicable, for one kernel or several."""

from .runner import Result

OUTCOMES = ("passed", "failed", "not applicable")


def counts(results: list[Result]) -> str:
    passed, failed, rest = (sum(result.outcome == outcome for result in results) for outcome in OUTCOMES)
    return f"{passed} / {failed} / {rest}"


def table(kernels: dict[str, list[Result]]) -> str:
    """Markdown; a cell is passed / failed / not applicable."""
    groups = list(dict.fromkeys(result.group for results in kernels.values() for result in results))
    rows = [["passed / failed / not applicable", *kernels], ["---"] * (len(kernels) + 1)]
    for group in groups:
        rows.append([group, *(counts([r for r in results if r.group == group]) for results in kernels.values())])
    rows.append(["**all**", *(f"**{counts(results)}**" for results in kernels.values())])
    literal = [[result for result in results if result.beyond is None] for results in kernels.values()]
    rows.append(["of these, by the letter of the specification", *(counts(results) for results in literal)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
