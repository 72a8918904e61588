"""View values: what each page says, as text ready to print; the templates only place it."""
