"""What an export replaces in the folder that it writes to."""

import shutil
import sys
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
        shutil.rmtree(ready)


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


def test_what_it_wrote_may_become_a_folder_or_a_file_of_any_name(target: Path) -> None:
    odd = {"web/a\u2028b": "1", "web/a\x85b": "1"}
    if sys.platform != "win32":
        odd["web/a\nb"] = "1"
    first = {"web/x/y/z": "1", "web/f": "1"} | odd
    export(target, first)
    second = {"web/x": "2", "web/f/g/h": "2"} | odd
    export(target, second)
    assert texts(target) == second
    export(target, first)
    assert texts(target) == first
    (target / "web/x/mine").write_text("mine", encoding="utf-8")
    with pytest.raises(Exit) as refused:
        export(target, second)
    assert str(refused.value.message).startswith(f"{target / 'web/x/mine'} is not in ")
    assert texts(target) == first | {"web/x/mine": "mine"}


def test_nothing_is_removed_where_a_link_leads_out(target: Path) -> None:
    export(target, FIRST)
    outside = target.with_name("outside")
    (target / "web/old").rename(outside)
    (target / "web/old").symlink_to(outside, target_is_directory=True)
    export(target, {"web/index.html": "2"})
    assert texts(outside) == {"x.svg": "1"}
    export(target.with_name("other"), {"web/a/b/c": "1"})
    link = target.with_name("other") / "web/a"
    link.rename(outside / "a")
    link.symlink_to(outside / "a", target_is_directory=True)
    (outside / "a/b/c").unlink()
    export(target.with_name("other"), {"web/index.html": "2"})
    assert (outside / "a/b").is_dir()


def test_a_draft_of_somebody_else_stays(target: Path) -> None:
    own = {f"{LIST}.draft": "mine"}
    target.mkdir()
    (target / f"{LIST}.draft").write_text("mine", encoding="utf-8")
    export(target, FIRST)
    assert texts(target) == FIRST | own


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
            there.write_text('["0", "web/../../mine"]\n', encoding="utf-8")
    before = texts(target)
    new = {**FIRST, "handout.pdf": "2", "talk.pdf": "2", "web/new/z": "2"}
    for tried in (lambda: check(target, new), lambda: export(target, new)):
        with pytest.raises(Exit) as refused:
            tried()
        assert refused.value.code == 1
        said = "is not in the list of what exports wrote here (.exported), or changed"
        if place == LIST:
            said = "is no list that an export wrote"
        assert str(refused.value.message).startswith(f"{there} {said}: ")
        assert texts(target) == before


@pytest.mark.parametrize("is_mended", [True, False])
@pytest.mark.parametrize("nth", range(1, 11))
def test_all_is_replaced_or_nothing_and_another_export_can_follow(
    target: Path, monkeypatch: pytest.MonkeyPatch, nth: int, is_mended: bool
) -> None:
    export(target, FIRST)
    real = Path.replace

    done = 0

    def replace(path: Path, place: Path) -> Path:
        nonlocal done
        done += 1
        if done == nth or (done > nth and not is_mended):
            raise OSError
        return real(path, place)

    new = {"talk.pdf": "2", "web/old": "2", "web/new/z": "2", "web/y/z": "2"}
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(Path, "replace", replace)
        export(target, new)
    if is_mended:
        assert texts(target) == FIRST
        assert not (target / "web" / "new").exists()
    export(target, new)
    assert texts(target) == new
