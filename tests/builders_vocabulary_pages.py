"""Pages of the vocabulary, made of the published words themselves."""

from passport.ui.shell import Shell
from passport.web.pages.vocabulary import (
    class_page,
    code_list_page,
    downloads_page,
    term_page,
    vocabulary_page,
)


def vocabulary_pages(public: Shell) -> dict[str, tuple[str, object, Shell]]:
    """Name -> template, view value and frame."""
    return {
        "vocabulary": ("vocabulary.html", vocabulary_page("resistance"), public),
        "vocabulary-nothing": ("vocabulary.html", vocabulary_page("no such word"), public),
        "vocabulary-term": ("vocabulary_word.html", term_page("ratedCapacityAmpereHours"), public),
        "vocabulary-class": ("vocabulary_word.html", class_page("Document"), public),
        "vocabulary-codes": ("vocabulary_word.html", code_list_page("battery-status"), public),
        "vocabulary-files": ("vocabulary_downloads.html", downloads_page(), public),
    }
