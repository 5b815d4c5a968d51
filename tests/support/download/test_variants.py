import pytest

from demos.downloader import download_sync, download_threads
from demos.support.download.downloads import Download
from demos.support.download.variants import Variant, lost


def test_the_bound_is_the_longest_or_the_mean_share() -> None:
    latencies = [0.1, 0.2, 0.3]
    assert Variant("", "", download_sync, 1, latencies).bound == pytest.approx(0.6)
    assert Variant("", "", download_threads, 3, latencies).bound == 0.3
    assert Variant("", "", download_threads, 2).bound == 0


def test_a_loss_is_told_with_its_runs() -> None:
    failed, done = Download("a"), Download("a")
    failed.enter("failed")
    done.enter("done")
    failed.failures = ["HTTP 503", "timed out"]
    assert lost([done, done]) == ""
    assert lost([failed]) == "HTTP 503, then timed out"
    assert lost([done, failed]) == "HTTP 503, then timed out (in 1 of 2 runs)"
