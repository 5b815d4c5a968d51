import subprocess
import sys
from pathlib import Path

from slides.stage.drafts import clear, draft
from tests.talks import ROOT

MAKER = """
import sys
from pathlib import Path
from slides.stage.drafts import draft
with draft(Path(sys.argv[1])) as folder:
    (folder / "half").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_it_is_gone_in_the_end(tmp_path: Path) -> None:
    with draft(tmp_path) as folder:
        (folder / "some").mkdir()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_maker_left_is_gone_and_that_of_one_at_work_stays(
    tmp_path: Path,
) -> None:
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKER, str(tmp_path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    with makers[0] as killed, makers[1] as at_work:
        assert killed.stdout
        assert at_work.stdout
        left, other = (Path(m.stdout.readline().strip()) for m in makers if m.stdout)
        killed.kill()
        killed.wait()
        assert [path.name for path in left.iterdir()] == ["half"]
        (tmp_path / f"draft-{'0' * 16}.lock").touch()  # its folder was gone already
        (tmp_path / "draft-of-mine").mkdir()
        clear(tmp_path)
        assert set(tmp_path.iterdir()) == {
            other,
            other.with_suffix(".lock"),
            tmp_path / "draft-of-mine",
        }
        (tmp_path / "draft-of-mine").rmdir()
        with draft(tmp_path) as own:
            folders = {path for path in tmp_path.iterdir() if path.is_dir()}
            assert folders == {own, other}
        assert [path.name for path in other.iterdir()] == ["half"]
        at_work.communicate()
    assert list(tmp_path.iterdir()) == []
