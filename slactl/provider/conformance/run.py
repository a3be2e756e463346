"""The steps in their order, and what each needs of a subject."""

from collections.abc import Callable

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass
from slactl.provider.conformance import drift, life, many, others, trouble
from slactl.provider.conformance.acting import expect
from slactl.provider.conformance.subject import Subject
from slactl.provider.protocol import Adopting


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    run: Callable[[Subject], None]
    needs: tuple[str, ...] = ()
    """Fields of the subject."""
    adopting: bool = False
    """Whether only connections that can take objects over have it."""


STEPS = (
    _Step("a new workspace has no objects", life.starts_empty),
    _Step("staged changes can be taken back", life.can_be_taken_back),
    _Step("objects are created and read back", life.creates_and_reads_back),
    _Step("objects are updated in place", life.updates_in_place),
    _Step("a change by hand is seen", drift.sees_what_was_changed),
    _Step("a deletion by hand is seen", drift.sees_what_was_deleted),
    _Step("objects are replaced", life.replaces),
    _Step("objects that no state knows are deleted", life.deletes_orphans),
    _Step("each attribute that was changed by hand is seen", drift.sees_each_attribute, ("by_hand",)),
    _Step("an object of others in the place of ours is refused", others.refuses_strangers, ("stranger",)),
    _Step("an object of others is imported", others.imports, ("stranger",), adopting=True),
    _Step("an object that lost its mark is not ours", others.lets_go_of_the_unmarked, ("unmarked",)),
    _Step("another workspace's objects are not ours", others.leaves_workspaces_alone, ("elsewhere",)),
    _Step("one bad object fails alone", many.one_bad_object_fails_alone, ("refused",)),
    _Step("an unchanged estate needs no change", many.an_unchanged_estate_needs_nothing, ("estate",)),
    _Step("a thousand objects", many.a_thousand, ("many",)),
    _Step("reads are patient", trouble.reads_are_patient, ("wire", "impatient")),
    _Step("a write that fails is made once", trouble.writes_are_made_once, ("wire", "impatient")),
)


def run_conformance(subject: Subject) -> dict[str, str]:
    """Run every step that the subject gives what is needed for; the others, each with the reason.

    Raises:
        AssertionError: at the first step that fails, with its name, what was expected and what was found.
    """
    theirs = subject.foreign()
    left_out = dict[str, str]()
    for step in STEPS:
        reason = _why_not(step, subject)
        if reason:
            left_out[step.name] = reason
            continue
        try:
            step.run(subject)
            expect(subject.foreign() == theirs, "something of others was changed")
        except AssertionError as error:
            raise AssertionError(f"{step.name}: {error}") from error
        except SlactlError as error:
            said = error.diagnostics[0]
            raise AssertionError(f"{step.name}: {said.summary}. {said.detail}") from error
    return left_out


def _why_not(step: _Step, subject: Subject) -> str:
    missing = [name for name in step.needs if not getattr(subject, name)]
    if missing:
        return f"the subject gives no {missing[0]}"
    if step.adopting:
        with subject.connect() as connection:
            if not isinstance(connection, Adopting):
                return "the connection takes no objects over"
    return ""
