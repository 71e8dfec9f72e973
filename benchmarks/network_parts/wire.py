"""A wire between two programs that can be cut: TCP carried from one port to another."""

from __future__ import annotations

import contextlib
import socket
import threading


class Proxy:
    """Carries TCP between a port of its own and another, until it is cut."""

    def __init__(self, to_port: int) -> None:
        self._to = ("127.0.0.1", to_port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._is_cut = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Cut the connection; new ones are not let through."""
        self._is_cut = True
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open = []

    def heal(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def close(self) -> None:
        """Cut it for good."""
        self.cut()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
                if self._is_cut:
                    near.close()
                    continue
            except OSError:
                return
            try:
                far = socket.create_connection(self._to)
            except OSError:  # nobody listens yet
                near.close()
                continue
            self._open += [near, far]
            threading.Thread(target=_carry, args=(near, far), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def _carry(near: socket.socket, far: socket.socket) -> None:
    """Carry both ways until one end is over, then close both."""
    back = threading.Thread(target=_copy, args=(far, near), daemon=True)
    back.start()
    _copy(near, far)
    back.join()
    near.close()
    far.close()
