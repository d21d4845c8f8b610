"""honcho-ai 1.6.0 over honcho-core 1.8.0, as an application uses it, against `/v2`.

Sessions and messages are not touched here: only what needs workspaces, peers and keys.
"""

import asyncio
from datetime import datetime, timedelta, timezone

import honcho_core
import pytest
from honcho import AsyncHoncho, Honcho

from atrium_server import fresh
from samples import ROUND_TRIP, spelling


@pytest.fixture
def connect(access):
    """Makes a client for a workspace; the SDK gets or creates the workspace while it is being built."""
    return lambda workspace, key=access.api_key: Honcho(
        base_url=access.base_url, api_key=key, workspace_id=workspace, max_retries=0
    )


@pytest.fixture
def honcho(connect):
    return connect(fresh("walk"))


# Workspaces


def test_building_a_client_makes_the_workspace(honcho):
    assert honcho.workspace_id in honcho.get_workspaces(filters={"id": honcho.workspace_id})
    assert honcho.get_metadata() == {}
    assert honcho.get_config() == {}


def test_a_second_client_finds_the_same_workspace(honcho, connect):
    honcho.set_metadata({"by": "the first"})
    assert connect(honcho.workspace_id).get_metadata() == {"by": "the first"}


def test_get_or_create_leaves_an_existing_workspace_as_it_is(honcho):
    honcho.set_metadata({"kept": True})
    again = honcho.core.workspaces.get_or_create(
        id=honcho.workspace_id, metadata={"kept": False}, configuration={"dream": {"enabled": False}}
    )
    assert (again.metadata, again.configuration) == ({"kept": True}, {})


def test_workspace_metadata_is_replaced_and_cleared(honcho):
    honcho.set_metadata({"a": 1, "b": 2})
    honcho.set_metadata({"c": 3})
    assert honcho.get_metadata() == {"c": 3}
    honcho.core.workspaces.update(honcho.workspace_id, metadata=None)
    assert honcho.get_metadata() == {"c": 3}
    honcho.set_metadata({})
    assert honcho.get_metadata() == {}


def test_workspace_metadata_comes_back_value_for_value(honcho):
    honcho.set_metadata(ROUND_TRIP)
    assert spelling(honcho.get_metadata()) == spelling(ROUND_TRIP)


def test_workspace_configuration_merges_by_top_level_key(honcho):
    honcho.set_config({"summary": {"messages_per_short_summary": 10, "messages_per_long_summary": 20}})
    honcho.set_config({"deriver": {"enabled": False}, "of my own": {"kept": [1, 1.0]}})
    honcho.set_config({"summary": {"messages_per_long_summary": 25}})
    assert honcho.get_config() == {
        "summary": {"messages_per_long_summary": 25},
        "deriver": {"enabled": False},
        "of my own": {"kept": [1, 1.0]},
    }
    assert honcho.get_metadata() == {}


def test_refresh_reads_both(honcho, connect):
    other = connect(honcho.workspace_id)
    other.set_metadata({"n": 1})
    other.set_config({"dream": {"enabled": True}})
    honcho.refresh()
    assert honcho.metadata == {"n": 1}
    assert honcho.configuration == {"dream": {"enabled": True}}


def test_workspaces_are_listed_page_by_page(connect):
    batch, names = fresh("batch"), [fresh("page") for _ in range(5)]
    for name in names:
        connect(name).set_metadata({"batch": batch})
    client = connect(names[0])
    mine = {"metadata": {"batch": batch}}

    first = client.core.workspaces.list(filters=mine, size=2)
    assert (first.total, first.page, first.size, first.pages) == (5, 1, 2, 3)
    assert [workspace.id for workspace in first] == names  # iteration fetches the other pages
    assert client.get_workspaces(filters=mine) == names

    beyond = client.core.workspaces.list(filters=mine, size=2, page=9)
    assert (beyond.items, beyond.total, beyond.pages) == ([], 5, 3)
    nothing = client.core.workspaces.list(filters={"metadata": {"batch": "nobody's"}})
    assert (nothing.items, nothing.total, nothing.pages) == ([], 0, 0)


