# Cells with await at top level, loops that never end, tasks left running.
# verdict: others passed
# %%
import asyncio


async def forever():
    while True:
        await asyncio.sleep(0.01)


_task = asyncio.ensure_future(forever())
await asyncio.sleep(0)
# %%
asyncio.get_event_loop().call_later(0.01, asyncio.get_event_loop().stop)
await asyncio.sleep(10**6)
