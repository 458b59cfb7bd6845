"""Fails, in words, when the PostgreSQL server of DATABASE_URL does not answer."""

import os
import sys

import environ
import psycopg

settings = environ.Env().db_url("DATABASE_URL")
if "postgresql" not in settings["ENGINE"]:
    sys.exit("DATABASE_URL ne désigne pas une base PostgreSQL (postgres://utilisateur@hôte:5432/base).")
try:
    psycopg.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or os.environ.get("PGPASSWORD"),
        dbname=settings["NAME"],
        connect_timeout=5,
    ).close()
except psycopg.Error as error:
    sys.exit(
        f"PostgreSQL ne répond pas, ou n’a pas de base « {settings['NAME']} ».\n{str(error).strip()}\n"
        "Le démarrer, ou donner son adresse : DATABASE_URL=postgres://utilisateur@hôte:5432/base make test-postgres"
    )
