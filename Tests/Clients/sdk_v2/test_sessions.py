"""Sessions and their members with honcho-ai 1.6.0, as an application uses them, against `/v2`."""

import asyncio

import honcho_core
import pytest
from honcho import AsyncHoncho
from honcho.async_client.session import SessionPeerConfig as AsyncSessionPeerConfig
from honcho.session import SessionPeerConfig

from samples import ROUND_TRIP, spelling


def names(found) -> list[str]:
    return [one.id for one in found]


def test_metadata_is_replaced_and_configuration_merged(honcho):
    session = honcho.session("chat", metadata={"a": 1}, config={"dream": {"enabled": False}})
    assert (session.metadata, session.configuration) == ({"a": 1}, {"dream": {"enabled": False}})
    session.set_metadata(ROUND_TRIP)
    session.set_config({"summary": {"messages_per_short_summary": 10}, "own": [1]})
    assert spelling(session.get_metadata()) == spelling(ROUND_TRIP)
    assert session.get_config() == {
        "dream": {"enabled": False},
        "summary": {"messages_per_short_summary": 10},
        "own": [1],
    }
    session.set_metadata({})
    again = honcho.session("chat", config={"dream": {"enabled": True}})
    again.refresh()
    assert again.metadata == {}
    assert again.configuration["dream"] == {"enabled": True}


def test_sessions_are_listed_and_filtered(honcho):
    for index, name in enumerate(("one", "two", "three")):
        honcho.session(name, metadata={"n": index})
    assert names(honcho.get_sessions()) == ["one", "two", "three"]
    assert names(honcho.get_sessions(filters={"metadata": {"n": {"gte": 1}}})) == ["two", "three"]
    assert names(honcho.get_sessions(filters={"is_active": False})) == []


def test_peers_come_and_go(honcho):
    session = honcho.session("chat", metadata={})
    alice = honcho.peer("alice")
    session.add_peers([alice, "bob", ("bot", SessionPeerConfig(observe_me=False, observe_others=True))])
    assert names(session.get_peers()) == ["alice", "bob", "bot"]
    assert session.get_peer_config("bot") == SessionPeerConfig(observe_me=False, observe_others=True)
    session.add_peers(("bot", SessionPeerConfig(observe_me=True)))
    assert session.get_peer_config("bot") == SessionPeerConfig(observe_me=False, observe_others=True)
    session.remove_peers(["bot", alice])
    assert names(session.get_peers()) == ["bob"]
    session.add_peers(("bot", SessionPeerConfig(observe_me=True)))
    assert session.get_peer_config("bot") == SessionPeerConfig(observe_me=True)
    session.set_peers(["dora", ("bot", SessionPeerConfig())])
    assert sorted(names(session.get_peers())) == ["bot", "dora"]
    session.set_peer_config("dora", SessionPeerConfig(observe_others=True))
    assert session.get_peer_config("dora") == SessionPeerConfig(observe_others=True)
    assert names(alice.get_sessions()) == ["chat"]


def test_the_eleventh_observer_is_refused(honcho):
    session = honcho.session("chat", metadata={})
    watching = SessionPeerConfig(observe_others=True)
    session.add_peers([(f"o{n}", watching) for n in range(10)])
    with pytest.raises(honcho_core.BadRequestError) as failure:
        session.add_peers(("late", watching))
    assert "11 observers" in failure.value.message
    assert len(session.get_peers()) == 10


def test_a_copy_and_an_end(honcho):
    session = honcho.session("chat", metadata={"a": 1})
    session.add_peers("alice")
    copy = session.clone()
    assert copy.id != session.id
    assert copy.get_metadata() == {"a": 1}
    assert names(copy.get_peers()) == ["alice"]
    session.delete()
    assert names(honcho.get_sessions()) == [copy.id]
    with pytest.raises(honcho_core.NotFoundError):
        session.delete()
    with pytest.raises(honcho_core.NotFoundError):
        session.clone()
    assert honcho.session("chat", metadata={}).get_peers() == []


@pytest.mark.parametrize("bad", ["two words", "a/b", "x" * 101])
def test_bad_ids_are_unprocessable(honcho, bad):
    with pytest.raises(honcho_core.UnprocessableEntityError):
        honcho.session(bad, metadata={})


def test_the_asynchronous_client_walks_the_same_way(options):
    async def walk():
        honcho = AsyncHoncho(**options)
        made = await asyncio.gather(*(honcho.session(f"s{n % 3}", metadata={"n": n % 3}) for n in range(12)))
        assert {session.id for session in made} == {"s0", "s1", "s2"}
        session = made[0]
        await session.add_peers([("bot", AsyncSessionPeerConfig(observe_others=True)), "alice"])
        await session.remove_peers("alice")
        assert names(await session.get_peers()) == ["bot"]
        await session.set_peers(["bot", "cem"])
        await session.set_peer_config("cem", AsyncSessionPeerConfig(observe_me=False))
        assert (await session.get_peer_config("cem")).observe_me is False
        await session.set_metadata({"changed": 1.0})
        assert spelling(await session.get_metadata()) == '{"changed": 1.0}'
        copy = await session.clone()
        assert sorted(names(await copy.get_peers())) == ["alice", "bot", "cem"]
        await session.delete()
        left = [one.id async for one in await honcho.get_sessions()]
        assert sorted(left) == sorted(["s1", "s2", copy.id])

    asyncio.run(walk())
