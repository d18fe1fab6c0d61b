"""Numbers over many conversations, one file each: pure functions over states."""
