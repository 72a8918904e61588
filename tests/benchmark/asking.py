"""Load on a server: ``python -m benchmark.asking PORT PATH COUNT HEADER...`` writes answers/s.

Plain sockets that stay open, so that asking costs little beside answering. The server always has
the questions of the other connections waiting while an answer of one is read.
"""

import socket
import sys
import time
from collections.abc import Sequence

_CONNECTIONS = 8
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_LARGEST_READ = 1 << 20


class Connection:
    """One connection to the server that is kept."""

    def __init__(self, port: int, question: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._question = question

    def ask(self) -> None:
        """Send the question."""
        self._socket.sendall(self._question)

    def read(self) -> bytes:
        """Return one whole answer.

        Raises:
            ConnectionError: The server closed the connection.
        """
        answer = self._more()
        while _HEAD_END not in answer:
            answer += self._more()
        whole = _whole_length(answer)
        while len(answer) < whole:
            answer += self._more()
        return answer

    def close(self) -> None:
        """Let the server go."""
        self._socket.close()

    def _more(self) -> bytes:
        received = self._socket.recv(_LARGEST_READ)
        if not received:
            raise ConnectionError("the server closed the connection")
        return received


def _whole_length(answer: bytes) -> int:
    """Return how long an answer is, whose head is here."""
    head, _, _ = answer.partition(_HEAD_END)
    _, is_told, after = head.lower().partition(_LENGTH)
    body = int(after.split(b"\r\n", 1)[0]) if is_told else 0
    return len(head) + len(_HEAD_END) + body


def answers_per_second(port: int, question: bytes, count: int) -> float:
    """Ask over all connections in turn, `count` times in total.

    Raises:
        AssertionError: An answer is another one than the first.
    """
    connections = [Connection(port, question) for _ in range(_CONNECTIONS)]
    expected = _first_answer(connections[0])
    for connection in connections:
        connection.ask()
    start = time.perf_counter()
    for answered in range(count):
        connection = connections[answered % _CONNECTIONS]
        answer = connection.read()
        if (answer[:12], len(answer)) != expected:
            raise AssertionError(f"another answer than before: {answer[:200]!r}")
        connection.ask()
    rate = count / (time.perf_counter() - start)
    for connection in connections:
        connection.read()
        connection.close()
    return rate


def _first_answer(connection: Connection) -> tuple[bytes, int]:
    connection.ask()
    answer = connection.read()
    return answer[:12], len(answer)


def main(port: int, path: str, count: int, headers: Sequence[str]) -> None:
    """Measure and write the rate."""
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", *headers]
    question = "\r\n".join([*lines, "", ""]).encode()
    sys.stdout.write(f"{answers_per_second(port, question, count)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
