"""Values to JSON-LD and back."""
