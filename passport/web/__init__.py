"""HTTP: routes, pages, problems."""
