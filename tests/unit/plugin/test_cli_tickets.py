"""`sidecue tickets import` as people and scripts use it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin.cli import main

KEY = "0123456789abcdef" * 3
HEADER = "chamado;enviado_em;texto;e-mail;situação\n"
ROWS = (
    "1;2026-01-05 09:00;O sistema está fora do ar desde ontem;ana@sol.example;fechado\n"
    "2;2026-01-09 09:00;Quero cancelar o contrato;ana@sol.example;fechado\n"
)
BACKTEST = ("rules", "backtest", "--since", "2026-01-08", "--until", "2026-01-31", "--format", "json")


@pytest.fixture
def environ(tmp_path):
    home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_SECRET_KEY": KEY}
    return home | {"SIDECUE_LANG": "", "LANG": "C"}


@pytest.fixture
def run(environ):
    """Run a command; return the result."""

    def call(*arguments, expect=0, **more):
        result = CliRunner().invoke(main, list(map(str, arguments)), env=environ | more)

        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.fixture
def bring(run):
    run("tenants", "add", "sol", "--connector", "standard")

    def call(*arguments, expect=0, **more):
        return run("tickets", "import", "--tenant", "sol", *arguments, expect=expect, **more)

    return call


@pytest.fixture
def past(tmp_path):
    file = tmp_path / "past.csv"
    file.write_text(HEADER + ROWS, "utf-8")
    return file


def test_a_past_is_imported_and_what_is_not_read_is_named(bring, past):
    told = bring(past, "--time-zone", "America/Sao_Paulo")

    assert "2 rows: 2 imported, 0 known already" in told.stdout
    assert "Columns that are not read: 'situação'" in told.stderr
    assert "0 imported, 2 known already" in bring(past, "--time-zone", "America/Sao_Paulo").stdout


def test_a_row_that_cannot_be_read_is_named_and_the_exit_code_says_so(bring, past):
    told = bring(past, "--format", "json", expect=1)

    assert json.loads(told.stdout)["refused"] == 2
    assert f"{past}:2: 'sent_at' '2026-01-05 09:00' names no time zone" in told.stderr


@pytest.mark.parametrize(
    ("name", "content", "arguments", "said"),
    [
        ("past.xlsx", "", (), "its name ends in none of .csv, .tsv, .jsonl, .ndjson"),
        ("past.csv", HEADER, ("--time-zone", "Sao Paulo"), "write one like America/Sao_Paulo"),
        ("past.csv", HEADER, ("--tenant", "nobody"), "there is no such tenant; there are sol"),
    ],
)
def test_a_call_that_cannot_work_says_how_it_would(bring, tmp_path, name, content, arguments, said):
    file = tmp_path / name
    file.write_text(content, "utf-8")

    assert said in bring(file, *arguments, expect=2).stderr


def test_a_missing_column_is_told_in_both_languages(bring, tmp_path):
    file = tmp_path / "past.csv"
    file.write_text("texto\n", "utf-8")

    assert "Error: the column 'ticket' (or 'chamado') is missing" in bring(file, expect=1).stderr
    assert "Erro: falta a coluna 'chamado' (ou 'ticket')" in bring(file, expect=1, SIDECUE_LANG="pt-BR").stderr


def test_it_speaks_portuguese(bring, past, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"chamado": "1"\n{"chamado": "1", "enviado_em": "ontem", "texto": "Oi"}\n', "utf-8")
    told = bring(past, "--lang", "pt-BR", "--time-zone", "America/Sao_Paulo")
    refused = bring(broken, "--lang", "pt-BR", expect=1)

    assert "2 linhas: 2 importadas, 0 já conhecidas" in told.stdout
    assert "Colunas que não são lidas: 'situação'" in told.stderr
    assert f"{broken}:1: isto não é JSON" in refused.stderr
    assert f"{broken}:2: 'enviado_em' é 'ontem'; escreva um instante" in refused.stderr
    assert "esse fuso não existe" in bring(past, "--lang", "pt-BR", "--time-zone", "x", expect=2).stderr


@pytest.mark.slow
def test_a_decided_past_is_replayed_by_a_backtest(bring, run, past):
    zone = ("--time-zone", "America/Sao_Paulo")

    assert "2 tickets decided" in bring(past, "--decide", *zone).stdout
    assert "0 tickets decided" in bring(past, "--decide", *zone).stdout
    assert json.loads(run(*BACKTEST).stdout)["history"]["tickets"] == 1


@pytest.mark.slow
def test_an_interrupted_import_goes_on(bring, run, environ, tmp_path):
    file = tmp_path / "long.csv"
    rows = (f"{number};2026-01-05T09:00:00Z;texto {number};;\n" for number in range(30_000))
    file.write_text(HEADER + "".join(rows), "utf-8")
    command = [Path(sys.executable).with_name("sidecue"), "tickets", "import", file, "--tenant", "sol"]
    begun = subprocess.Popen(command, env=os.environ | environ, stderr=subprocess.PIPE, text=True)
    database = Path(environ["SIDECUE_HOME"]) / "sidecue.db"
    while begun.poll() is None and not _tickets(database):
        time.sleep(0.02)
    begun.send_signal(signal.SIGINT)

    assert "Run the same command again to go on" in begun.communicate()[1]
    assert begun.returncode == 130
    kept = _tickets(database)
    assert 0 < kept < 30_000
    assert f"{30_000 - kept} imported, {kept} known already" in bring(file).stdout


def _tickets(database):
    with closing(sqlite3.connect(database)) as store:
        return store.execute("SELECT count(*) FROM ticket").fetchone()[0]
