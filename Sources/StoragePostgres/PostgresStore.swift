package import Storage

/// A store on a PostgreSQL server: a few writers that commit in groups, several readers beside them.
///
/// Connections are opened when they are needed and replaced when they are lost.
package struct PostgresStore: Store {
    package let engine = Engine.postgres
    private let dialer: Dialer
    private let writer: GroupWriter
    private let readers: ReaderPool

    /// Connects to nothing yet.
    ///
    /// - Parameters:
    ///   - readers: the most connections that read.
    ///   - writers: the most connections that write; a few, since each commits for many.
    ///   - statementTimeout: after that the server gives a statement up; the URL's `options` can say otherwise.
    ///   - maxPreparedStatements: the most that a connection keeps.
    ///   - report: told when the server can't be reached any more, and when it can again.
    package init(
        _ url: PostgresURL,
        readers: Int = 4,
        writers: Int = 2,
        statementTimeout: Duration = .seconds(15),
        maxPreparedStatements: Int = 250,
        report: @escaping @Sendable (PostgresEvent) -> Void = { _ in }
    ) {
        let target = PostgresTarget(
            url: url,
            statementTimeout: statementTimeout,
            maxPreparedStatements: maxPreparedStatements
        )
        let dialer = Dialer(target, report: report)
        self.dialer = dialer
        self.readers = ReaderPool(connections: (0..<readers).map { _ in { try dialer.connect(.reader) } })
        writer = GroupWriter(connections: (0..<writers).map { _ in { try dialer.connect(.writer) } })
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
        let dialer = dialer
        let alone = GroupWriter(connections: [{ try dialer.connect(.schema) }], maxGroup: 1)
        do {
            let value = try await alone.write(body)
            await alone.close()
            return value
        } catch {
            await alone.close()
            throw error
        }
    }

    /// Opens one connection that belongs to no store, for work that takes as long as it takes.
    package static func connect(to url: PostgresURL) throws -> any Connection {
        try PostgresConnection(
            PostgresTarget(url: url, statementTimeout: .zero, maxPreparedStatements: 250),
            .schema
        )
    }

    package func close() async {
        await readers.close()
        await writer.close()
    }
}
