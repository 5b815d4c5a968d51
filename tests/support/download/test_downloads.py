from demos.support.download.downloads import file_names


def test_file_names_are_plain_and_distinct() -> None:
    urls = ["http://a/x.txt?1", "http://a/X.txt", "http://a/..%2f..%2fb", "http://a/"]
    assert file_names(urls) == ["x.txt", "2-X.txt", "_.._b", "a"]
    assert file_names(["http://a/b", "http://a/b.part"]) == ["b", "2-b.part"]
