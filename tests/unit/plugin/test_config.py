import stat

import pytest

from plugin.config import SETTINGS, Settings, SettingsInvalid


def read(tmp_path, **given):
    return Settings.from_environment({"SIDECUE_HOME": str(tmp_path / "home")} | given)


def test_the_environment_may_say_nothing(tmp_path):
    settings = read(tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path}/home/sidecue.db"
    assert (settings.packs, settings.threads, settings.max_body_bytes) == (None, 8, 1_048_576)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first, second = read(tmp_path), read(tmp_path)
    mode = stat.S_IMODE((tmp_path / "home" / "secret.key").stat().st_mode)

    assert len(first.secret_key) >= 32
    assert (first.secret_key, mode) == (second.secret_key, 0o600)


def test_settings_survive_the_way_to_another_process(tmp_path):
    (tmp_path / "packs").mkdir()
    settings = read(
        tmp_path,
        SIDECUE_PACKS=str(tmp_path / "packs"),
        SIDECUE_PUBLIC_URL="https://sidecue.example/x/",
        SIDECUE_THREADS="3",
        SIDECUE_LOG_LEVEL="debug",
        SIDECUE_LOG_FORMAT="console",
        SIDECUE_MAX_BODY_BYTES="2048",
        SIDECUE_PROACTIVE_MINUTES="0",
    )

    assert Settings.from_environment(settings.to_environment()) == settings


def test_the_key_stays_out_of_the_repr(tmp_path):
    settings = read(tmp_path)

    assert settings.secret_key not in repr(settings)


def test_packs_of_the_home_are_found(tmp_path):
    (tmp_path / "home" / "packs").mkdir(parents=True)

    assert read(tmp_path).packs == tmp_path / "home" / "packs"


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("SIDECUE_SECRET_KEY", "short", "random characters"),
        ("SIDECUE_SECRET_KEY", "a" * 64, "too easy to guess"),
        ("SIDECUE_DATABASE_URL", "postgresql://u:p@h/d", "not supported"),
        ("SIDECUE_DATABASE_URL", "sqlite://", "in memory"),
        ("SIDECUE_DATABASE_URL", "sqlite:///:memory:", "in memory"),
        ("SIDECUE_DATABASE_URL", "nonsense", "no database URL"),
        ("SIDECUE_DATABASE_URL", "sqlite:////no/such/folder/x.db", "write to"),
        ("SIDECUE_PACKS", "/no/such/folder", "no folder"),
        ("SIDECUE_PUBLIC_URL", "ftp://x", "web address"),
        ("SIDECUE_PUBLIC_URL", "http://sidecue.example", "unencrypted"),
        ("SIDECUE_THREADS", "0", "from 1 to 128"),
        ("SIDECUE_THREADS", "many", "whole number"),
        ("SIDECUE_MAX_BODY_BYTES", "99999999999", "from 1024"),
        ("SIDECUE_LOG_LEVEL", "loud", "one of"),
        ("SIDECUE_DATABSE_URL", "sqlite:////tmp/x.db", "did you mean SIDECUE_DATABASE_URL"),
        ("SIDECUE_BROKER_URL", "amqp://x", "no such setting"),
    ],
)
def test_an_unsafe_or_unreadable_setting_is_refused_by_its_name(tmp_path, variable, value, told):
    with pytest.raises(SettingsInvalid, match=told) as caught:
        read(tmp_path, **{variable: value})

    assert caught.value.variable == variable
    assert str(caught.value).startswith(variable)


def test_a_key_that_others_can_read_is_refused(tmp_path):
    read(tmp_path)
    (tmp_path / "home" / "secret.key").chmod(0o644)
    with pytest.raises(SettingsInvalid, match="chmod 600"):
        read(tmp_path)


def test_a_home_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "home").write_text("")
    with pytest.raises(SettingsInvalid, match="SIDECUE_HOME"):
        read(tmp_path)


def test_every_setting_is_explained():
    assert all(setting.does and setting.default for setting in SETTINGS)
