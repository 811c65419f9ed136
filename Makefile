# The same as `python3 run.py lab` and `python3 run.py test`. Another Python: make test PYTHON=python3.12
PYTHON ?= python3

.PHONY: lab test python

lab: python
	$(PYTHON) run.py lab

test: python
	$(PYTHON) run.py test

python:
	@command -v $(PYTHON) > /dev/null || { \
	echo "There is no $(PYTHON) here, and the course needs Python 3.10 to 3.13: install one (Debian: apt-get install python3 python3-venv), or name yours: make lab PYTHON=python3.12" >&2; exit 1; }
