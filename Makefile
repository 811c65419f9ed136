# The same as `python3 run.py lab` and `python3 run.py test`. Another Python: make test PYTHON=python3.12
PYTHON ?= python3

.PHONY: lab test

lab:
	$(PYTHON) run.py lab

test:
	$(PYTHON) run.py test
