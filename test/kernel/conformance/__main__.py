"""Runs the conformance suite against any kernelspec, or several: `python3 test/kernel/conformance --kernel NAME
--profile PROFILE`. Prints one line of JSON a case; with `--table` the scoreboard, and the lines go to stderr."""

import argparse
import json
import sys
from dataclasses import asdict

import cases  # noqa: F401  registers all cases
from profiles import PROFILES
from suite import faults
from suite.case import ALL
from suite.launcher import Launcher
from suite.runner import Result, Runner
from suite.scoreboard import table


def main() -> int:
    parser = argparse.ArgumentParser(prog="conformance", description=__doc__)
    add = parser.add_argument
    add("--kernel", action="append", required=True, help="a kernelspec, as `jupyter kernelspec list` names it")
    add("--profile", action="append", required=True, choices=PROFILES, help="the language that the cases speak to it")
    add("--only", action="append", default=[], metavar="WORDS", help="cases whose group and name have these words")
    add("--table", action="store_true", help="print a table at the end")
    add("--faults", action="store_true", help="patch the listed faults into the kernel, one at a time")
    options = parser.parse_args()
    if len(options.kernel) != len(options.profile):
        parser.error("each --kernel needs its --profile")
    return find_faults(options) if options.faults else run_cases(options)


def find_faults(options: argparse.Namespace) -> int:
    [kernel], [profile] = options.kernel, options.profile
    told = lambda outcome: tell(options, asdict(outcome))  # noqa: E731
    outcomes = faults.run(kernel, PROFILES[profile](), options.only, told)
    if options.table:
        print(faults.table(outcomes))
    return 1 if any(outcome.missed for outcome in outcomes) else 0


def run_cases(options: argparse.Namespace) -> int:
    chosen = [case for case in ALL if not options.only or any(w in f"{case.group}: {case.name}" for w in options.only)]
    results: dict[str, list[Result]] = {}
    for kernel, profile in zip(options.kernel, options.profile, strict=True):
        launcher = Launcher(kernel)
        try:
            told = lambda result, kernel=kernel: tell(options, {"kernel": kernel, **asdict(result)})  # noqa: E731
            results[profile] = Runner(launcher, PROFILES[profile]()).run(chosen, told)
        finally:
            launcher.close()
    if options.table:
        print(table(results))
    return 1 if any(result.outcome == "failed" for each in results.values() for result in each) else 0


def tell(options: argparse.Namespace, report: dict) -> None:
    """A line of JSON for what has just ended; beside a table it is only for the person who waits."""
    print(json.dumps(report), file=sys.stderr if options.table else sys.stdout, flush=True)


if __name__ == "__main__":
    sys.exit(main())
