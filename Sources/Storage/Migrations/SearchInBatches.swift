/// Lets SQLite index all messages of a transaction with one statement, in place of a trigger for each
/// (`Storage/MessageIndexing.swift`).
///
/// A full-text table writes down what it has gathered whenever a statement with a trigger begins, which cost an append more
/// than everything else together. It also puts its pieces together later now, and more of them at once.
@Sendable
func searchInBatches(_ engine: Engine) -> [SQL] {
    guard engine == .sqlite else { return [] }
    return [
        "DROP TRIGGER messages_search_insert",
        """
        CREATE VIEW message_word_rows AS
        SELECT number, 'w' || workspace_number || ' s' || session_number || ' p' || peer_number AS place, content
        FROM messages
        """,
        """
        CREATE VIEW message_part_rows AS
        SELECT number, \(partPlace("workspace_number", from: 0xE000)) AS workspace,
            \(partPlace("session_number", from: 0xE800)) AS session, \(partPlace("peer_number", from: 0xF000)) AS peer, content
        FROM messages
        """,
    ] + mergeSettings(of: "message_words") + mergeSettings(of: "message_parts")
}

/// How many pieces of one size there are before they are put together, a little with each write and at the latest all at once.
private func mergeSettings(of table: StaticString) -> [SQL] {
    let table = Fragment.name(table)
    return [
        "INSERT INTO \(table) (\(table), rank) VALUES ('automerge', 16)",
        "INSERT INTO \(table) (\(table), rank) VALUES ('crisismerge', 64)",
    ]
}
