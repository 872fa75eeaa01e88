"""The main job as a screen reader does it: over AT-SPI, on a desktop of its own."""
