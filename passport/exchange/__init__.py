"""Other systems' formats and the label."""
