package import Domain

extension Transaction {
    /// Removes up to `limit` rows of what was deleted before `cutoff`, and returns how many.
    ///
    /// Rows go before what they refer to, so that a purge can stop after any batch and go on from there.
    /// Several copies of the server may purge at once; each takes rows that no other has.
    package func purge(deletedBefore cutoff: Instant, limit: Int) throws -> Int {
        let limit = Int64(limit)
        let workspaces: SQL = "SELECT number FROM workspaces WHERE deleted_at <= \(cutoff)"
        for table in ["peers", "invitations"] as [StaticString] {
            let removed = try delete(
                """
                DELETE FROM \(.name(table)) WHERE number IN (
                    SELECT number FROM \(.name(table)) WHERE workspace_number IN (\(workspaces)) LIMIT \(limit)
                    \(.skipLocked(engine))
                )
                """
            )
            if removed > 0 { return removed }
        }
        let members = try delete(
            """
            DELETE FROM memberships WHERE (workspace_number, user_id) IN (
                SELECT workspace_number, user_id FROM memberships
                WHERE workspace_number IN (\(workspaces)) LIMIT \(limit) \(.skipLocked(engine))
            )
            """
        )
        if members > 0 { return members }
        return try purgeWorkspaces(deletedBefore: cutoff, limit: limit)
    }

    private func purgeWorkspaces(deletedBefore cutoff: Instant, limit: Int64) throws -> Int {
        let numbers = try rows(
            """
            DELETE FROM workspaces WHERE number IN (
                SELECT number FROM workspaces WHERE deleted_at <= \(cutoff) LIMIT \(limit) \(.skipLocked(engine))
            )
            RETURNING number
            """
        ) { $0.integer() }
        try forget(numbers.map { .peers(workspaceNumber: $0) })
        return numbers.count
    }

    private func delete(_ sql: SQL) throws -> Int {
        try rows("\(sql) RETURNING 1") { $0.integer() }.count
    }
}
