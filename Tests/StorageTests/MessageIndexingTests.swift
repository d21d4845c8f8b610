import Domain
import Storage
import TestKit
import Testing

/// How messages get into SQLite's full-text tables and out of them.
@Suite struct MessageIndexingTests {
    @Test("All messages of a transaction are indexed when it is committed")
    func together() async throws {
        let store = try await Self.storeWithSession()
        try await store.write { transaction in
            try transaction.add("one sea")
            try transaction.add("another sea")
            #expect(try transaction.found("sea") == [0, 0])
        }
        #expect(try await store.read { try $0.found("sea") } == [2, 2])
        try await store.write { try $0.add("a third sea") }
        #expect(try await store.read { try $0.found("sea") } == [3, 3])
    }

    @Test("What a transaction gives up is not indexed")
    func rollback() async throws {
        let store = try await Self.storeWithSession()
        await #expect(throws: JobFailure.self) {
            try await store.write { transaction in
                try transaction.add("no sea")
                throw JobFailure("given up", isFinal: true)
            }
        }
        try await store.write { try $0.add("one sea") }
        #expect(try await store.read { try $0.found("sea") } == [1, 1])
    }

    @Test("Messages that come and go in one transaction leave nothing behind")
    func comingAndGoing() async throws {
        let store = try await Self.storeWithSession()
        try await store.write { transaction in
            try transaction.add("one sea")
            try transaction.run("UPDATE sessions SET deleted_at = 1")
            while try transaction.purge(deletedBefore: Instant(microsecondsSinceEpoch: 2), limit: 10) > 0 { continue }
            #expect(try transaction.first("SELECT COUNT(*) FROM messages") { $0.integer() } == 0)
        }
        #expect(try await store.read { try $0.found("sea") } == [0, 0])
        try await store.write { transaction in
            try transaction.run("INSERT INTO message_words (message_words) VALUES ('integrity-check')")
            try transaction.run("INSERT INTO message_parts (message_parts) VALUES ('integrity-check')")
        }
    }

    private static func storeWithSession() async throws -> any Store {
        let store = try await Backend.sqlite.makeStore()
        try await store.write { transaction in
            for statement in OneSession.rows { try transaction.run(statement) }
        }
        return store
    }
}

extension Transaction {
    fileprivate func add(_ content: String) throws {
        try prepareToAddMessages()
        try run(
            """
            INSERT INTO messages (
                id, workspace_number, session_number, peer_number, sequence, content, metadata, token_count, tokens_before,
                created_at
            )
            SELECT \(content), s.workspace_number, s.number, p.number, (SELECT COUNT(*) FROM messages), \(content), '{}', 1,
                (SELECT COUNT(*) FROM messages), 0
            FROM sessions s JOIN peers p ON p.workspace_number = s.workspace_number
            """
        )
    }

    /// How many messages either index finds by a word of three letters, which are one part.
    fileprivate func found(_ word: String) throws -> [Int64] {
        try rows(
            """
            SELECT COUNT(*) FROM message_words WHERE message_words MATCH \(word)
            UNION ALL SELECT COUNT(*) FROM message_parts WHERE message_parts MATCH \(word)
            """
        ) { $0.integer() }
    }
}
