"""A trained model as a test: it fits, and no network like it has fewer neurons."""

from __future__ import annotations

from typing import Any, List

from .report import Report, verify
from .solution import Number


def assert_sparsest(model: Any, X: object, y: object = None, *, tolerance: Number = 0, slack: int = 0, **options: Any) -> Report:
    """Fails unless the model meets every label and has as few neurons as any network like it, proved.

    :param model: as in `sparsest.verify`
    :param tolerance: the model may miss a label by this much
    :param slack: so many neurons more than needed are allowed
    :param options: further arguments of `sparsest.verify`
    :returns: the report
    :raises AssertionError: saying what fails, where, by how much and what to do
    """
    __tracebackhide__ = True
    report = verify(model, X, y, tolerance=tolerance, **options)
    failed: List[str] = []
    for claim in report.claims:
        if claim.holds is True:
            continue
        if claim.name == "sparsest" and report.bounds is not None and 0 <= report.neurons - report.bounds[1] <= slack:
            # An upper bound needs no proof that nothing smaller fits: with slack it may be enough.
            if slack > 0 and report.bounds[0] >= report.neurons - slack:
                continue
        failed.append(f"  {claim.name} {'is undecided' if claim.holds is None else 'fails'}: {claim.message}")
    if not failed:
        return report
    advice = [f"  - {text}" for text in report.advice]
    if any(claim.name == "interpolates" and claim.holds is False for claim in report.claims):
        advice.append("  - train longer, or allow more: assert_sparsest(.., tolerance=..)")
    if any(claim.holds is None for claim in report.claims):
        advice.append("  - allow more time: assert_sparsest(.., time_limit=..)")
    advice.append("  - sparsest.verify(..).repaired is an exact sparsest network near the model")
    raise AssertionError("\n".join(["the model is not a sparsest one", *failed, "what to do", *advice]))
