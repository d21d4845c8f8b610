package import Domain

extension Transaction {
    /// Returns the workspace's jobs in numbers.
    ///
    /// A job is in progress while one of its group is, as upstream counts (honcho.md 2.7). What was to be done for a session
    /// that is deleted does not count any more.
    package func jobNumbers(
        matching query: JobNumbersQuery,
        inWorkspace workspaceNumber: Int64,
        at now: Instant
    ) throws -> WorkspaceJobNumbers {
        // Counted by progress first: a condition that stood in each of the sums would be looked at for each of them.
        let sums = try rows(
            """
            SELECT s.slug, \(Self.counts), \(Self.sums) FROM (
                SELECT session_number, progress, SUM(unit_count) AS jobs, MAX(number) AS newest FROM (
                    SELECT session_number, number, unit_count, \(progress(at: now)) AS progress
                    FROM jobs WHERE \(condition(query, workspaceNumber))
                ) AS looked_at
                GROUP BY session_number, progress
            ) AS counted
            LEFT JOIN sessions s ON s.number = session_number
            WHERE session_number IS NULL OR (s.number IS NOT NULL AND s.deleted_at IS NULL)
            GROUP BY session_number, s.slug ORDER BY MAX(newest) DESC LIMIT \(Int64(query.maxSessions) + 1)
            """
        ) { row in
            (session: row.optionalText(), numbers: JobNumbers(&row), all: JobNumbers(&row))
        }
        let sessions = sums.compactMap { sum in sum.session.map { (session: $0, numbers: sum.numbers) } }
        return WorkspaceJobNumbers(
            all: sums.first?.all ?? .none,
            sessions: Array(sessions.prefix(query.maxSessions))
        )
    }

    private static let counts: SQL = """
        CAST(COALESCE(SUM(jobs) FILTER (WHERE progress = 2), 0) AS BIGINT),
        CAST(COALESCE(SUM(jobs) FILTER (WHERE progress = 1), 0) AS BIGINT),
        CAST(COALESCE(SUM(jobs) FILTER (WHERE progress = 0), 0) AS BIGINT)
        """

    /// The same over all sessions, in each row.
    private static let sums: SQL = """
        CAST(SUM(COALESCE(SUM(jobs) FILTER (WHERE progress = 2), 0)) OVER () AS BIGINT),
        CAST(SUM(COALESCE(SUM(jobs) FILTER (WHERE progress = 1), 0)) OVER () AS BIGINT),
        CAST(SUM(COALESCE(SUM(jobs) FILTER (WHERE progress = 0), 0)) OVER () AS BIGINT)
        """

    private func progress(at now: Instant) -> SQL {
        """
        CASE
            WHEN finished_at IS NOT NULL THEN 2
            WHEN lease_expires_at > \(now) THEN 1
            WHEN group_key IN (
                SELECT other.group_key FROM jobs other
                WHERE other.lease_expires_at IS NOT NULL AND other.lease_expires_at > \(now)
            ) THEN 1
            ELSE 0
        END
        """
    }

    private func condition(_ query: JobNumbersQuery, _ workspaceNumber: Int64) -> SQL {
        var parts: [SQL] = ["workspace_number = \(workspaceNumber)"]
        if let kinds = query.kinds { parts.append("kind IN (\(each: kinds.sorted { $0.rawValue < $1.rawValue }))") }
        if query.countsMessagesOnce {
            parts.append("(kind <> \(JobKind.representation) OR observer = observed)")
        }
        if let session = query.session {
            parts.append(
                """
                session_number = (
                    SELECT number FROM sessions
                    WHERE workspace_number = \(workspaceNumber) AND slug = \(session) AND deleted_at IS NULL
                )
                """
            )
        }
        let peers = [
            query.observer.map { "observer = \($0)" as SQL }, query.observed.map { "observed = \($0)" as SQL },
        ].compactMap(\.self)
        if !peers.isEmpty { parts.append(.joined(peers, by: "OR")) }
        return .joined(parts, by: "AND")
    }
}

extension JobNumbers {
    fileprivate init(_ row: inout Row) {
        self.init(completed: row.integer(), inProgress: row.integer(), pending: row.integer())
    }
}
