"""The system's keyring keeps a secret, from this process and from another."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from keyring.backends.SecretService import Keyring

pytestmark = pytest.mark.server
SERVICE = "crisisdesk-smoke"


def test_secret_is_kept_and_forgotten(secret_service: None) -> None:
    keyring = Keyring()
    keyring.set_password(SERVICE, "desk", "wörd")
    assert keyring.get_password(SERVICE, "desk") == "wörd"
    keyring.delete_password(SERVICE, "desk")
    assert keyring.get_password(SERVICE, "desk") is None


def test_another_process_picks_the_real_keyring(
    secret_service_environment: Mapping[str, str],
) -> None:
    programme = "import keyring; print(type(keyring.get_keyring()).__module__)"
    done = subprocess.run(
        [sys.executable, "-c", programme],
        env={**os.environ, **secret_service_environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "keyring.backends.SecretService"
