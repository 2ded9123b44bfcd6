"""Starts kernels from a kernelspec, by the real jupyter_client or by hand, and ends them."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from .client import PATIENCE, Client, Run, Silence

#: Seconds from the start of the process to its first answer.
START = 60.0


def until(condition: Callable[[], bool], what: str, limit: float = PATIENCE) -> None:
    """Waits for something that sends no message: a file, the end of a process."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise Silence(f"{what}: not within {limit:g} s")
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        try:
            return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Kernel(Client):
    """A kernel started by a KernelManager, and its first client."""

    def __init__(self, launcher: "Launcher", manager: KernelManager) -> None:
        self.launcher = launcher
        self.manager = manager
        self.others: list[Client] = []
        self.markers = 0
        super().__init__(manager.blocking_client())
        try:
            self.greet(START, manager.is_alive)
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        return self.manager.provisioner.process.pid

    @property
    def connection(self) -> dict:
        return self.manager.get_connection_info()

    def marker(self) -> Path:
        """A file that a cell will make, so that the case knows where the cell is, whatever the kernel's output does."""
        self.markers += 1
        return self.launcher.folder / f"marker-{self.pid}-{self.markers}"

    def await_marker(self, path: Path, limit: float = PATIENCE) -> None:
        until(path.exists, "the cell did not come to its marker", limit)

    def spin(self, source: str, marker: Path) -> str:
        """Sends a cell that makes its marker and then goes on; returns its id once it is that far."""
        ident = self.execute(source)
        self.await_marker(marker)
        return ident

    def restart(self) -> None:
        self.manager.restart_kernel(now=False)
        self.greet(START, self.manager.is_alive)
        self.settle()

    def interrupt(self) -> None:
        """As the kernelspec says: by signal or by message. What is sent after the answer cannot overtake the message."""
        if self.launcher.spec.interrupt_mode == "message":
            self.ask("interrupt_request", channel="control")
        else:
            self.manager.interrupt_kernel()

    def stopped(self, ident: str, limit: float = PATIENCE) -> Run:
        """Interrupts a cell and waits for its end."""
        self.interrupt()
        return self.finish(ident, limit)

    def another_client(self) -> Client:
        jupyter = BlockingKernelClient()
        jupyter.load_connection_info(self.connection)
        client = Client(jupyter)
        client.deadline = self.deadline
        self.others.append(client)
        client.greet(START)
        client.settle()
        return client

    def kill(self) -> None:
        for client in [*self.others, self]:
            client.close()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


class Process:
    """A kernel started by hand, with a connection file of the case's own."""

    def __init__(self, launcher: "Launcher", connection: dict) -> None:
        self.connection = connection
        self.file = launcher.folder / f"kernel-{secrets.token_hex(8)}.json"
        self.file.touch(0o600)
        self.file.write_text(json.dumps(connection))
        argv = KernelManager(kernel_name=launcher.name, connection_file=str(self.file)).format_kernel_cmd()
        self.errors = launcher.errors
        self.popen = subprocess.Popen(
            argv,
            cwd=launcher.cwd,
            env={**os.environ, **launcher.spec.env, "JPY_PARENT_PID": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors.open("ab"),
            start_new_session=True,
        )

    def kill(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()


class Launcher:
    def __init__(self, name: str) -> None:
        self.name = name
        self.spec: KernelSpec = KernelSpecManager().get_kernel_spec(name)
        self.folder = Path(tempfile.mkdtemp(prefix="conformance-"))
        self.cwd = self.folder / "notebooks"
        self.cwd.mkdir()
        #: What kernels write to their own stderr.
        self.errors = self.folder / "errors.txt"
        self.errors.touch()
        self.told = 0
        self.running: list[Kernel | Process] = []

    def kernel(self) -> Kernel:
        manager = KernelManager(kernel_name=self.name)
        manager.start_kernel(cwd=str(self.cwd), stdout=subprocess.DEVNULL, stderr=self.errors.open("ab"))
        kernel = Kernel(self, manager)
        self.running.append(kernel)
        return kernel

    def process(self, **changes: object) -> Process:
        """A kernel started by hand; `changes` replace fields of its connection file."""
        connection = {
            "transport": "tcp",
            "ip": "127.0.0.1",
            "signature_scheme": "hmac-sha256",
            "key": secrets.token_hex(16),
            **free_ports(),
            **changes,
        }
        process = Process(self, connection)
        self.running.append(process)
        return process

    def new_errors(self) -> str:
        """What kernels have written to their own stderr since the last call."""
        written = self.errors.read_bytes()
        new, self.told = written[self.told :], len(written)
        return new.decode(errors="replace")

    def kill_all(self, but: Kernel | None = None) -> None:
        for each in self.running:
            if each is not but:
                each.kill()
        self.running = [] if but is None else [but]

    def close(self) -> None:
        self.kill_all()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_ports() -> dict[str, int]:
    names = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    sockets = [socket.socket() for _ in names]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = {name: each.getsockname()[1] for name, each in zip(names, sockets, strict=True)}
    for each in sockets:
        each.close()
    return ports
