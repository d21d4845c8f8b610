package import Domain
import Storage

extension Operations {
    /// Lets the peers into the session, making it, them and the workspace where they are missing.
    ///
    /// An active member stays as it takes part; one that had left comes back as it is given now (honcho.md 2.4).
    ///
    /// - Throws: ``DomainError`` as ``getOrCreateSession(_:with:inWorkspace:for:)``.
    package func addPeers(
        _ members: [SessionMemberDraft],
        toSession slug: String,
        inWorkspace workspace: String,
        for caller: Caller
    ) async throws -> Session {
        try caller.requireScope(.session(slug, workspace: workspace))
        try caller.requireWriting()
        return try await write { transaction in
            let draft = SessionDraft(slug: slug)
            let found = try ensureSession(draft, inWorkspace: workspace, for: caller, transaction)
            _ = try join(members, to: found.session, in: found.workspace, transaction)
            return found.session
        }
    }

    /// Lets the peers into the locked session, making those that the workspace lacks.
    ///
    /// - Returns: the numbers of all of them by their slugs.
    func join(
        _ members: [SessionMemberDraft],
        to session: Session,
        in workspace: Workspace,
        _ transaction: Transaction
    ) throws -> [String: Int64] {
        guard !members.isEmpty else { return [:] }
        let peers = try ensurePeers(members.map(\.peerSlug), seenFrom: session, in: workspace, transaction)
        try transaction.requireRoomForObservers(members, among: peers, in: session)
        let arriving = members.compactMap { member in
            peers[member.peerSlug].flatMap { $0.isActive ? nil : ($0.number, member.participation) }
        }
        try transaction.join(arriving, to: session, at: environment.now())
        return peers.mapValues(\.number)
    }

    /// Returns the workspace's peers by these slugs as the locked session sees them, making those that are missing.
    private func ensurePeers(
        _ slugs: [String],
        seenFrom session: Session,
        in workspace: Workspace,
        _ transaction: Transaction
    ) throws -> [String: SessionPeer] {
        let present = try transaction.peers(slugs, seenFrom: session, in: workspace)
        let missing = Set(slugs).subtracting(present.map(\.slug)).sorted()
        guard !missing.isEmpty else { return present.bySlug }
        try limits(of: workspace).requireRoomForAgents(missing.count, transaction)
        try transaction.insertMissing(missing, in: workspace, at: environment.now())
        return try transaction.peers(slugs, seenFrom: session, in: workspace).bySlug
    }
}

extension [SessionPeer] {
    fileprivate var bySlug: [String: SessionPeer] {
        Dictionary(map { ($0.slug, $0) }) { first, _ in first }
    }
}

extension Transaction {
    /// Refuses more members that observe the others than a session can have.
    ///
    /// Who is named counts as it is given, even an active member that stays as it is (honcho.md 2.4).
    fileprivate func requireRoomForObservers(
        _ members: [SessionMemberDraft],
        among peers: [String: SessionPeer],
        in session: Session
    ) throws {
        let observers = members.filter { $0.participation.observeOthers ?? false }.count
        guard observers > 0 else { return }
        let named = members.compactMap { peers[$0.peerSlug]?.number }
        try session.requireRoom(forObservers: observers + observerCount(in: session, besides: named))
    }
}

extension Session {
    /// How many active members of a session may observe the others (honcho.md 1.4).
    private static let maxObservers = 10

    fileprivate func requireRoom(forObservers count: Int) throws(DomainError) {
        guard count > Self.maxObservers else { return }
        throw DomainError(
            .limitReached,
            """
            Cannot create session \(slug) with \(count) observers. Maximum allowed is \(Self.maxObservers) observers per \
            session. Observers are peers with 'observe_others' set to true.
            """,
            rule: .tooManyObservers
        )
    }
}
