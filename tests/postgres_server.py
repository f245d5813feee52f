"""A private PostgreSQL server for tests: made with initdb, on loopback, ended when the tests end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from server_process import free_port

SECONDS = 60
WATCH = """
read -r _
[ -f {folder}/data/postmaster.pid ] && kill -QUIT "$(head -n 1 {folder}/data/postmaster.pid)" && sleep 1
rm -rf {folder}
"""
"""Ends a server whose tests were killed before they could: its input ends with them. A process id might be reused."""
MISSING = "PostgreSQL is missing; sh tools/postgres.sh installs it or says what to install"


class PostgresServer:
    """One cluster. `kill` is a crash: no process of it gets to write another byte."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._numbers = count(1)
        self._user = _other_user()
        if self._user is not None:
            shutil.chown(folder, self._user.pw_name)
        made = self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
        assert made == 0, (folder / "initdb.out").read_text()

    def start(self) -> None:
        """Starts it, or starts it again, and waits until it can be asked."""
        options = f"-p {self.port} -k {self.folder} -h 127.0.0.1"
        command = ("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", str(SECONDS), "-o", options, "start")
        for _ in range(20):  # after a crash what the dead held may be let go of a moment later
            if self._run(*command) == 0:
                return
            time.sleep(0.2)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Ends it."""
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def kill(self) -> None:
        """Ends it with SIGKILL, and waits until all of its processes are gone."""
        processes = self._processes()
        for process in processes:
            os.kill(process, signal.SIGKILL)
        ends = time.monotonic() + SECONDS
        while any(_runs(process) for process in processes) and time.monotonic() < ends:
            time.sleep(0.02)
        (self.folder / "data" / "postmaster.pid").unlink()  # else the number of a dead process could pass for a living

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Takes connections and data, as the kernel does for it, and answers nothing: a storage that hangs."""
        processes = self._processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in filter(_runs, processes):
                os.kill(process, signal.SIGCONT)

    def url(self, database: str) -> str:
        """For DATABASE_URL."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"store{next(self._numbers)}"
        with psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def _processes(self) -> list[int]:
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        return [first, *_children(first)]

    def _run(self, program: str, *arguments: str) -> int:
        command = [str(_programs() / program), *arguments]
        if self._user is not None:
            command = ["runuser", "-u", self._user.pw_name, "--", *command]
        with (self.folder / f"{program}.out").open("w") as out:  # a pipe would stay open as long as the server runs
            return subprocess.run(
                command, cwd=self.folder, stdout=out, stderr=out, timeout=SECONDS * 2, check=False
            ).returncode


@contextmanager
def private_server() -> Iterator[PostgresServer]:
    """A running server; the test is skipped where there is none, but not in CI."""
    if not is_there():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="rert-cds-pg-"))  # short: the path of a socket has 107 characters at most
    watch = ["sh", "-c", WATCH.format(folder=folder)]
    watching = subprocess.Popen(
        watch, start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        watching.communicate(timeout=SECONDS)


def is_there() -> bool:
    """Whether the programs of a server are installed, and someone who may run it."""
    return (_programs() / "initdb").exists() and (os.geteuid() != 0 or shutil.which("runuser") is not None)


def _programs() -> Path:
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(found).resolve().parent if found else debian[-1].parent if debian else Path("nowhere")


def _other_user() -> pwd.struct_passwd | None:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listed.split()]


def _runs(process: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
