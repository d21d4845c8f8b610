import CLibPQ
import Storage

extension StorageError {
    /// Translates a failed command's report; the message is the server's, without values of rows.
    init(_ report: PostgresReport) {
        let message = report.message
        switch report.sqlState {
        case "23505": self = .uniqueViolation(message)
        case "40001", "40P01", "55P03": self = .serialization(message)
        case _ where report.isOfStaleStatement: self = .serialization(message)
        case "53100": self = .outOfSpace(message)
        case "25006": self = .readOnly(message)
        case "25P03", "58030": self = .unavailable(message)
        case "XX001", "XX002": self = .corrupt(message)
        case let state where ["08", "53", "57"].contains(state.prefix(2)): self = .unavailable(message)
        default: self = .engine(code: report.sqlState, message: message)
        }
    }
}

/// What the server says of a command that failed.
struct PostgresReport {
    let sqlState: String
    let message: String
    private let severity: String

    init(_ result: PostgresResult) {
        // PG_DIAG_…, macros that Swift does not import.
        sqlState = Self.field(result, "C")
        severity = Self.field(result, "V")
        let primary = Self.field(result, "M")
        message = (primary.isEmpty ? String(cString: PQresultErrorMessage(result.pointer)) : primary).trimmedLine
    }

    /// Whether the connection is no good any more.
    var endsConnection: Bool { severity == "FATAL" || severity == "PANIC" || isOfStaleStatement }

    /// Whether the schema has changed under a prepared statement, or a pooler between us and the server has lost it.
    var isOfStaleStatement: Bool {
        sqlState == "26000" || (sqlState == "0A000" && message.hasPrefix("cached plan"))
    }

    private static func field(_ result: PostgresResult, _ code: Unicode.Scalar) -> String {
        PQresultErrorField(result.pointer, Int32(code.value)).map { String(cString: $0) } ?? ""
    }
}
