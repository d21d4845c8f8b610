import CLibPQ
import Storage

/// One connection to a server, its statements prepared once and used again.
///
/// What needs no answer of its own travels with the next statement: beginning a transaction costs no round trip, nor does
/// preparing a statement, and nobody waits for the end of a transaction that only read.
final class PostgresConnection: Connection {
    let engine = Engine.postgres
    let slot: Int64
    private(set) var isUsable = true

    private let wire: PostgresWire
    private let role: PostgresRole
    private var statements = StatementCache()
    private var parameters = ParameterBuffer()
    /// What begins the transaction, until its first statement takes it along.
    private var unsentBegin: [SQL] = []
    private var isSnapshot = false

    /// - Throws: ``StorageError`` when the server can't be reached or used.
    init(_ target: PostgresTarget, _ role: PostgresRole) throws(StorageError) {
        self.role = role
        wire = try PostgresWire(target.parameters(for: role), answerTimeout: target.answerTimeout(for: role))
        guard wire.serverEncoding == "UTF8" else {
            throw StorageError.schema(
                "the database's encoding is \(wire.serverEncoding); make one with ENCODING 'UTF8'"
            )
        }
        slot = role == .writer ? try WriterSlot.claim(on: wire) : WriterSlot.unclaimed(on: wire)
    }

    func begin(_ mode: TransactionMode) throws {
        isSnapshot = mode == .snapshot
        unsentBegin =
            switch mode {
            case .write: ["BEGIN"]
            case .patientWrite: ["BEGIN", "SET LOCAL lock_timeout = 0"]
            case .snapshot: ["BEGIN ISOLATION LEVEL REPEATABLE READ"]
            }
    }

    func commit() throws {
        // Without a statement nothing has begun.
        guard unsentBegin.isEmpty else { return unsentBegin = [] }
        guard !isSnapshot else {
            return try noting {
                try send("COMMIT", expecting: .nothing)
                try wire.sync()
            }
        }
        let result = try exchange("COMMIT")
        // "ROLLBACK" is the answer for a transaction in which a statement has failed.
        guard result.command == "COMMIT" else {
            throw StorageError.engine(code: "25P02", message: "a statement of the transaction had failed")
        }
    }

    func rollback() {
        guard unsentBegin.isEmpty else { return unsentBegin = [] }
        guard isUsable else { return }
        _ = try? exchange("ROLLBACK")
        if !wire.isIdle { isUsable = false }
    }

    func execute(_ sql: SQL, _ row: (inout Row) throws -> Void) throws {
        let result = try exchange(sql)
        for index in 0..<result.count {
            var current = Row(PostgresRow(result: result.pointer, index: index))
            try row(&current)
        }
    }

    /// Sends the statement with all that waits to go before it, and returns its result.
    private func exchange(_ sql: SQL) throws -> PostgresResult {
        guard sql.values.count <= Int(UInt16.max) else {
            throw StorageError.engine(code: "54000", message: "a statement has more than 65535 values")
        }
        return try noting {
            let begin = unsentBegin
            unsentBegin = []
            for sql in begin { try send(sql, expecting: .nothing) }
            try send(sql, expecting: .result)
            try wire.sync()
            let answer = try wire.receive()
            for text in answer.unprepared { statements.remove(text) }
            return try answer.result.get()
        }
    }

    private func send(_ sql: SQL, expecting expectation: PostgresWire.Expectation) throws {
        let statement: PreparedStatement
        if let known = statements[sql] {
            statement = known
        } else {
            if statements.isFull {
                try wire.send("DEALLOCATE ALL")
                statements.removeAll()
            }
            statement = statements.add(sql)
            try wire.prepare(statement, sql.text)
        }
        try wire.send(statement, sql.values, by: &parameters, expecting: expectation)
    }

    /// Runs `body` and notes whether the connection can be used after it.
    private func noting<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            // A server that takes no writes is one that others have taken over from: the next connection may find them.
            if case .readOnly = error as? StorageError, role != .reader { isUsable = false }
            if wire.isLost { isUsable = false }
            throw error
        }
    }
}
