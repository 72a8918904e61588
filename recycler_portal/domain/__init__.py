"""Values of the end of life and their laws."""
