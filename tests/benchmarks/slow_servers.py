"""`python -m tests.benchmarks.slow_servers SECONDS …`: late servers in a process of their own.

A server that shares the interpreter with what is measured would make it wait for itself. Prints the
ports, one a line, and stays until its standard input is closed.
"""

import asyncio
import json
import sys

BODY = json.dumps({"id": "1", "url": "https://social.example/1"}).encode()
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"


async def _answer(delay: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Keep the connection and take `delay` seconds over every post."""
    while head := await _head(reader):
        due = asyncio.get_running_loop().time() + delay
        lengths = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
        if lengths:
            await reader.readexactly(int(lengths[0].split(b":")[1]))
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        writer.write(HEAD.encode() + BODY)
        await writer.drain()
    writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def _serve(delays: list[float]) -> None:
    for delay in delays:
        server = await asyncio.start_server(
            lambda reader, writer, delay=delay: _answer(delay, reader, writer), "127.0.0.1", 0
        )
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve([float(each) for each in sys.argv[1:]]))
