"""Every connection takes the application's role, but for the owner's, who migrates."""

import pytest

from guanjia.kit.database import DatabaseNotNamed, connection_settings, from_url


def test_the_application_takes_its_role_before_any_query() -> None:
    found = connection_settings({"DATABASE_URL": "postgresql://u:p@host:5433/city"})
    assert found["OPTIONS"] == {"options": "-c role=guanjia_app"}
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("host", "5433", "city")


def test_the_owner_takes_no_role() -> None:
    named = {"DATABASE_URL": "postgresql://u@h/c", "DATABASE_OWNER_URL": "postgresql://o@h/c"}
    found = connection_settings({**named, "GUANJIA_AS_OWNER": "yes"})
    assert (found["USER"], found["OPTIONS"]) == ("o", {})


def test_a_database_that_nobody_named_is_not_guessed() -> None:
    with pytest.raises(DatabaseNotNamed):
        connection_settings({})


def test_sockets_and_strange_passwords_survive_the_url() -> None:
    found = from_url(
        "postgresql://u:a%2Fb%40c@/my%20city?host=%2Frun%2Fx&sslmode=require", role=None
    )
    assert (found["PASSWORD"], found["HOST"], found["NAME"]) == ("a/b@c", "/run/x", "my city")
    assert found["OPTIONS"] == {"sslmode": "require"}
