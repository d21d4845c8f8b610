package import Domain
import Storage

extension Operations {
    /// Returns the workspace's peer by the draft's slug, making it, and the workspace, if there is none.
    ///
    /// What the draft gives replaces what an existing peer has; what is `nil` stays (honcho.md 2.3).
    ///
    /// - Throws: ``DomainError``: `outOfScope` for another peer than the credential's, `conflict` when the workspace's slug
    ///   belongs to one that the caller may not know of, `forbidden` below writer, `limitReached` by the plan.
    package func getOrCreatePeer(
        _ draft: PeerDraft,
        inWorkspace slug: String,
        for caller: Caller
    ) async throws -> (peer: Peer, isNew: Bool) {
        let scope = Scope.peer(draft.slug, workspace: slug)
        try caller.requireScope(scope)
        let lookup = try await read {
            try $0.peer(draft.slug, inWorkspace: slug, of: caller.organizationID, for: caller.userID)
        }
        let isChange = draft.metadata != nil || draft.configuration != nil
        if let lookup, let peer = lookup.peer, !isChange {
            _ = try lookup.workspace.accessible(as: slug, for: caller, requiring: .viewer, within: scope)
            return (peer, false)
        }
        try caller.requireWriting()
        return try await write { transaction in
            let workspace = try ensureWorkspace(slug, for: caller, within: scope, transaction)
            let limits = limits(of: workspace)
            try limits.requireRunning()
            try limits.requireAgent(metadata: draft.metadata, configuration: draft.configuration)
            if isChange, let peer = try transaction.update(draft, in: workspace) { return (peer, false) }
            return try insertOrFind(draft, in: workspace, limits, transaction)
        }
    }

    /// Returns one page of the workspace's peers, oldest first.
    package func peers(
        matching query: PeerQuery,
        inWorkspace slug: String,
        for caller: Caller
    ) async throws -> Page<Peer> {
        try caller.requireScope(.workspace(slug))
        return try await snapshot { transaction in
            let workspace = try transaction.access(.slug(slug), for: caller, requiring: .viewer).workspace
            return try transaction.peers(matching: query, in: workspace)
        }
    }

    private func insertOrFind(
        _ draft: PeerDraft,
        in workspace: Workspace,
        _ limits: PlanLimits,
        _ transaction: Transaction
    ) throws -> (peer: Peer, isNew: Bool) {
        let now = environment.now()
        if limits.plan.maxAgents != nil, let peer = try transaction.update(PeerDraft(slug: draft.slug), in: workspace) {
            return (peer, false)
        }
        try limits.requireRoomForAgent(transaction)
        if let peer = try transaction.insertIfSlugIsFree(draft, in: workspace, at: now) { return (peer, true) }
        guard let peer = try transaction.update(draft, in: workspace) else {
            throw DomainError.notFound(.peer(draft.slug, workspace: workspace.slug))
        }
        return (peer, false)
    }

    /// Returns the workspace of that slug for writing in `scope`, making it if the caller may.
    private func ensureWorkspace(
        _ slug: String,
        for caller: Caller,
        within scope: Scope,
        _ transaction: Transaction
    ) throws -> Workspace {
        if let row = try transaction.workspace(.slug(slug), in: caller.organizationID, for: caller.userID) {
            guard caller.role(inWorkspace: slug, membership: row.membership) != nil else {
                throw DomainError.slugTaken(slug)
            }
            return try row.accessible(as: slug, for: caller, requiring: .writer, within: scope).workspace
        }
        guard caller.scope.covers(.workspace(slug)) else { throw DomainError.notFound(.workspace(slug)) }
        guard let workspace = try insert(WorkspaceDraft(slug: slug), for: caller, transaction) else {
            throw DomainError.slugTaken(slug)
        }
        return workspace
    }
}
