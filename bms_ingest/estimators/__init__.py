"""From what the fold saw to what it tells, with intervals."""
