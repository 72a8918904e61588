"""The model editor: groups that people understand, and forms made from the table of terms."""
