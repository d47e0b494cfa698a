# `make run` serves the site, `make test` checks it; both set up what they need, once.

PYTHON ?= python3
BIN := .venv/bin
export BIND ?= 127.0.0.1:8000

.PHONY: run test format clean

run: .venv/installed var/static/staticfiles.json
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py register_models
	@echo "digitsite: http://$(BIND)/ (Ctrl+C ends it)"
	$(BIN)/gunicorn -c python:digitsite.gunicorn digitsite.wsgi

test: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		ALLOWED_HOSTS=digits.example.org $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv var/static var/cache

var/static/staticfiles.json: $(shell find static -type f) .venv/installed
	$(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0

.venv/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "digitsite needs Python 3.11 or newer; set PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
