"""honcho-ai 1.6.0 over honcho-core 1.8.0: search in a workspace, of a peer and in a session, against `/v2`."""

import asyncio

import honcho_core
from honcho import AsyncHoncho

from walks import PIE, SearchWalk, contents


class TestSearch(SearchWalk):
    refusal = honcho_core.UnprocessableEntityError
    in_play = {"in": ["play"]}

    def test_the_asynchronous_client_searches_the_same_way(self, honcho, options):
        async def walk():
            client = AsyncHoncho(**options)
            assert contents(await client.search("dog runs")) == ["running dogs ate my apple"]
            bob, food = await client.peer("bob"), await client.session("food")
            assert contents(await bob.search("apple")) == ["running dogs ate my apple"]
            assert contents(await food.search("apple", limit=5)) == [PIE]

        asyncio.run(walk())
