"""``python -m forgeries``: write docs/forgeries.md."""

from pathlib import Path

from forgeries.catalogue import page

Path(__file__).parents[2].joinpath("docs", "forgeries.md").write_text(page(), encoding="utf-8")
