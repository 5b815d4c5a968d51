import asyncio

from demos.support.slow_server import request_async, slow_server


async def test_it_answers_the_quicker_request_first() -> None:
    with slow_server() as port:
        requests = [asyncio.create_task(request_async(port, s)) for s in (0.3, 0.001)]
        answers = [await each for each in asyncio.as_completed(requests)]
    assert answers == [b"0.001000\n", b"0.300000\n"]
