"""One file a step; values are written out, so that a step stays what it was."""
