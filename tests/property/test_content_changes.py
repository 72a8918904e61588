"""Laws of joining two changes, and of telling what differs."""

from hypothesis import given
from hypothesis import strategies as st

from passport.domain.content_changes import changes_between, joined

values = st.one_of(
    st.text("ab", min_size=1, max_size=2),
    st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from("xy"), st.text("ab", min_size=1, max_size=2), min_size=1),
)
contents = st.dictionaries(st.sampled_from("pqrs"), values)


@given(contents, contents)
def test_what_one_left_alone_the_other_decides(base, changed):
    assert joined(base, base, changed) == (changed, [])
    assert joined(base, changed, base) == (changed, [])


@given(contents, contents, contents)
def test_each_term_is_what_one_of_the_two_wrote_and_a_clash_is_told(base, mine, theirs):
    content, clashes = joined(base, mine, theirs)

    told = {clash.term for clash in clashes}
    for name in {*base, *mine, *theirs}:
        before, own, other = base.get(name), mine.get(name), theirs.get(name)
        both_changed = before not in (own, other) and own != other
        assert (name in told) == both_changed
        if not both_changed:
            assert content.get(name) == (own if other == before else other)


@given(contents, contents)
def test_contents_differ_nowhere_only_if_they_are_equal(old, new):
    changes = list(changes_between(old, new))

    assert (changes == []) == (old == new)
    assert {change.term for change in changes} == {
        name for name in {*old, *new} if old.get(name) != new.get(name)
    }


@given(contents)
def test_what_came_is_what_would_go_the_other_way(content):
    there, back = list(changes_between({}, content)), list(changes_between(content, {}))

    assert [(one.old, one.new, one.removed, one.added) for one in there] == [
        (one.new, one.old, one.added, one.removed) for one in back
    ]
