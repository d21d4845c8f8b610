"""honcho-ai 1.6.0 over honcho-core 1.8.0: messages, uploads, context and summaries, against `/v2`."""

import asyncio

import honcho_core
import pytest
from honcho import AsyncHoncho

from samples import ROUND_TRIP, spelling
from walks import BREAD, PIE, MessageWalk, contents, stand_together


class TestMessages(MessageWalk):
    refusal = honcho_core.UnprocessableEntityError
    failure = honcho_core.APIStatusError
    shortest = "x"

    def status(self, failure):
        return failure.status_code

    def messages(self, session):
        return session.get_messages()

    def context(self, session, **options):
        return session.get_context(**options)

    def summaries(self, session):
        return session.get_summaries()

    def test_authors_become_peers(self, session, alice, honcho):
        session.add_messages([alice.message(PIE), honcho.peer("bob").message(BREAD)])
        assert [peer.id for peer in honcho.get_peers()] == ["alice", "bob"]

    def test_messages_are_filtered_and_listed_page_by_page(self, session, alice, honcho):
        session.add_messages([alice.message(f"{n}", metadata={"n": n}) for n in range(7)])
        session.add_messages(honcho.peer("bob").message(BREAD))

        def found(**filters):
            return contents(session.get_messages(filters=filters))

        assert found(peer_id="bob") == [BREAD]
        assert found(token_count={"gte": 2}) == [BREAD]
        assert found(metadata={"n": {"gt": 4}}) == ["5", "6"]
        assert found(NOT=[{"peer_id": "alice"}]) == [BREAD]
        listing = session._client.workspaces.sessions.messages.list
        page = listing("chat", workspace_id=honcho.workspace_id, size=3, page=2, reverse=True)
        assert (contents(page.items), page.total, page.pages) == (["4", "3", "2"], 8, 3)

    def test_one_message_is_read_and_its_metadata_replaced(self, session, alice, honcho):
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

    def test_the_asynchronous_client_walks_the_same_way(self, options):
        async def walk():
            honcho = AsyncHoncho(**options)
            session = await honcho.session("chat")
            alice = await honcho.peer("alice")
            batches = await asyncio.gather(
                *(session.add_messages([alice.message(f"{n}/{m}") for m in range(3)]) for n in range(10))
            )
            ids = [message.id async for message in await session.get_messages()]
            assert len(ids) == 30
            assert all(stand_together(batch, ids) for batch in batches)
            (uploaded,) = await session.upload_file(("a.txt", PIE.encode(), "text/plain"), alice)
            assert uploaded.content == PIE
            assert contents((await session.get_context(tokens=2)).messages) == [PIE]
            assert (await session.get_summaries()).short_summary is None

        asyncio.run(walk())
