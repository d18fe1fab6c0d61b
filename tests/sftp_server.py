"""
A real SFTP server over one folder, for tests: `python tests/sftp_server.py FOLDER`.

It prints the port it listens on, at 127.0.0.1, and takes the user `centre` with the password
`secret`.
"""

import os
from pathlib import Path
import socket
import sys
import threading

import paramiko

FOLDER = Path(sys.argv[1])


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        is_right = (username, password) == ("centre", "secret")
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return paramiko.OPEN_SUCCEEDED


class _Folder(paramiko.SFTPServerInterface):
    def _real(self, path: str) -> Path:
        return FOLDER / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        inside = sorted(self._real(path).iterdir())
        return [paramiko.SFTPAttributes.from_stat(one.stat(), one.name) for one in inside]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> paramiko.SFTPHandle | int:  # noqa: ARG002
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = self._real(path).open("rb")  # type: ignore[attr-defined]
        return handle


def main() -> None:
    """Serve until killed."""
    key = paramiko.RSAKey.generate(2048)
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    while True:
        connection, _ = listening.accept()
        transport = paramiko.Transport(connection)
        transport.add_server_key(key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder)
        threading.Thread(
            target=transport.start_server, kwargs={"server": _Door()}, daemon=True
        ).start()


if __name__ == "__main__":
    os.environ.pop("SSH_AUTH_SOCK", None)
    main()