def test_a_deleted_workspace_is_gone_and_its_name_free(honcho, connect):
    name = honcho.workspace_id
    honcho.set_metadata({"old": True})
    honcho.peer("someone", metadata={})
    deleted = honcho.delete_workspace(name)
    assert (deleted.id, deleted.metadata) == (name, {"old": True})
    assert honcho.get_workspaces(filters={"id": name}) == []
    with pytest.raises(honcho_core.NotFoundError) as failure:
        honcho.delete_workspace(name)
    assert failure.value.body == {"detail": "Resource not found"}

    anew = connect(name)
    assert anew.get_metadata() == {}
    assert len(anew.get_peers()) == 0


# Peers


def test_a_peer_is_made_by_its_first_use(honcho):
    peer = honcho.peer("alice")
    assert len(honcho.get_peers()) == 0  # the SDK has sent nothing yet
    assert peer.get_metadata() == {}
    assert [found.id for found in honcho.get_peers()] == ["alice"]


def test_get_or_create_replaces_what_it_is_given(honcho):
    honcho.peer("alice", metadata={"a": 1}, config={"observe_me": False})
    again = honcho.peer("alice", metadata={"b": 2})
    assert (again.metadata, again.configuration) == ({"b": 2}, {"observe_me": False})
    once_more = honcho.peer("alice", config={"of": "my own"})
    assert (once_more.metadata, once_more.configuration) == ({"b": 2}, {"of": "my own"})


def test_peer_metadata_and_configuration_are_replaced(honcho):
    peer = honcho.peer("alice", metadata={"a": 1}, config={"observe_me": True, "x": 1})
    peer.set_metadata({"b": 2})
    peer.set_config({"observe_me": False})
    peer.refresh()
    assert (peer.metadata, peer.configuration) == ({"b": 2}, {"observe_me": False})
    peer.set_metadata({})
    assert peer.get_metadata() == {}


def test_peer_metadata_comes_back_value_for_value(honcho):
    peer = honcho.peer("alice", metadata=ROUND_TRIP)
    assert spelling(peer.metadata) == spelling(ROUND_TRIP)
    assert spelling(peer.get_metadata()) == spelling(ROUND_TRIP)
    # Walking through the list, this SDK writes every peer back as it was read.
    assert [spelling(found.metadata) for found in honcho.get_peers()] == [spelling(ROUND_TRIP)]
    assert spelling(peer.get_metadata()) == spelling(ROUND_TRIP)


def test_peers_are_listed_beyond_the_first_page(honcho):
    names = [f"peer-{n:02}" for n in range(53)]
    for name in names:
        honcho.core.workspaces.peers.get_or_create(honcho.workspace_id, id=name)
    page = honcho.get_peers()
    assert (page.total, page.page, page.size, page.pages) == (53, 1, 50, 2)
    assert [peer.id for peer in page] == names


def test_peers_are_filtered(honcho):
    for name, team in (("alice", "red"), ("bob", "blue"), ("carol", "red")):
        honcho.peer(name, metadata={"team": team, "size": len(name)})

    def found(filters):
        return [peer.id for peer in honcho.get_peers(filters=filters)]

    assert found({"metadata": {"team": "red"}}) == ["alice", "carol"]
    assert found({"id": {"in": ["bob", "carol"]}}) == ["bob", "carol"]
    assert found({"NOT": [{"metadata": {"team": "red"}}]}) == ["bob"]
    assert found({"OR": [{"id": "alice"}, {"metadata": {"size": {"lt": 4}}}]}) == ["alice", "bob"]
    assert found({"created_at": {"gte": "2999-01-01"}}) == []


def test_workspaces_do_not_share_peers(honcho, connect):
    honcho.peer("alice", metadata={"here": True})
    other = connect(fresh("other"))
    assert other.peer("alice").get_metadata() == {}
    assert honcho.peer("alice").get_metadata() == {"here": True}


# Keys


def test_a_key_opens_its_workspace_and_no_other(honcho, connect, access):
    if access.api_key is None:
        with pytest.raises(honcho_core.APIStatusError) as failure:
            honcho.core.keys.create(workspace_id=honcho.workspace_id)
        assert failure.value.status_code == 405
        assert failure.value.body == {"detail": "Feature is disabled"}
        return
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    for expires_at in ({}, {"expires_at": tomorrow}, {"expires_at": tomorrow.isoformat()}):
        key = honcho.core.keys.create(workspace_id=honcho.workspace_id, **expires_at)["key"]
        narrow = connect(honcho.workspace_id, key)
        narrow.set_metadata({"by": "a narrow key"})
        narrow.peer("alice", metadata={"n": 1})
        assert narrow.get_metadata() == {"by": "a narrow key"}
        with pytest.raises(honcho_core.AuthenticationError):
            connect(fresh("elsewhere"), key)
        with pytest.raises(honcho_core.AuthenticationError):
            narrow.get_workspaces()


