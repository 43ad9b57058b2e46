"""What is published holds no name of a private machine, folder or secret."""

import os
import re
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser, Error
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
HOME_PATH = re.compile(r"(?<![\w.:])(?:/(?:home|Users)/[\w.-]+/|/ro[o]t/[\w.-]|/wo[r]k/[\w.-])|[A-Z]:\\Users\\\w")
TOKEN = re.compile(r"ONEC_API_TOKEN\s*[=:]\s*[\"']?[A-Za-z0-9+/_-]{24,}")
INDEX = re.compile(
    r"(?:index-url|index_url|registry|find-links)\s*=\s*[{\s]*(?:\w+\s*=\s*)?[\"']?(https?://[^\s\"'}]+)"
)


def tracked_texts() -> Iterator[tuple[str, str]]:
    """(path, text) of every tracked text file that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    for path in filter(None, listed.stdout.decode().split("\0")):
        file = ROOT / path
        if file.is_file() and b"\0" not in (content := file.read_bytes())[:4096]:
            yield path, content.decode("utf-8", errors="replace")


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1}"
        for path, text in tracked_texts()
        for found in pattern.finditer(text)
    ]


def index_hosts() -> set[str]:
    """Package indexes that this machine is configured for."""
    urls = [os.environ.get(name, "") for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL")]
    urls += [os.environ.get(name, "") for name in ("UV_DEFAULT_INDEX", "NPM_CONFIG_REGISTRY", "HTTPS_PROXY")]
    for file in (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        parser = ConfigParser(interpolation=None)
        try:
            parser.read(file)
        except (Error, OSError):
            continue
        urls += [value for section in parser.values() for key, value in section.items() if "index" in key]
    hosts = {urlsplit(url).hostname for text in urls for url in text.split()}
    return {host for host in hosts if host and "." in host}


def test_no_tracked_file_names_this_machines_package_index() -> None:
    hosts = index_hosts()
    assert [path for path, text in tracked_texts() if any(host in text for host in hosts)] == []


def test_no_tracked_file_configures_a_package_index() -> None:
    assert places(INDEX) == []


def test_no_tracked_file_holds_an_absolute_path_of_a_developer() -> None:
    assert places(HOME_PATH) == []


def test_no_tracked_file_holds_a_token() -> None:
    assert places(TOKEN) == []
