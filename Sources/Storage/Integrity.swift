extension Store {
    /// What the engine finds wrong with the database, at most 20 findings; nothing for a sound one.
    ///
    /// Reads every page, which takes a while on a large database; others go on reading and writing.
    package func faults() async throws -> [String] {
        try await read { transaction in
            try transaction.rows(.integrity(transaction.engine)) { $0.text() }.filter { $0 != "ok" }
        }
    }

    /// Whether parts of words are looked for in an index; if not, only among the newest messages.
    ///
    /// The schema must be up to date.
    package func hasPartIndex() async throws -> Bool {
        try await read { transaction in
            try transaction.first(.partIndex(transaction.engine)) { $0.integer() } != nil
        }
    }
}
