"""Words to evidence: fold, encode, match cues, weigh, decide. Numbers live in `weights/`."""
