package import Storage

/// A store in one SQLite file: one writer that commits in groups, several readers beside it.
package struct SQLiteStore: Store {
    /// How much a commit waits for the disk.
    package enum Synchronous: String, Sendable {
        /// A commit that was answered survives a power failure.
        case full = "FULL"
        /// For tests that start from nothing.
        case off = "OFF"
    }

    package let engine = Engine.sqlite
    private let writer: GroupWriter
    private let readers: ReaderPool

    /// Opens the file at `path`, making it if there is none.
    ///
    /// - Throws: ``StorageError`` when the file can't be opened or is no database.
    package init(path: String, readers count: Int = 4, synchronous: Synchronous = .full) throws {
        // The first writer is opened at once: it makes the file and its log, which readers need.
        let first = FirstConnection(try SQLiteConnection(path: path, isReadOnly: false, synchronous: synchronous))
        writer = GroupWriter(connections: [
            { try first.take() ?? SQLiteConnection(path: path, isReadOnly: false, synchronous: synchronous) }
        ])
        readers = ReaderPool(
            connections: (0..<count).map { _ in
                { try SQLiteConnection(path: path, isReadOnly: true, synchronous: synchronous) }
            }
        )
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await readers.read(nil, body)
    }

    package func snapshot<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await readers.read(.snapshot, body)
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await writer.write(body)
    }

    package func alter<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await writer.write(body)
    }

    package func close() async {
        await readers.close()
        await writer.close()
    }

    /// Opens one connection that belongs to no store, for work that takes as long as it takes.
    package static func connect(to path: String, isReadOnly: Bool) throws -> any Connection {
        try SQLiteConnection(path: path, isReadOnly: isReadOnly, synchronous: .full)
    }
}

/// Hands a connection that was opened on one thread over to the lane that will use it.
private final class FirstConnection: @unchecked Sendable {
    // Proof of the unchecked conformance: the connection is touched by nobody between `init` and `take`, which runs on the
    // one lane that owns it from then on.
    private var connection: SQLiteConnection?

    init(_ connection: SQLiteConnection) {
        self.connection = connection
    }

    func take() -> SQLiteConnection? {
        defer { connection = nil }
        return connection
    }
}
