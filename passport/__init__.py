"""The record: what a battery passport is and does (Regulation (EU) 2023/1542, Article 77)."""
