"""What the CommerceML readers promise, one behaviour per test."""
