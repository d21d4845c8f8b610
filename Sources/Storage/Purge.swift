package import Domain

extension Transaction {
    /// Removes up to `limit` rows of what was deleted before `cutoff`, and returns how many.
    ///
    /// Rows go before what they refer to, so that a purge can stop after any batch and go on from there.
    /// Several copies of the server may purge at once; each takes rows that no other has.
    package func purge(deletedBefore cutoff: Instant, limit: Int) throws -> Int {
        let limit = Int64(limit)
        let workspaces: SQL = "SELECT number FROM workspaces WHERE deleted_at <= \(cutoff)"
        for table in ["jobs", "peers", "invitations"] as [StaticString] {
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

    /// Removes up to `limit` finished jobs, those that failed after a later time than the others, and returns how many.
    package func purgeJobs(succeededBefore: Instant, failedBefore: Instant, limit: Int) throws -> Int {
        let succeeded: SQL = "error IS NULL AND finished_at <= \(succeededBefore)"
        let failed: SQL = "error IS NOT NULL AND finished_at <= \(failedBefore)"
        for condition in [succeeded, failed] {
            let removed = try delete(
                """
                DELETE FROM jobs WHERE number IN (
                    SELECT number FROM jobs WHERE finished_at IS NOT NULL AND \(condition)
                    ORDER BY finished_at, number LIMIT \(Int64(limit)) \(.skipLocked(engine))
                )
                """
            )
            if removed > 0 { return removed }
        }
        return 0
    }

    private func delete(_ sql: SQL) throws -> Int {
        try rows("\(sql) RETURNING 1") { $0.integer() }.count
    }
}
