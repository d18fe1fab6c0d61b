"""Routes, one file per page; each names the right it needs."""
