"""The jars of Apache Kafka, fetched once from Maven Central and checked against their hashes."""

import fcntl
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from jgo.maven import MavenContext

from pipeline.core.errors import BrokerError

KAFKA_VERSION = "4.3.1"
_DOWNLOADS_AT_ONCE = 8


class _Jar(NamedTuple):
    coordinates: str
    sha256: str


def kafka_jars(tell: Callable[[str], None], maven: MavenContext | None = None) -> list[Path]:
    """Return the jars of Kafka's class path, from the local Maven repository (M2_REPO, else ~/.m2/repository).

    What is missing there is fetched. Raises BrokerError where that fails or a jar is not what it should be.
    """
    context = maven or MavenContext()
    jars = list(_locked_jars())
    if _missing(context, jars):
        with _one_at_a_time(context.repo_cache):
            # Another process may have fetched them in the meantime.
            if missing := _missing(context, jars):
                tell(
                    f"fetching Apache Kafka {KAFKA_VERSION} ({len(missing)} of {len(jars)} jars, 42 MB in all, once) …"
                )
                with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
                    list(pool.map(lambda jar: _fetch(context, jar), missing))
    return [_artifact(context, jar).cached_path for jar in jars]


def _missing(context: MavenContext, jars: list[_Jar]) -> list[_Jar]:
    """Return the jars that are not there, or not whole: a download that was cut off has no end-of-archive record."""
    return [jar for jar in jars if not zipfile.is_zipfile(_artifact(context, jar).cached_path)]


@contextmanager
def _one_at_a_time(repository: Path) -> Iterator[None]:
    repository.mkdir(parents=True, exist_ok=True)
    with (repository / ".pactwatch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _locked_jars() -> Iterator[_Jar]:
    lock = files("pipeline.broker").joinpath("jars.txt").read_text(encoding="utf-8")
    for line in lock.splitlines():
        if line and not line.startswith("#"):
            yield _Jar(*line.split())


def _artifact(context: MavenContext, jar: _Jar) -> Any:
    group, name, version = jar.coordinates.split(":")
    return context.project(group, name).at_version(version).artifact()


def _fetch(context: MavenContext, jar: _Jar) -> None:
    artifact = _artifact(context, jar)
    artifact.cached_path.unlink(missing_ok=True)  # the rest of an interrupted download
    try:
        path: Path = artifact.resolve()
    except (OSError, RuntimeError) as error:  # jgo raises requests' errors (OSError) and RuntimeError
        raise BrokerError(
            f"cannot fetch {jar.coordinates} from Maven Central: {_root(error)}. The first start of the embedded "
            "broker needs the network; or use a running Kafka with --brokers HOST:PORT"
        ) from error
    if hashlib.sha256(path.read_bytes()).hexdigest() != jar.sha256:
        path.unlink()
        raise BrokerError(f"{jar.coordinates} from Maven Central is not the file it was (SHA-256 differs)")


def _root(error: BaseException) -> BaseException:
    """Return what went wrong first, which is what a person can mend; the rest tells through which layers it came."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error
