"""What an export replaces in the folder that it writes to."""

from pathlib import Path

import pytest
from invoke.exceptions import Exit

from slides.stage.export.handover import LIST, check, hand_over


def texts(folder: Path) -> dict[str, str]:
    """What is in a folder, but for the list."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != LIST
    }


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "for you"


def export(target: Path, files: dict[str, str]) -> None:
    ready = target.with_name("ready")
    for name, text in files.items():
        (ready / name).parent.mkdir(parents=True, exist_ok=True)
        (ready / name).write_text(text, encoding="utf-8")
    try:
        hand_over(ready, target)
    finally:
        for name in files:
            (ready / name).unlink(missing_ok=True)


FIRST = {"talk.pdf": "1", "web/index.html": "1", "web/old/x.svg": "1", "web/y": "1"}


def test_it_replaces_what_it_wrote_and_leaves_what_others_did(target: Path) -> None:
    export(target, FIRST)
    own = {"web/CNAME": "mine", "web/old/mine.svg": "mine", "mine.txt": "mine"}
    for name, text in own.items():
        (target / name).write_text(text, encoding="utf-8")
    export(target, {"web/index.html": "2", "web/new/z": "2"})
    web = {"web/index.html": "2", "web/new/z": "2"}
    assert texts(target) == {"talk.pdf": "1", **web, **own}
    (target / "web/old/mine.svg").unlink()
    export(target, {"talk.pdf": "3", "web/index.html": "3"})
    del own["web/old/mine.svg"]
    assert texts(target) == {"talk.pdf": "3", "web/index.html": "3", **own}
    assert not (target / "web" / "new").exists()
    export(target, {"talk.pdf": "3", "web/index.html": "3"})  # once more the same


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("talk.pdf", "changed"),
        ("talk.pdf", "folder"),
        ("web/y", "link"),
        ("web", "link"),
        ("web/new", "file"),
        ("handout.pdf", "file"),
        (LIST, "changed"),
        (LIST, "bytes"),
        (LIST, "folder"),
        (LIST, "leads out"),
    ],
)
def test_what_stands_in_the_way_is_named_and_nothing_is_replaced(
    target: Path, place: str, kind: str
) -> None:
    export(target, FIRST)
    there = target / place
    if there.exists():
        there.rename(target.with_name("moved"))
    match kind:
        case "changed" | "file":
            there.write_text("mine", encoding="utf-8")
        case "bytes":
            there.write_bytes(b"\xff")
        case "folder":
            there.mkdir()
        case "link":
            there.symlink_to(target.with_name("moved"))
        case "leads out":
            there.write_text(f"{'0' * 64}  web/../../mine\n", encoding="utf-8")
    before = texts(target)
    new = {**FIRST, "handout.pdf": "2", "talk.pdf": "2", "web/new/z": "2"}
    for tried in (lambda: check(target, new), lambda: export(target, new)):
        with pytest.raises(Exit) as refused:
            tried()
        assert refused.value.code == 1
        said = "was not written by an export, or was changed since"
        assert str(refused.value.message).startswith(f"{there} {said}: ")
        assert texts(target) == before


def test_one_that_was_cut_off_on_the_way_is_followed_by_another(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(target, FIRST)
    real = Path.replace

    def replace(path: Path, place: Path) -> Path:
        if place.name == "index.html":
            raise OSError
        return real(path, place)

    new = dict.fromkeys(FIRST, "2")
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(Path, "replace", replace)
        export(target, new)
    assert texts(target) == FIRST | {"talk.pdf": "2"}
    export(target, new)
    assert texts(target) == new
