package import Domain
import Storage

extension Operations {
    /// Refuses a question to a peer that is bounded to what the credential does not reach.
    ///
    /// A peer's credential may name sessions of which the peer is an active member, and no scopes (honcho.md 12.5).
    ///
    /// - Throws: ``DomainError`` of kind `outOfScope`.
    package func requireReach(
        of boundary: RecallBoundary,
        askedOf peer: String,
        inWorkspace workspace: String,
        for caller: Caller
    ) async throws {
        try caller.requireScope(boundary.scope(of: peer, inWorkspace: workspace))
        let sessions = boundary.sessionSlugs
        guard let member = caller.scope.peer(inWorkspace: workspace), !sessions.isEmpty else { return }
        let count = try await read { transaction in
            try transaction.membershipCount(
                of: member,
                in: sessions,
                inWorkspace: workspace,
                of: caller.organizationID
            )
        }
        guard count == sessions.count else { throw DomainError.outOfScope }
    }
}

extension RecallBoundary {
    fileprivate var sessionSlugs: Set<String> {
        switch self {
        case .none, .scope, .scopes: []
        case .recent(let session), .session(let session): [session]
        case .sessions(let sessions): Set(sessions)
        }
    }
}
