package import Domain

/// What is counted as it changes, so that a list's total costs the same at any length.
package enum Counted: Sendable {
    case workspaces(Organization.ID)
    case peers(workspaceNumber: Int64)
    case sessions(workspaceNumber: Int64)

    fileprivate var scope: String {
        switch self {
        case .workspaces(let organization): "workspaces:\(organization)"
        case .peers(let number): "peers:\(number)"
        case .sessions(let number): "sessions:\(number)"
        }
    }
}

extension Transaction {
    /// Moves a count by `difference`.
    ///
    /// Every writing connection has a slot of its own, so that writers do not wait for each other's commits.
    package func adjust(_ counted: Counted, by difference: Int64) throws {
        try run(
            """
            INSERT INTO counts (scope, slot, value) VALUES (\(counted.scope), \(slot), \(difference))
            ON CONFLICT (scope, slot) DO UPDATE SET value = counts.value + excluded.value
            """
        )
    }

    package func count(of counted: Counted) throws -> Int64 {
        try first("SELECT COALESCE(SUM(value), 0) FROM counts WHERE scope = \(counted.scope)") { $0.integer() } ?? 0
    }

    func forget(_ counted: [Counted]) throws {
        try run("DELETE FROM counts WHERE scope IN (\(each: counted.map(\.scope)))")
    }
}
