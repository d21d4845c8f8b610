"""honcho-ai 1.6.0 over honcho-core 1.8.0: messages, uploads, context and summaries, against `/v2`."""

import asyncio
from datetime import datetime, timezone

import honcho_core
import pytest
from honcho import AsyncHoncho, Honcho

from atrium_server import fresh
from samples import ROUND_TRIP, spelling

PIE, BREAD = "apple pie", "Banana bread"  # 2 and 3 tokens of o200k_base


@pytest.fixture
def honcho(access):
    return Honcho(
        base_url=access.base_url, api_key=access.api_key, workspace_id=fresh("messages"), max_retries=0
    )


@pytest.fixture
def session(honcho):
    return honcho.session("chat")


@pytest.fixture
def alice(honcho):
    return honcho.peer("alice")


def test_messages_are_stored_in_their_order_and_read_back(session, alice, honcho):
    made = session.add_messages([alice.message(PIE, metadata=ROUND_TRIP), honcho.peer("bob").message(BREAD)])
    assert [(m.content, m.peer_id, m.token_count) for m in made] == [(PIE, "alice", 2), (BREAD, "bob", 3)]
    assert {(m.session_id, m.workspace_id) for m in made} == {("chat", honcho.workspace_id)}
    assert all(len(m.id) == 21 for m in made)
    more = session.add_messages(alice.message("again"))
    found = list(session.get_messages())
    assert [m.id for m in found] == [m.id for m in made + more]
    assert spelling(found[0].metadata) == spelling(ROUND_TRIP)
    assert [peer.id for peer in honcho.get_peers()] == ["alice", "bob"]


def test_a_time_of_its_own(session, alice):
    said = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    (message,) = session.add_messages(alice.message(PIE, created_at=said))
    assert message.created_at == said
    assert [m.created_at for m in session.get_messages()] == [said]


def test_messages_are_filtered_and_listed_page_by_page(session, alice, honcho):
    session.add_messages([alice.message(f"{n}", metadata={"n": n}) for n in range(7)])
    session.add_messages(honcho.peer("bob").message(BREAD))

    def found(**filters):
        return [m.content for m in session.get_messages(filters=filters)]

    assert found(peer_id="bob") == [BREAD]
    assert found(token_count={"gte": 2}) == [BREAD]
    assert found(metadata={"n": {"gt": 4}}) == ["5", "6"]
    assert found(NOT=[{"peer_id": "alice"}]) == [BREAD]
    listing = session._client.workspaces.sessions.messages.list
    page = listing("chat", workspace_id=honcho.workspace_id, size=3, page=2, reverse=True)
    assert ([m.content for m in page.items], page.total, page.pages) == (["4", "3", "2"], 8, 3)


def test_one_message_is_read_and_its_metadata_replaced(session, alice, honcho):
    (message,) = session.add_messages(alice.message(PIE, metadata={"old": True}))
    messages = session._client.workspaces.sessions.messages
    where = {"workspace_id": honcho.workspace_id, "session_id": "chat"}
    assert messages.retrieve(message.id, **where) == message
    changed = messages.update(message.id, metadata=ROUND_TRIP, **where)
    assert (spelling(changed.metadata), changed.content) == (spelling(ROUND_TRIP), PIE)
    with pytest.raises(honcho_core.NotFoundError) as failure:
        messages.retrieve("nope", **where)
    assert failure.value.body == {"detail": "Message with ID nope not found"}
    with pytest.raises(honcho_core.NotFoundError) as failure:
        messages.update("nope", metadata={}, **where)
    assert failure.value.body == {"detail": "Message not found"}


def test_a_batch_that_breaks_a_rule_stores_nothing(session, alice, honcho):
    for batch in ([alice.message("x" * 25_001)], [alice.message("x")] * 101, [{"content": "x", "peer_id": "two words"}]):
        with pytest.raises(honcho_core.UnprocessableEntityError):
            session.add_messages(batch)
    assert list(session.get_messages()) == []


def test_a_file_becomes_messages(session, alice):
    text = ("para one. " * 1200 + "\n\n") * 4
    said = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    made = session.upload_file(
        ("notes.txt", text.encode(), "text/plain"), alice, metadata={"a": 1}, created_at=said
    )
    assert [len(m.content) for m in made] == [24_004, 24_004]
    assert "".join(m.content for m in made) == text
    assert {(m.peer_id, spelling(m.metadata), m.created_at) for m in made} == {("alice", '{"a": 1}', said)}
    (document,) = session.upload_file(("a.json", b'{"a":1,"b":"\xc3\xa9"}', "application/json"), "bob")
    assert (document.content, document.token_count) == ('{"a": 1, "b": "é"}', 12)
    assert [m.id for m in session.get_messages()] == [m.id for m in made + [document]]
    with pytest.raises(honcho_core.APIStatusError) as failure:
        session.upload_file(("x.bin", b"x", "application/octet-stream"), alice)
    assert failure.value.status_code == 415


def test_context_keeps_to_its_budget(session, alice):
    session.add_messages([alice.message(text) for text in (PIE, BREAD, PIE, BREAD)])
    assert [m.content for m in session.get_context().messages] == [PIE, BREAD, PIE, BREAD]
    context = session.get_context(tokens=7)
    assert [m.content for m in context.messages] == [PIE, BREAD]
    assert (context.summary, context.peer_representation, context.peer_card) == (None, None, None)
    assert [turn["content"] for turn in context.to_openai(assistant="alice")] == [PIE, BREAD]
    with pytest.raises(honcho_core.UnprocessableEntityError):
        session.get_context(tokens=100_001)


def test_there_are_no_summaries_before_there_is_something_to_sum_up(session, alice):
    session.add_messages(alice.message(PIE))
    summaries = session.get_summaries()
    assert (summaries.id, summaries.short_summary, summaries.long_summary) == ("chat", None, None)


def test_the_asynchronous_client_walks_the_same_way(access):
    async def walk():
        honcho = AsyncHoncho(
            base_url=access.base_url, api_key=access.api_key, workspace_id=fresh("async"), max_retries=0
        )
        session = await honcho.session("chat")
        alice = await honcho.peer("alice")
        batches = await asyncio.gather(
            *(session.add_messages([alice.message(f"{n}/{m}") for m in range(3)]) for n in range(10))
        )
        found = [m async for m in await session.get_messages()]
        assert len(found) == 30
        ids = [m.id for m in found]
        for batch in batches:
            start = ids.index(batch[0].id)
            assert ids[start : start + 3] == [m.id for m in batch]
        (uploaded,) = await session.upload_file(("a.txt", PIE.encode(), "text/plain"), alice)
        assert uploaded.content == PIE
        context = await session.get_context(tokens=2)
        assert [m.content for m in context.messages] == [PIE]
        assert (await session.get_summaries()).short_summary is None

    asyncio.run(walk())
