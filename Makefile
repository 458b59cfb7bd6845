# Two commands are enough: `make run` and `make test`. `make help` lists the others.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run dev test test-postgres check proofs pictures fmt lock environment

BIN := .venv/bin
PYTEST := $(BIN)/pytest -n 2 --dist loadscope -q
export PORT ?= 8000
# What `make check` gives to Django's deployment checks: a site as a server has it.
AS_ON_A_SERVER = DJANGO_SETTINGS_MODULE=egm_cms.settings.production HTTPS=on ALLOWED_HOSTS=exemple.fr \
	BASE_URL=https://exemple.fr DATABASE_URL=sqlite://:memory: SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))")

help: ## Cette liste
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: ## Tout préparer, puis ouvrir le site sur http://127.0.0.1:8000 (PORT=8001 make run pour un autre port)
	@deploy/system_packages.sh run
	@deploy/environment.sh requirements.txt
	@exec $(BIN)/python -m egm_cms.serve

dev: environment ## Comme run, pour qui modifie le code : erreurs en détail, rechargement à chaque changement
	@exec $(BIN)/python -m egm_cms.serve --dev

test: environment ## Tous les tests, navigateur compris (SQLite)
	@$(PYTEST)

test-postgres: environment ## Les mêmes tests sur PostgreSQL (DATABASE_URL, sinon la base « test » de ce poste)
	@export DATABASE_URL=$${DATABASE_URL:-postgres://$$(id -un)@127.0.0.1:5432/test}; \
	$(BIN)/python deploy/reach_postgres.py && $(PYTEST) $(ONLY)

check: environment ## Ce qui se vérifie sans tests : style, gabarits, réglages de production, migrations, verrous
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@find . -name '*.html' -not -path './.*' -not -path './var/*' -print0 | xargs -0r $(BIN)/djade --check --target-version 5.2
	@$(AS_ON_A_SERVER) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(AS_ON_A_SERVER) $(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python deploy/check_locks.py

proofs: environment ## Les preuves longues (charge, coupures, restauration), à part des tests
	@if compgen -G 'tests/proofs/test_*.py' > /dev/null; then $(BIN)/pytest tests/proofs -q; \
	else echo 'Aucune preuve longue pour le moment.'; fi

pictures: environment ## Refaire les images des guides, prises sur le site lui-même
	@PORT=8765 $(BIN)/python docs/make_pictures.py

fmt: environment ## Mettre le code et les gabarits en forme
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	@find . -name '*.html' -not -path './.*' -not -path './var/*' -print0 | xargs -0r $(BIN)/djade --target-version 5.2

lock: ## Recalculer requirements.txt et requirements-dev.txt depuis pyproject.toml (UPGRADE=1 : versions les plus récentes)
	@deploy/lock.sh

environment:
	@deploy/system_packages.sh test
	@deploy/environment.sh requirements-dev.txt
