"""The vocabulary: conversations, evidence, analyses, estimates. Frozen values, nothing else."""
