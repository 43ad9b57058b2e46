"""The asset graph: drop → staged tables → change set → live tables and report."""
