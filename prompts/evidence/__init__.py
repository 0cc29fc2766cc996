"""Whether a pack's evidence is all there: in its terms, and in the texts they were taken from."""
