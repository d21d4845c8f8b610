import CLibPQ
import Storage

/// A statement that the server knows by name.
struct PreparedStatement {
    let name: String
    let types: [Oid]
}

/// The statements that one connection has prepared.
///
/// Filters make texts of any shape, so that the prepared ones must be bounded.
struct StatementCache {
    private let maximum: Int
    private var statements: [String: PreparedStatement] = [:]
    /// Names are never used again: whatever became of a statement, another one is not taken for it.
    private var lastNumber = 0
    /// How many the server may hold, those included that were replaced by one with other types.
    private var heldCount = 0

    init(maximum: Int) {
        self.maximum = maximum
    }

    var isFull: Bool { heldCount >= maximum }

    /// The statement of that text for values of those types.
    subscript(sql: SQL) -> PreparedStatement? {
        guard let statement = statements[sql.text],
            statement.types.elementsEqual(sql.values.lazy.map(\.type.oid))
        else { return nil }
        return statement
    }

    mutating func add(_ sql: SQL) -> PreparedStatement {
        lastNumber += 1
        heldCount += 1
        let statement = PreparedStatement(name: "s\(lastNumber)", types: sql.values.map(\.type.oid))
        statements[sql.text] = statement
        return statement
    }

    mutating func remove(_ text: String) {
        statements[text] = nil
    }

    mutating func removeAll() {
        statements.removeAll(keepingCapacity: true)
        heldCount = 0
    }

    /// The server holds what was to be removed: it is to be told again.
    mutating func noteNothingWasRemoved() {
        heldCount = maximum
    }
}
