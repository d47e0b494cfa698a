# `make run` serves the site, `make test` checks it; both set up what they need, once.

PYTHON ?= python3
VENV := .venv/bin/python
export BIND ?= 127.0.0.1:8000

.PHONY: run test test-postgresql audit fuzz load machines outages speed scale fonts messages format clean

run: .venv/installed var/static/staticfiles.json
	$(VENV) manage.py migrate --verbosity 0
	$(VENV) manage.py register_models
	$(VENV) -m gunicorn -c python:digitsite.gunicorn digitsite.wsgi

test: .venv/installed-dev
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(VENV) -c 'import secrets; print(secrets.token_urlsafe(64))') ALLOWED_HOSTS=digits.example.org \
		$(VENV) manage.py check --deploy --fail-level WARNING
	$(VENV) -m pytest

# The same tests on a PostgreSQL of their own, but for those of pixels and of training, which know no database.
test-postgresql: .venv/installed-dev
	$(VENV) -m tests.postgresql $(VENV) -m pytest --ignore tests/recognizer/imaging --ignore tests/training

# Known holes in what is installed here.
audit: .venv/installed-dev
	$(VENV) -m pip_audit --strict --local --skip-editable

# What holds, each measured at a site that the command starts itself: 10,000 hostile requests;
fuzz: .venv/installed-dev
	$(VENV) -m tests.load.fuzz

# 16 clients, then while workers are killed, then while backups are made;
load: .venv/installed-dev
	$(VENV) -m tests.load.clients
	$(VENV) -m tests.load.clients --kill
	$(VENV) -m tests.load.clients --backup

# disks, database, cache and networks taken away and given back;
outages: .venv/installed-dev
	$(VENV) -m tests.load.outages

# one reading, many, a site as tutorials write it, memory and start;
speed: .venv/installed-dev
	$(VENV) -m tests.load.reading_speed
	$(VENV) -m tests.load.bulk
	$(VENV) -m tests.load.against_naive
	$(VENV) -m tests.load.worker_cost

# pages, backup and deletion with up to a million pictures;
scale: .venv/installed-dev
	$(VENV) -m tests.load.time_pages --sizes 1000 100000 1000000
	$(VENV) -m tests.load.time_upkeep --pictures 100000

# two web servers and two workers without a common disk, behind nginx, with PostgreSQL, Redis and a bucket.
machines: .venv/installed-dev
	$(VENV) -m tests.load.many_machines

# The open-licence typefaces that the networks learn letters and digits from; only training needs them.
fonts: training/fonts/node_modules/.package-lock.json

training/fonts/node_modules/.package-lock.json: training/fonts/package.json
	npm install --prefix training/fonts --ignore-scripts --no-audit --no-fund --no-package-lock
	touch $@

# Gathers what there is to translate and compiles what is translated; needs GNU gettext.
messages: .venv/installed-dev
	$(VENV) manage.py makemessages --locale de --add-location file --no-wrap --no-obsolete \
		--ignore .venv --ignore node_modules --ignore tests --ignore training --ignore var
	$(VENV) manage.py compilemessages --locale de --ignore .venv

format: .venv/installed-dev
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .

clean:
	rm -rf .venv var/static var/cache

var/static/staticfiles.json: $(shell find static -type f) .venv/installed
	$(VENV) manage.py collectstatic --no-input --clear --verbosity 0

# An environment whose pip does not run is a broken one, as a Debian without python3-venv leaves it: it is made anew.
.venv/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "digitsite needs Python 3.11 or newer: make PYTHON=…")'
	$(VENV) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(VENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(VENV) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
