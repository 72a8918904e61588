"""What batteries are made of, over HTTP: recorded, changed once by key, read at any instant."""

import pytest
from builders_web import AS_PAGE, an_entry, key_of


@pytest.fixture
def maker(web):
    return key_of(web, "voltra")


def register(visitor, maker, serial):
    made = visitor.post("/api/v1/batteries", json=an_entry(serial), headers=maker)
    return made.json()["id"]


def a_structure(*serials, **changed):
    parts = [
        {"level": "module", "serial": serial, "position": f"M{number}"}
        for number, serial in enumerate(serials, start=1)
    ]
    return {"parts": parts, "occurredAt": "2026-11-02T08:00:00Z", **changed}


def in_use(visitor, maker, serial, *serials):
    """Register a pack with modules and return its address in the API."""
    address = f"/api/v1/batteries/{register(visitor, maker, serial)}"
    made = visitor.post(f"{address}/structure", json=a_structure(*serials), headers=maker)
    assert made.status_code == 201, made.text
    return address


def positions(visitor, address, headers, **query):
    answer = visitor.get(f"{address}/structure", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return {part["position"]: part["serial"] for part in answer.json()["parts"]}


def test_a_structure_is_recorded_and_read_at_two_instants(visitor, maker):
    pack = in_use(visitor, maker, "WP-1", "WP1-A", "WP1-B")

    assert positions(visitor, pack, maker) == {"M1": "WP1-A", "M2": "WP1-B"}
    assert positions(visitor, pack, maker, at="2026-11-01T00:00:00Z") == {}


def test_a_swap_is_done_once_by_its_key(visitor, maker):
    pack = in_use(visitor, maker, "WP-2", "WP2-A", "WP2-B")
    change = {"position": "M1", "out": "WP2-A", "in": "WP2-N", "reason": "fault"}
    headers = {**maker, "Idempotency-Key": "swap-wp-2"}

    first = visitor.post(f"{pack}/parts/swap", json=change, headers=headers)
    second = visitor.post(f"{pack}/parts/swap", json=change, headers=headers)

    assert first.status_code == 201, first.text
    assert second.json() == first.json()
    assert first.json()["installed"][0]["serial"] == "WP2-N"
    assert "declare them anew" in first.json()["findings"][0]
    assert positions(visitor, pack, maker) == {"M1": "WP2-N", "M2": "WP2-B"}
    kinds = [event["kind"] for event in visitor.get(f"{pack}/events", headers=maker).json()]
    assert kinds == ["structure-recorded", "part-swapped"]


def test_a_part_says_where_it_is_and_how_it_came_there(visitor, maker):
    one = in_use(visitor, maker, "WP-3", "WP3-A")
    other = in_use(visitor, maker, "WP-4", "WP4-A")
    visitor.post(f"{other}/parts/swap", json={"position": "M1", "in": "WP3-A"}, headers=maker)

    found = visitor.get("/api/v1/parts/WP3-A", headers=maker).json()
    by_name = visitor.get(f"/api/v1/parts/{found['id']}", headers=maker).json()

    assert found == by_name
    assert found["batteries"] == [other.removeprefix("/api/v1/batteries/")]
    assert found["position"] == "M1"
    assert [step["fromBattery"] for step in found["steps"]] == [
        None,
        one.removeprefix("/api/v1/batteries/"),
    ]


def test_the_wrong_part_at_a_position_is_a_conflict_with_its_code(visitor, maker):
    pack = in_use(visitor, maker, "WP-5", "WP5-A", "WP5-B")

    answer = visitor.post(
        f"{pack}/parts/swap",
        json={"position": "M1", "out": "WP5-B", "in": "WP5-N"},
        headers=maker,
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "part-mismatch")


def test_each_wrong_row_of_a_structure_is_named(visitor, maker):
    pack = f"/api/v1/batteries/{register(visitor, maker, 'WP-6')}"

    answer = visitor.post(f"{pack}/structure", json=a_structure("S", "S"), headers=maker)

    assert answer.status_code == 422
    assert [problem["row"] for problem in answer.json()["problems"]] == [2]


@pytest.mark.parametrize("stranger", ["yard", "again"])
def test_strangers_neither_read_nor_change_what_a_battery_is_made_of(web, visitor, maker, stranger):
    pack = in_use(visitor, maker, f"WP-7-{stranger}", f"WP7-{stranger}")
    headers = key_of(web, stranger)

    read = visitor.get(f"{pack}/structure", headers=headers)
    swapped = visitor.post(
        f"{pack}/parts/swap", json={"position": "M1", "in": "Z"}, headers=headers
    )
    found = visitor.get(f"/api/v1/parts/WP7-{stranger}", headers=headers)

    assert (read.status_code, swapped.status_code, found.status_code) == (403, 403, 404)


def test_the_public_passport_says_nothing_of_its_parts(visitor, maker):
    pack = in_use(visitor, maker, "WP-8", "WP8-SECRET")
    path = pack.removeprefix("/api/v1/batteries")

    public = visitor.get(path, headers={"Accept": "application/vp"}).text
    page = visitor.get(path, headers={"Accept": "text/html"}).text

    assert "WP8-SECRET" not in public
    assert "WP8-SECRET" not in page
    assert "structure-recorded" not in public


def test_pages_tell_a_serial_number_with_a_percent_sign_from_the_one_it_encodes(visitor, maker):
    plain = register(visitor, maker, "PC/1")
    marked = register(visitor, maker, "PC%2F1")
    assert plain.endswith("/21/PC%2F1")
    assert marked.endswith("/21/PC%252F1")

    for page in ("/structure", "/check/battery"):
        answer = visitor.get(f"{page}/{marked}", headers=maker | AS_PAGE)
        assert answer.status_code == 200, answer.text
        assert f"/{marked}" in answer.text
        assert f"/{plain}" not in answer.text.replace(f"/{marked}", "")
