"""How values of each datatype are written: what JSON Schemas, SHACL shapes and checks share."""

from collections.abc import Mapping
from typing import Final

from passport.domain.content import Datatype

INSTANT_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
DECIMAL_PATTERN: Final = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
INTEGER_PATTERN: Final = r"^-?(0|[1-9][0-9]*)$"
DATE_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
YEAR_MONTH_PATTERN: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
DIGEST_PATTERN: Final = r"^sha256:[0-9a-f]{64}$"
IRI_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"
COUNTRY_PATTERN: Final = r"^[A-Z]{2}$"
CAS_PATTERN: Final = r"^[0-9]{2,7}-[0-9]{2}-[0-9]$"
EMAIL_PATTERN: Final = r"^[^@\s]+@[^@\s]+$"
LANGUAGE_PATTERN: Final = r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
NOT_BLANK_PATTERN: Final = r"\S"

PATTERNS: Final[Mapping[Datatype, str]] = {
    Datatype.DECIMAL: DECIMAL_PATTERN,
    Datatype.INTEGER: INTEGER_PATTERN,
    Datatype.TEXT: NOT_BLANK_PATTERN,
    Datatype.LANGUAGE_MAP: NOT_BLANK_PATTERN,
    Datatype.DATE: DATE_PATTERN,
    Datatype.YEAR_MONTH: YEAR_MONTH_PATTERN,
    Datatype.DATE_TIME: INSTANT_PATTERN,
    Datatype.IRI: IRI_PATTERN,
    Datatype.DIGEST: DIGEST_PATTERN,
    Datatype.COUNTRY: COUNTRY_PATTERN,
    Datatype.CAS: CAS_PATTERN,
    Datatype.EMAIL: EMAIL_PATTERN,
}
"""Regular expression by datatype, in the part of the language that ECMAScript, XPath and Python
read alike."""

LONGEST: Final[Mapping[Datatype, int]] = {
    Datatype.DECIMAL: 40,
    Datatype.INTEGER: 19,
    Datatype.TEXT: 10_000,
    Datatype.LANGUAGE_MAP: 10_000,
    Datatype.IRI: 2_000,
    Datatype.EMAIL: 254,
}
"""Characters that a value has at most, by datatype."""

LONGEST_LIST: Final = 1000
"""Values that a term takes at most."""
