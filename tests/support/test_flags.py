import pytest

from demos.support.flags import Flag, UsageError, some_of

FREE, POSITIVE, PORT = Flag(""), Flag("", 0), Flag("", 1, 65535)


@pytest.mark.parametrize(
    ("flag", "kind", "text", "number"),
    [
        (FREE, int, "-7", -7),
        (FREE, float, "-7.5", -7.5),
        (POSITIVE, float, "0", 0),
        (POSITIVE, float, "1e3", 1000),
        (POSITIVE, float, "1.E+3", 1000),
        (POSITIVE, float, ".5", 0.5),
        pytest.param(POSITIVE, int, "9" * 400, 10**400 - 1, id="400 digits"),
        (PORT, int, "1", 1),
        (PORT, int, "65535", 65535),
    ],
)
def test_a_number_between_the_bounds_is_taken(
    flag: Flag, kind: type[int] | type[float], text: str, number: float
) -> None:
    taken = flag.number("some_port", kind, text)
    assert (taken, type(taken)) == (number, kind)


@pytest.mark.parametrize(
    ("flag", "kind", "text", "noun"),
    [
        (FREE, int, "many", "a whole number"),
        (FREE, float, "many", "a number"),
        (FREE, float, "inf", "a number"),
        (POSITIVE, float, "-0.1", "a number of at least 0"),
        (POSITIVE, float, "nan", "a number of at least 0"),
        (POSITIVE, float, "inf", "a number of at least 0"),
        (POSITIVE, int, "", "a whole number of at least 0"),
        (PORT, int, "0", "a whole number from 1 to 65535"),
        (PORT, int, "65536", "a whole number from 1 to 65535"),
        (PORT, int, "80.5", "a whole number from 1 to 65535"),
        (FREE, int, "1e3", "a whole number"),
        (FREE, int, "007", "a whole number"),
        pytest.param(FREE, int, "9" * 5000, "a whole number", id="5000 digits"),
        *(
            (FREE, kind, text, noun)
            for kind, noun in ((int, "a whole number"), (float, "a number"))
            for text in ("1_0", " 1", "1 ", "1\n", "٣", "１", "1²", "0x1", "")
        ),
    ],
)
def test_what_else_there_is_is_a_usage_error(
    flag: Flag, kind: type[int] | type[float], text: str, noun: str
) -> None:
    with pytest.raises(UsageError) as caught:
        flag.number("some_port", kind, text)
    given = text if len(text) < 100 else f"{text[:40]}…"
    said = f"--some-port takes {noun}, not {given!r}"
    hint = "(see: invoke --list, invoke --help COMMAND)"
    assert (caught.value.message, caught.value.code) == (f"{said} {hint}", 2)


def test_some_names_are_chosen_from_all() -> None:
    assert some_of(["pdf", "web"], None, "--only") == ["pdf", "web"]
    assert some_of(["pdf", "web"], "web, pdf", "--only") == ["web", "pdf"]


def test_a_name_that_is_none_of_them_is_refused() -> None:
    with pytest.raises(UsageError, match="--only takes some of pdf,web, not 'odp'"):
        some_of(["pdf", "web"], "pdf,odp", "--only")
