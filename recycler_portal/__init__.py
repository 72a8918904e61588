"""End of life: from intake to recovered kilogram."""
