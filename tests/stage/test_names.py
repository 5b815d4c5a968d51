"""The names of demos: what a command runs, and the command that runs it."""

import pytest

from slides.stage import names


@pytest.mark.parametrize(
    ("demo", "slug", "command"),
    [
        ("a", "a", "invoke demo.a"),
        ("a_b", "a_b", "invoke demo.a-b"),
        ("a_b-c-d_e", "a_b", "invoke demo.a-b --c --d-e"),
    ],
)
def test_a_demo_is_named_by_its_slug_and_its_flags(
    demo: str, slug: str, command: str
) -> None:
    assert names.slug(demo) == slug
    assert names.command(demo) == command
    assert names.demo_of(command) == demo


@pytest.mark.parametrize("line", ["invoke demo.a --n 5", "invoke demo.a -f", "A loop"])
def test_other_words_run_no_demo(line: str) -> None:
    assert names.demo_of(line) is None
