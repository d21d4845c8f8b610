"""honcho-ai 2.7.0: messages, uploads, context and summaries, against `/v3`."""

import asyncio
from datetime import datetime, timezone

import pytest
from honcho import Honcho
from honcho.http.exceptions import APIError, NotFoundError, UnprocessableEntityError

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


def contents(messages):
    return [message.content for message in messages]


def test_messages_are_stored_in_their_order_and_read_back(session, alice, honcho):
    made = session.add_messages([alice.message(PIE, metadata=ROUND_TRIP), honcho.peer("bob").message(BREAD)])
    assert [(m.content, m.peer_id, m.token_count) for m in made] == [(PIE, "alice", 2), (BREAD, "bob", 3)]
    more = session.add_messages(alice.message(""))
    found = list(session.messages())
    assert [m.id for m in found] == [m.id for m in made + more]
    assert spelling(found[0].metadata) == spelling(ROUND_TRIP)
    said = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert session.add_messages(alice.message(PIE, created_at=said))[0].created_at == said


def test_messages_are_filtered_and_listed_page_by_page(session, alice, honcho):
    session.add_messages([alice.message(f"{n}", metadata={"n": n}) for n in range(7)])
    session.add_messages(honcho.peer("bob").message(BREAD))
    assert contents(session.messages(filters={"peer_id": ["bob"]})) == [BREAD]  # v3 reads a list as `in`
    assert contents(session.messages(filters={"metadata": {"n": {"gt": 4}}})) == ["5", "6"]
    page = session.messages(size=3, page=2, reverse=True)
    assert (contents(page.items), page.total, page.pages) == (["4", "3", "2"], 8, 3)
    assert contents(session.messages(size=3)) == [*map(str, range(7)), BREAD]


def test_one_message_is_read_and_its_metadata_replaced(session, alice):
    (message,) = session.add_messages(alice.message(PIE, metadata={"old": True}))
    assert session.get_message(message.id).content == PIE
    changed = session.update_message(message, ROUND_TRIP)
    assert (spelling(changed.metadata), changed.content) == (spelling(ROUND_TRIP), PIE)
    with pytest.raises(NotFoundError) as failure:
        session.get_message("nope")
    assert failure.value.message == "Message with ID nope not found"


def test_a_batch_that_breaks_a_rule_stores_nothing(session, alice):
    for batch in ([alice.message("x" * 25_001)], [alice.message("x")] * 101):
        with pytest.raises(UnprocessableEntityError):
            session.add_messages(batch)
    assert contents(session.messages()) == []


def test_a_file_becomes_messages(session, alice):
    text = ("para one. " * 1200 + "\n\n") * 4
    said = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    made = session.upload_file(
        ("notes.txt", text.encode(), "text/plain"), alice, metadata={"a": 1}, created_at=said
    )
    assert [len(m.content) for m in made] == [24_004, 24_004]
    assert {(m.peer_id, spelling(m.metadata), m.created_at) for m in made} == {("alice", '{"a": 1}', said)}
    (document,) = session.upload_file(("a.json", b'{"a":1,"b":"\xc3\xa9"}', "application/json"), "bob")
    assert (document.content, document.token_count) == ('{"a": 1, "b": "é"}', 12)
    with pytest.raises(APIError) as failure:
        session.upload_file(("x.bin", b"x", "application/octet-stream"), alice)
    assert failure.value.status == 415


def test_context_keeps_to_its_budget(session, alice):
    session.add_messages([alice.message(text) for text in (PIE, BREAD, PIE, BREAD)])
    assert contents(session.context().messages) == [PIE, BREAD, PIE, BREAD]
    context = session.context(tokens=7)
    assert contents(context.messages) == [PIE, BREAD]
    assert (context.summary, context.peer_representation, context.peer_card) == (None, None, None)
    assert [turn["content"] for turn in context.to_openai(assistant="alice")] == [PIE, BREAD]


def test_there_are_no_summaries_before_there_is_something_to_sum_up(session, alice):
    session.add_messages(alice.message(PIE))
    summaries = session.summaries()
    assert (summaries.id, summaries.short_summary, summaries.long_summary) == ("chat", None, None)


def test_the_asynchronous_view_walks_the_same_way(access):
    async def walk():
        honcho = Honcho(base_url=access.base_url, api_key=access.api_key, workspace_id=fresh("async"), max_retries=0)
        session = await honcho.aio.session("chat")
        alice = await honcho.aio.peer("alice")
        batches = await asyncio.gather(
            *(session.aio.add_messages([alice.message(f"{n}/{m}") for m in range(3)]) for n in range(10))
        )
        ids = [message.id async for message in await session.aio.messages()]
        assert len(ids) == 30
        for batch in batches:
            start = ids.index(batch[0].id)
            assert ids[start : start + 3] == [m.id for m in batch]
        (uploaded,) = await session.aio.upload_file(("a.txt", PIE.encode(), "text/plain"), alice)
        assert uploaded.content == PIE
        assert contents((await session.aio.context(tokens=2)).messages) == [PIE]
        changed = await session.aio.update_message(uploaded, {"a": 1})
        assert (await session.aio.get_message(uploaded.id)).metadata == changed.metadata == {"a": 1}
        assert (await session.aio.summaries()).short_summary is None

    asyncio.run(walk())
