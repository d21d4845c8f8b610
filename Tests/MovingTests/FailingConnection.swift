import Storage

/// A connection that is lost before its nth statement, commits included, and from then on.
final class FailingConnection: Connection {
    private let connection: any Connection
    private var remaining: Int

    init(_ connection: any Connection, before statement: Int) {
        self.connection = connection
        remaining = statement
    }

    var engine: Engine { connection.engine }
    var slot: Int64 { connection.slot }
    var isUsable: Bool { remaining > 0 }

    func execute(_ sql: SQL, _ row: (inout Row) throws -> Void) throws {
        try count()
        try connection.execute(sql, row)
    }

    func run(_ sql: SQL) throws {
        try count()
        try connection.run(sql)
    }

    func settle() throws { try connection.settle() }

    func begin(_ mode: TransactionMode) throws { try connection.begin(mode) }

    func commit() throws {
        try count()
        try connection.commit()
    }

    func rollback() { connection.rollback() }

    private func count() throws {
        remaining -= 1
        guard remaining > 0 else { throw StorageError.unavailable("lost") }
    }
}
