"""The conformance suite itself: it lets a sound provider pass, and finds what one does wrong, by the step that is about it."""

from dataclasses import replace

import pytest
from shelf_provider import shelf_subject

from slactl.provider.conformance import run_conformance


def test_a_sound_provider_passes_every_step() -> None:
    assert run_conformance(shelf_subject()) == {}


@pytest.mark.parametrize(
    ("wrong", "step", "words"),
    [
        ("forgets one", "staged changes can be taken back", "what is rolled back"),
        ("does not see an attribute", "each attribute that was changed by hand", "box.size"),
        ("does not replace", "objects are replaced", "replacements are read back"),
        (
            "takes over what it finds",
            "an object of others in the place of ours",
            "over somebody else's object",
        ),
        ("says nothing", "an object of others in the place of ours", "does not say why"),
        ("offers nothing", "an object of others is imported", "is offered"),
        ("reads other workspaces", "another workspace's objects", "are read"),
        ("fails as a batch and does half", "one bad object fails alone", "with its whole batch"),
        ("has a bound of none", "a thousand objects", "took 1 requests, at most 0"),
        ("gives up at once", "reads are patient", "does not answer"),
        ("hurries", "reads are patient", "pauses that grow"),
        ("calls the unknown failed", "a write that fails is made once", "is true; there is"),
        ("writes again", "a write that fails is made once", "no write is sent twice"),
    ],
)
def test_what_is_wrong_is_found_by_its_step(wrong: str, step: str, words: str) -> None:
    with pytest.raises(AssertionError) as caught:
        run_conformance(shelf_subject(wrong))
    said = str(caught.value)
    assert said.startswith(step)
    assert words in said


def test_what_is_not_given_is_said() -> None:
    bare = replace(shelf_subject(), by_hand=None, stranger=None, many={}, wire=None)
    assert run_conformance(bare) == {
        "each attribute that was changed by hand is seen": "the subject gives no by_hand",
        "an object of others in the place of ours is refused": "the subject gives no stranger",
        "an object of others is imported": "the subject gives no stranger",
        "a thousand objects": "the subject gives no many",
        "reads are patient": "the subject gives no wire",
        "a write that fails is made once": "the subject gives no wire",
    }


def test_an_attribute_that_is_said_to_be_fixed_must_be_one() -> None:
    with pytest.raises(AssertionError, match=r"fixed is an attribute: \['box.colour'\]"):
        run_conformance(replace(shelf_subject(), fixed={"box.colour": "it has none"}))
