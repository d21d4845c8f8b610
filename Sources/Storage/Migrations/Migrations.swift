/// The schema's history: append a migration, never edit one that has shipped.
private let migrations: [@Sendable (Engine) -> [SQL]] = [foundation]

/// The schema version that this binary writes.
package let currentSchemaVersion = migrations.count

extension Store {
    /// Brings the schema up to date, each migration in a transaction of its own, whoever else tries at the same time.
    ///
    /// - Returns: the versions before and after.
    /// - Throws: ``StorageError/schema(_:)`` when the database was written by a newer binary.
    @discardableResult
    package func migrate() async throws -> (from: Int, to: Int) {
        let from = try await write { transaction in
            try transaction.run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)")
            return try transaction.schemaVersion()
        }
        guard from <= migrations.count else {
            throw StorageError.schema(
                "the database has schema version \(from), this binary knows \(migrations.count); run a newer atrium"
            )
        }
        for version in from..<migrations.count {
            try await write { transaction in
                try transaction.run("\(.lockTable("schema_version", transaction.engine))")
                guard try transaction.schemaVersion() == version else { return }
                for statement in migrations[version](transaction.engine) { try transaction.run(statement) }
                try transaction.run("INSERT INTO schema_version (version) VALUES (\(Int64(version + 1)))")
            }
        }
        return (from, migrations.count)
    }

    /// The version of the database's schema; 0 for an empty database.
    package func schemaVersion() async throws -> Int {
        try await read { try $0.schemaVersion() }
    }
}

extension Transaction {
    fileprivate func schemaVersion() throws -> Int {
        try first("SELECT COUNT(*) FROM schema_version") { Int($0.integer()) } ?? 0
    }
}
