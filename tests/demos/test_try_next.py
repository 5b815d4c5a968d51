"""What a demo tells to try next: commands that exist, and lead on through the talk."""

import pytest

from demos.support import catalog
from demos.support.catalog import commands_to_try, parse, try_next
from slides.stage.deck import checks
from tests.talks import OWN_DEMOS, PATHS

OWN_PROGRAM = ("event_loop_trace", "your_program.py")


def defaults(slug: str) -> dict[str, object]:
    return parse(f"invoke demo.{slug.replace('_', '-')}")[1]


@pytest.mark.parametrize("slug", OWN_DEMOS)
def test_each_leads_from_its_defaults_by_a_flag_to_another_demo(slug: str) -> None:
    turned = try_next(slug, defaults(slug))
    assert turned is not None
    same, values = parse(turned)
    assert same == slug
    assert values != defaults(slug)
    onward = try_next(slug, values)
    assert onward is not None
    assert parse(onward) not in ((slug, values), (slug, defaults(slug)))


def test_from_the_first_demo_all_are_reached_and_the_last_names_your_own_program() -> (
    None
):
    (first,) = {*OWN_DEMOS} - {
        parse(line)[0]
        for slug in OWN_DEMOS
        for line in commands_to_try(catalog.task(slug).__doc__ or "")
        if parse(line)[0] != slug and not parse(line)[1].get("script")
    }
    slug, walked = first, [first]
    while True:
        turned = try_next(slug, defaults(slug))
        assert turned is not None
        onward = try_next(slug, parse(turned)[1])
        assert onward is not None
        slug, values = parse(onward)
        if values.get("script"):
            break
        walked.append(slug)
    assert (slug, values["script"]) == OWN_PROGRAM
    assert sorted(walked) == OWN_DEMOS


def test_the_way_is_that_of_the_deck() -> None:
    assert [*checks.astray(PATHS)] == []
