extension Store {
    /// What the engine finds wrong with the database, at most 20 findings; nothing for a sound one.
    ///
    /// Reads every page, which takes a while on a large database; others go on reading and writing.
    package func faults() async throws -> [String] {
        try await read { transaction in
            try transaction.rows(.integrity(transaction.engine)) { $0.text() }.filter { $0 != "ok" }
        }
    }
}
