import asyncio

from lesson import child, in_gather, in_task_group, in_timeout


def family(tell, b_fails):
    return [child(0.2, False, tell), child(0.0, b_fails, tell)]


async def ends(parent):
    """Return what a parent raises, and how many it leaves running."""
    try:
        await parent
        error = None
    except Exception as raised:
        error = type(raised)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*left)
    return error, len(left)


told = []
assert asyncio.run(ends(in_task_group(family(print, True)))) == (ExceptionGroup, 0)
assert asyncio.run(ends(in_timeout(0.02, family(print, False)))) == (TimeoutError, 0)
assert asyncio.run(ends(in_gather(family(told.append, True)))) == (OSError, 1)
assert told == ["runs", "runs", "cleans up", "cleans up"]
