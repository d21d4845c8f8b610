/// Keeps SQLite's full-text tables to the messages; PostgreSQL's indexes keep themselves.
///
/// Messages are indexed all at once, before the transaction that adds them is committed: then they are found as soon as they
/// are there, and the writers that share the transaction share most of what it costs (`Migrations/SearchInBatches.swift`).
extension Transaction {
    /// Notes where the messages begin that this transaction is about to add; to be called before every statement that adds
    /// some, since what is not indexed can't be taken out of the indexes later.
    package func prepareToAddMessages() throws {
        guard engine == .sqlite, lastIndexedMessage == nil else { return }
        lastIndexedMessage = try first("SELECT COALESCE(MAX(number), 0) FROM messages") { $0.integer() }
    }

    /// Indexes the messages that this transaction has added.
    func indexAddedMessages() throws {
        guard let last = lastIndexedMessage else { return }
        lastIndexedMessage = nil
        try run(
            """
            INSERT INTO message_words (rowid, place, content)
            SELECT number, place, content FROM message_word_rows WHERE number > \(last)
            """
        )
        try run(
            """
            INSERT INTO message_parts (rowid, workspace, session, peer, content)
            SELECT number, workspace, session, peer, content FROM message_part_rows WHERE number > \(last)
            """
        )
    }
}
