package import Domain

/// A peer of the workspace, seen from one session.
package struct SessionPeer: Sendable {
    package let number: Int64
    package let slug: String
    /// Whether it is a member now: not one that has left, and not one that never was.
    package let isActive: Bool
}

extension Transaction {
    /// Returns those of the slugs that are peers of the workspace, and whether they are in the session.
    package func peers(_ slugs: [String], seenFrom session: Session, in workspace: Workspace) throws -> [SessionPeer] {
        try rows(
            """
            SELECT p.number, p.slug, m.session_number
            FROM peers p
            LEFT JOIN session_members m
            ON m.session_number = \(session.number) AND m.peer_number = p.number AND m.left_at IS NULL
            WHERE p.workspace_number = \(workspace.number) AND p.slug IN (\(each: slugs))
            """
        ) { row in
            SessionPeer(number: row.integer(), slug: row.text(), isActive: row.optionalInteger() != nil)
        }
    }

    /// Returns how many active members observe the others, leaving out the given peers, of which there is one at least.
    package func observerCount(in session: Session, besides peerNumbers: [Int64]) throws -> Int {
        try first(
            """
            SELECT COUNT(*) FROM session_members
            WHERE session_number = \(session.number) AND left_at IS NULL AND observe_others = 1
                AND peer_number NOT IN (\(each: peerNumbers))
            """
        ) { Int($0.integer()) } ?? 0
    }

    /// Makes the peers members of the session that take part as given; who is an active member keeps the time of joining.
    ///
    /// The caller holds the session's lock.
    package func join(
        _ members: [(peerNumber: Int64, participation: Participation)],
        to session: Session,
        at now: Instant
    ) throws {
        guard !members.isEmpty else { return }
        let values = members.map { member -> SQL in
            """
            (\(session.number), \(member.peerNumber), \(member.participation.observeMe), \
            \(member.participation.observeOthers), \(now), \(session.createdAt))
            """
        }
        try run(
            """
            INSERT INTO session_members (
                session_number, peer_number, observe_me, observe_others, joined_at, session_created_at
            )
            VALUES \(SQL(joining: values, by: ", "))
            ON CONFLICT (session_number, peer_number) DO UPDATE SET
                observe_me = excluded.observe_me, observe_others = excluded.observe_others, left_at = NULL,
                joined_at = CASE
                    WHEN session_members.left_at IS NULL THEN session_members.joined_at ELSE excluded.joined_at
                END
            """
        )
    }
}
