"""What a check says of the site."""

from typing import NamedTuple

from tests.load.machines.traffic import Traffic


class Finding(NamedTuple):
    """One line: whether it holds, and with which figure."""

    holds: bool
    says: str


def none_failed(meanwhile: Traffic) -> Finding:
    """Say how many requests went on meanwhile, and that none of them failed."""
    problems = "".join(f"\n    {problem}" for problem in meanwhile.problems[:5])
    failed = meanwhile.failed()
    return Finding(failed == 0, f"  meanwhile {meanwhile.total()} requests, {failed} failed{problems}")
