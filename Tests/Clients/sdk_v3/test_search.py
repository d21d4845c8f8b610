"""honcho-ai 2.7.0: search in a workspace, of a peer, in a session and in a scope, against `/v3`."""

import asyncio

import pytest
from honcho import Honcho
from honcho.http.exceptions import NotFoundError, UnprocessableEntityError

from atrium_server import fresh


@pytest.fixture
def honcho(access):
    """A workspace with two sessions in which alice and bob talk."""
    honcho = Honcho(
        base_url=access.base_url, api_key=access.api_key, workspace_id=fresh("search"), max_retries=0
    )
    alice, bob = honcho.peer("alice"), honcho.peer("bob")
    honcho.session("food").add_messages(
        [alice.message("apple pie", metadata={"n": 1}), bob.message("Banana bread"), alice.message("100% tart")]
    )
    honcho.session("play").add_messages([bob.message("running dogs ate my apple")])
    return honcho


def contents(messages):
    return [message.content for message in messages]


def test_a_workspace_is_searched_by_words_and_parts_of_them(honcho):
    assert contents(honcho.search("dog runs")) == ["running dogs ate my apple"]
    assert contents(honcho.search("NANA")) == ["Banana bread"]
    assert contents(honcho.search("0% T")) == ["100% tart"]
    assert contents(honcho.search("%")) == ["100% tart"]
    assert contents(honcho.search("tart!")) == []
    assert contents(honcho.search("apple", limit=1)) == ["running dogs ate my apple"]


def test_a_question_finds_what_shares_its_words(honcho):
    assert contents(honcho.search("Who likes bread with apple?")) == [
        "Banana bread", "running dogs ate my apple", "apple pie"
    ]


def test_filters_bound_a_search(honcho):
    assert contents(honcho.search("apple", filters={"metadata": {"n": {"lte": 1}}})) == ["apple pie"]
    assert contents(honcho.search("apple", filters={"session_id": ["play"]})) == ["running dogs ate my apple"]
    assert contents(honcho.search("apple", filters={"peer_perspective": "alice"})) == ["apple pie"]
    with pytest.raises(UnprocessableEntityError):
        honcho.search("apple", filters={"bogus": 1})


def test_a_peer_and_a_session_are_searched(honcho):
    assert contents(honcho.peer("bob").search("apple")) == ["running dogs ate my apple"]
    assert contents(honcho.session("food").search("apple")) == ["apple pie"]
    assert contents(honcho.session("play").search("pie", filters={"peer_id": "bob"}, limit=100)) == []


def test_a_scope_is_searched(honcho):
    scope = honcho.scope("work")
    assert contents(honcho.search("apple", scope=scope)) == []
    scope.add_sessions(["food"])
    assert contents(honcho.search("apple", scope="work")) == ["apple pie"]
    with pytest.raises(NotFoundError):
        honcho.search("apple", scope="nothing")


def test_a_message_is_found_at_once_and_a_deleted_one_never(honcho):
    session = honcho.session("food")
    session.add_messages(honcho.peer("alice").message("quince"))
    assert contents(honcho.search("quince")) == ["quince"]
    session.delete()
    assert contents(honcho.search("quince")) == []


def test_the_asynchronous_view_searches_the_same_way(honcho):
    async def walk():
        assert contents(await honcho.aio.search("dog runs")) == ["running dogs ate my apple"]
        bob, food = await honcho.aio.peer("bob"), await honcho.aio.session("food")
        assert contents(await bob.aio.search("apple")) == ["running dogs ate my apple"]
        assert contents(await food.aio.search("apple", limit=5)) == ["apple pie"]

    asyncio.run(walk())
