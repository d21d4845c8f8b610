"""honcho-ai 2.7.0: messages, uploads, context and summaries, against `/v3`."""

import asyncio

import pytest
from honcho import Honcho
from honcho.http.exceptions import APIError, NotFoundError, UnprocessableEntityError

from samples import ROUND_TRIP, spelling
from walks import BREAD, PIE, MessageWalk, contents, stand_together


class TestMessages(MessageWalk):
    refusal = UnprocessableEntityError
    failure = APIError
    shortest = ""

    def status(self, failure):
        return failure.status

    def messages(self, session):
        return session.messages()

    def context(self, session, **options):
        return session.context(**options)

    def summaries(self, session):
        return session.summaries()

    def test_messages_are_filtered_and_listed_page_by_page(self, session, alice, honcho):
        session.add_messages([alice.message(f"{n}", metadata={"n": n}) for n in range(7)])
        session.add_messages(honcho.peer("bob").message(BREAD))
        assert contents(session.messages(filters={"peer_id": ["bob"]})) == [BREAD]  # v3 reads a list as `in`
        assert contents(session.messages(filters={"metadata": {"n": {"gt": 4}}})) == ["5", "6"]
        page = session.messages(size=3, page=2, reverse=True)
        assert (contents(page.items), page.total, page.pages) == (["4", "3", "2"], 8, 3)
        assert contents(session.messages(size=3)) == [*map(str, range(7)), BREAD]

    def test_one_message_is_read_and_its_metadata_replaced(self, session, alice):
        (message,) = session.add_messages(alice.message(PIE, metadata={"old": True}))
        assert session.get_message(message.id).content == PIE
        changed = session.update_message(message, ROUND_TRIP)
        assert (spelling(changed.metadata), changed.content) == (spelling(ROUND_TRIP), PIE)
        with pytest.raises(NotFoundError) as failure:
            session.get_message("nope")
        assert failure.value.message == "Message with ID nope not found"

    def test_the_asynchronous_view_walks_the_same_way(self, options):
        async def walk():
            honcho = Honcho(**options)
            session = await honcho.aio.session("chat")
            alice = await honcho.aio.peer("alice")
            batches = await asyncio.gather(
                *(session.aio.add_messages([alice.message(f"{n}/{m}") for m in range(3)]) for n in range(10))
            )
            ids = [message.id async for message in await session.aio.messages()]
            assert len(ids) == 30
            assert all(stand_together(batch, ids) for batch in batches)
            (uploaded,) = await session.aio.upload_file(("a.txt", PIE.encode(), "text/plain"), alice)
            assert uploaded.content == PIE
            assert contents((await session.aio.context(tokens=2)).messages) == [PIE]
            changed = await session.aio.update_message(uploaded, {"a": 1})
            assert (await session.aio.get_message(uploaded.id)).metadata == changed.metadata == {"a": 1}
            assert (await session.aio.summaries()).short_summary is None

        asyncio.run(walk())
