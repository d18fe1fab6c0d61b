# An alias for run.py, for hands that type make.
.PHONY: demo test check
demo test check:
	python3 run.py $@
