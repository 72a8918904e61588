"""Which part of a file a Range header asks for."""

import pytest

from passport.web.ranges import requested_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=2-3", range(2, 4)),
        ("bytes=2-", range(2, 10)),
        ("bytes=2-99", range(2, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-99", range(10)),
        ("bytes= 2-3 ", range(2, 4)),
    ],
)
def test_a_range_within_the_file_is_that_part(header, wanted):
    assert requested_range(header, 10) == wanted


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_range_behind_the_file_is_empty(header):
    found = requested_range(header, 10)

    assert found is not None
    assert not found


@pytest.mark.parametrize(
    "header", ["", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=1"]
)
def test_what_is_no_single_range_of_bytes_asks_for_the_whole_file(header):
    assert requested_range(header, 10) is None
