package import Storage
import Synchronization

/// The statements that were run, in their order.
package final class StatementLog: Sendable {
    private let statements = Mutex<[SQL]>([])

    package init() {}

    package var all: [SQL] { statements.withLock { $0 } }

    func note(_ sql: SQL) { statements.withLock { $0.append(sql) } }
}

/// A store that writes down each statement that is run on another one.
package struct RecordingStore: Store {
    private let store: any Store
    private let log: StatementLog

    package init(_ store: any Store, in log: StatementLog) {
        self.store = store
        self.log = log
    }

    package var engine: Engine { store.engine }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await store.read(recording(body))
    }

    package func snapshot<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await store.snapshot(recording(body))
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await store.write(recording(body))
    }

    package func alter<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await store.alter(recording(body))
    }

    package func close() async {
        await store.close()
    }

    private func recording<Value>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) -> @Sendable (Transaction) throws -> Value {
        { [log] in try body(Transaction(RecordingConnection(transaction: $0, log: log))) }
    }
}

/// A transaction seen as a connection, in which one has begun.
private final class RecordingConnection: Connection {
    let transaction: Transaction
    let log: StatementLog

    init(transaction: Transaction, log: StatementLog) {
        self.transaction = transaction
        self.log = log
    }

    var engine: Engine { transaction.engine }
    var slot: Int64 { transaction.slot }
    var isUsable: Bool { true }

    func execute(_ sql: SQL, _ row: (inout Row) throws -> Void) throws {
        log.note(sql)
        _ = try transaction.rows(sql) { try row(&$0) }
    }

    func run(_ sql: SQL) throws {
        log.note(sql)
        try transaction.run(sql)
    }

    // Whoever runs the outer transaction begins and ends it.
    func settle() throws {}
    func begin(_ mode: TransactionMode) throws {}
    func commit() throws {}
    func rollback() {}
}
