"""honcho-ai 2.7.0: search in a workspace, of a peer, in a session and in a scope, against `/v3`."""

import asyncio

import pytest
from honcho.http.exceptions import NotFoundError, UnprocessableEntityError

from walks import PIE, SearchWalk, contents


class TestSearch(SearchWalk):
    refusal = UnprocessableEntityError
    in_play = ["play"]  # v3 reads a list as `in`

    def test_a_scope_is_searched(self, honcho):
        scope = honcho.scope("work")
        assert contents(honcho.search("apple", scope=scope)) == []
        scope.add_sessions(["food"])
        assert contents(honcho.search("apple", scope="work")) == [PIE]
        with pytest.raises(NotFoundError):
            honcho.search("apple", scope="nothing")

    def test_the_asynchronous_view_searches_the_same_way(self, honcho):
        async def walk():
            assert contents(await honcho.aio.search("dog runs")) == ["running dogs ate my apple"]
            bob, food = await honcho.aio.peer("bob"), await honcho.aio.session("food")
            assert contents(await bob.aio.search("apple")) == ["running dogs ate my apple"]
            assert contents(await food.aio.search("apple", limit=5)) == [PIE]

        asyncio.run(walk())
