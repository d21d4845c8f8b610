/// Makes the indexes of messages cheaper to write.
@Sendable
func searchInBatches(_ engine: Engine) -> [SQL] {
    switch engine {
    case .sqlite: textTables + mergeSettings(of: "message_words") + mergeSettings(of: "message_parts")
    case .postgres: wordIndex + [partIndex]
    }
}

/// All messages of a transaction are indexed with one statement, in place of a trigger for each (`Storage/MessageIndexing.swift`).
///
/// A full-text table writes down what it has gathered whenever a statement with a trigger begins, which cost an append more than
/// everything else together.
private let textTables: [SQL] = [
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
]

/// How many pieces of one size there are before they are put together, a little with each write and at the latest all at once.
private func mergeSettings(of table: StaticString) -> [SQL] {
    let table = Fragment.name(table)
    return [
        "INSERT INTO \(table) (\(table), rank) VALUES ('automerge', 16)",
        "INSERT INTO \(table) (\(table), rank) VALUES ('crisismerge', 64)",
    ]
}

/// The function has less punctuation to look for in each letter's place: this is what the parser doesn't part words at by itself.
///
/// Both indexes take in more rows at once.
private let wordIndex: [SQL] = [
    "DROP INDEX messages_words_idx",
    """
    CREATE OR REPLACE FUNCTION atrium_message_words(content text, places text[])
    RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT AS
    $atrium$
    SELECT to_tsvector('english', translate(atrium_lower(content), '-./+~_@:&<;', '           '))
        || array_to_tsvector(places)
    $atrium$
    """,
    """
    CREATE INDEX messages_words_idx ON messages USING gin (
        atrium_message_words(content, atrium_message_places(workspace_number, session_number, peer_number, number))
    ) WITH (gin_pending_list_limit = 1024)
    """,
]

/// Where there is no such index, for want of the extension, there is nothing to set.
private let partIndex: SQL = "ALTER INDEX IF EXISTS messages_parts_idx SET (gin_pending_list_limit = 1024)"
