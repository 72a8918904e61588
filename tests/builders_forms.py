"""A form on a page as a browser without script sends it."""

from html.parser import HTMLParser


class _FormReader(HTMLParser):
    """Collects the fields of the form that goes to one address."""

    def __init__(self, action: str) -> None:
        super().__init__(convert_charrefs=True)
        self._action = action
        self._is_inside = False
        self._select = ""
        self._first: str | None = None
        self._area = ""
        self.fields: dict[str, list[str]] = {}

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = given.get("action") == self._action
        if not self._is_inside:
            return
        name = given.get("name", "")
        if tag == "input" and given.get("type") not in {"submit", "file"}:
            is_choice = given.get("type") in {"checkbox", "radio"}
            if not is_choice or "checked" in given:
                self._add(name, given.get("value", ""))
        elif tag == "select" and "disabled" not in given:
            self._select, self._first = name, None
        elif tag == "option" and self._select:
            if self._first is None:
                self._first = given["value"]
            if "selected" in given:
                self._add(self._select, given["value"])
                self._select = ""
        elif tag == "textarea":
            self._area = name
            self._add(name, "")

    def handle_data(self, data):
        if self._area:
            self.fields[self._area][-1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_inside = False
        elif tag == "select" and self._select:
            self._add(self._select, self._first or "")
            self._select = ""
        elif tag == "textarea" and self._area:
            # The first line end of a text area belongs to the page, not to the text.
            text = self.fields[self._area][-1]
            self.fields[self._area][-1] = text.removeprefix("\n")
            self._area = ""

    def _add(self, name, value):
        if name:
            self.fields.setdefault(name, []).append(value)


def form_on(page: str, action: str) -> dict[str, list[str]]:
    """Return the fields of a form on a page, as it stands there."""
    reader = _FormReader(action)
    reader.feed(page)
    assert reader.fields, f"no form goes to {action}"
    return reader.fields