def test_a_wrong_key_is_an_authentication_error(connect, access):
    if access.api_key is None:
        return  # without authentication every credential is as good as none
    for key in ("nonsense", access.api_key + "x", "atr_0_0"):
        with pytest.raises(honcho_core.AuthenticationError) as failure:
            connect(fresh("never"), key)
        assert isinstance(failure.value.body["detail"], str)


# What the SDK raises


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        ("two words", "string_pattern_mismatch"),
        ("naïve", "string_pattern_mismatch"),
        ("line\n", "string_pattern_mismatch"),
        ("a/b", "string_pattern_mismatch"),
        ("", "string_too_short"),
        ("x" * 101, "string_too_long"),
    ],
)
def test_bad_ids_are_unprocessable(honcho, bad, kind):
    for create in (
        lambda: honcho.core.workspaces.get_or_create(id=bad),
        lambda: honcho.core.workspaces.peers.get_or_create(honcho.workspace_id, id=bad),
    ):
        with pytest.raises(honcho_core.UnprocessableEntityError) as failure:
            create()
        (fault,) = failure.value.body["detail"]
        assert (fault["type"], fault["loc"], fault["input"]) == (kind, ["body", "id"], bad)
    assert len(honcho.get_peers()) == 0


def test_the_longest_id_is_taken(connect):
    name = fresh("long").ljust(100, "x")
    assert connect(name).peer("y" * 100, metadata={}).id == "y" * 100


def test_bad_configuration_and_filters_are_unprocessable(honcho):
    def kind_of(call):
        with pytest.raises(honcho_core.UnprocessableEntityError) as failure:
            call()
        return failure.value.body["detail"]

    short = kind_of(lambda: honcho.set_config({"summary": {"messages_per_short_summary": 9}}))
    assert short[0]["loc"] == ["body", "configuration", "summary", "messages_per_short_summary"]
    assert short[0]["type"] == "greater_than_equal"
    assert isinstance(kind_of(lambda: honcho.get_workspaces(filters={"bogus": 1})), str)
    assert isinstance(kind_of(lambda: list(honcho.get_peers(filters={"AND": {}}))), str)
    assert honcho.get_config() == {}


# The asynchronous client


def test_the_asynchronous_client_walks_the_same_way(access):
    async def walk():
        name = fresh("async")
        honcho = AsyncHoncho(base_url=access.base_url, api_key=access.api_key, workspace_id=name, max_retries=0)
        await honcho.set_metadata(ROUND_TRIP)
        assert spelling(await honcho.get_metadata()) == spelling(ROUND_TRIP)
        await honcho.set_config({"peer_card": {"use": False}})
        assert await honcho.get_config() == {"peer_card": {"use": False}}
        assert name in await honcho.get_workspaces(filters={"id": name})

        peers = await asyncio.gather(*(honcho.peer(f"peer-{n % 4}", metadata={"n": n % 4}) for n in range(20)))
        assert {peer.id for peer in peers} == {f"peer-{n}" for n in range(4)}
        listed = [peer async for peer in await honcho.get_peers()]
        assert sorted(peer.id for peer in listed) == [f"peer-{n}" for n in range(4)]

        await listed[0].set_metadata({"changed": 1.0})
        assert spelling(await listed[0].get_metadata()) == '{"changed": 1.0}'
        await listed[0].set_config({"observe_me": False})
        assert await listed[0].get_config() == {"observe_me": False}

        assert (await honcho.delete_workspace(name)).id == name
        assert await honcho.get_workspaces(filters={"id": name}) == []
        with pytest.raises(honcho_core.NotFoundError):
            await honcho.delete_workspace(name)
        with pytest.raises(honcho_core.UnprocessableEntityError):
            await honcho.core.workspaces.get_or_create(id="two words")

    asyncio.run(walk())
