import CLibPQ
import Storage

/// A statement that the server knows by name.
struct PreparedStatement {
    let name: String
    let types: [Oid]
}

/// The statements that one connection has prepared.
struct StatementCache {
    /// Filters make texts of any shape, so that the prepared ones must be bounded.
    private static let maximum = 250

    private var statements: [String: PreparedStatement] = [:]
    private var lastNumber = 0

    var isFull: Bool { statements.count >= Self.maximum }

    /// The statement of that text for values of those types.
    subscript(sql: SQL) -> PreparedStatement? {
        guard let statement = statements[sql.text],
            statement.types.elementsEqual(sql.values.lazy.map(\.type.oid))
        else { return nil }
        return statement
    }

    mutating func add(_ sql: SQL) -> PreparedStatement {
        lastNumber += 1
        let statement = PreparedStatement(name: "s\(lastNumber)", types: sql.values.map(\.type.oid))
        statements[sql.text] = statement
        return statement
    }

    mutating func remove(_ text: String) {
        statements[text] = nil
    }

    mutating func removeAll() {
        statements.removeAll(keepingCapacity: true)
    }
}
