import CLibPQ

/// Owns what the server answered to one command.
final class PostgresResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var count: Int32 { PQntuples(pointer) }

    /// What the server says it did, as in `COMMIT`.
    var command: String { String(cString: PQcmdStatus(pointer)) }
}
