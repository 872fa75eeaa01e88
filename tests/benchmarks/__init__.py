"""Speed against the machine's own limits; `make bench` prints one JSON object."""
