"""Container files become frames: where each payload lies, when it came, what could not be read."""
