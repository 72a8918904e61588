"""Pages that look alike: design, templates, sessions and forms, for all three houses."""
