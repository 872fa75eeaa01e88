"""The measures themselves: speaking to the public, listening to it, keeping the record."""
