from demos.api_levels import echo
from demos.support.source import lines_of_code


def test_docstrings_and_blank_lines_do_not_count() -> None:
    assert lines_of_code(echo) == 6
