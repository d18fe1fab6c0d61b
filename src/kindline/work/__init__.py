"""Long work: a worker that takes jobs, and the chores it knows."""
