import Storage
import TestKit
import Testing

@Suite struct MigrationTests {
    @Test("Migrating again changes nothing", arguments: Backend.available)
    func idempotent(backend: Backend) async throws {
        let store = try await backend.makeStore()
        let versions = try await store.migrate()
        #expect(versions.from == currentSchemaVersion)
        #expect(versions.to == currentSchemaVersion)
    }

    @Test("Ten at once make one schema", arguments: Backend.available)
    func concurrent(backend: Backend) async throws {
        let store = try await backend.makeStore()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { try await store.migrate() } }
            try await group.waitForAll()
        }
        #expect(try await store.schemaVersion() == currentSchemaVersion)
    }

    @Test("A newer database is refused with a word of what to do", arguments: Backend.available)
    func newer(backend: Backend) async throws {
        let store = try await backend.makeStore()
        try await store.write { transaction in
            try transaction.run("INSERT INTO schema_version (version) VALUES (\(Int64(currentSchemaVersion + 1)))")
        }
        let error = await #expect(throws: StorageError.self) { try await store.migrate() }
        guard case .schema(let message) = error else {
            Issue.record("not a schema error")
            return
        }
        #expect(message.contains("newer"))
    }

    @Test(
        "What PostgreSQL's tools dump they can restore, though they have no search path",
        .enabled(if: Backend.available.contains(.postgres))
    )
    func restorable() async throws {
        let store = try await Backend.postgres.makeStore()
        try await store.alter { transaction in
            let tables = try transaction.rows(
                """
                SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
                WHERE schemaname = current_schema()
                """
            ) { $0.text() }
            #expect(tables.contains { $0.hasSuffix(".messages") })
            try transaction.run("SET LOCAL search_path TO ''")
            for table in tables { try transaction.run(SQL(stringLiteral: "REINDEX TABLE \(table)")) }
        }
    }
}
