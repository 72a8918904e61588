"""Values of the battery passport and their laws."""
