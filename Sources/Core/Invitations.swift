package import Domain
import Storage

extension Operations {
    /// The most invitations that one answer lists.
    package static let maxListedInvitations = 1000

    /// Returns the workspace's invitations that nobody has accepted, expired ones too.
    package func invitations(to reference: WorkspaceReference, for caller: Caller) async throws -> [Invitation] {
        try await snapshot { transaction in
            let workspace = try transaction.access(reference, for: caller, requiring: .admin).workspace
            return try transaction.openInvitations(to: workspace, limit: Self.maxListedInvitations)
        }
    }

    /// Offers a place in the workspace to an address for seven days.
    ///
    /// - Throws: ``DomainError``: `forbidden` below admin, `conflict` with the rule `alreadyMember` or `invitationPending`,
    ///   `limitReached` by the plan.
    package func invite(
        _ email: EmailAddress,
        as role: Role,
        to reference: WorkspaceReference,
        for caller: Caller
    ) async throws -> Invitation {
        try await write { transaction in
            let workspace = try transaction.access(reference, for: caller, requiring: .admin).workspace
            let limits = limits(of: workspace)
            try limits.requireRunning()
            try transaction.lockPeople(of: workspace)
            if let user = try transaction.user(.email(email)),
                try transaction.membership(of: user.id, in: workspace) != nil
            {
                throw DomainError(.conflict, "\(email.text) is in the workspace already", rule: .alreadyMember)
            }
            if try transaction.hasPendingInvitation(of: email, to: workspace, at: limits.now) {
                throw DomainError(.conflict, "\(email.text) has a pending invitation", rule: .invitationPending)
            }
            try limits.requireRoomForMember(transaction)
            let invitation = try transaction.insertInvitation(
                to: workspace,
                email: email,
                role: role,
                by: caller.userID,
                at: limits.now,
                expiresAt: limits.now.adding(days: Invitation.lifetimeInDays)
            )
            guard let invitation else { throw DomainError(.unavailable, "The invitation could not be stored") }
            return invitation
        }
    }

    /// Withdraws an invitation that can still be accepted.
    ///
    /// - Throws: ``DomainError``: `notFound` for one that is unknown, accepted or expired; `forbidden` below admin.
    package func withdrawInvitation(
        _ number: Int64,
        to reference: WorkspaceReference,
        for caller: Caller
    ) async throws {
        try await write { transaction in
            let workspace = try transaction.access(reference, for: caller, requiring: .admin).workspace
            let invitation = try transaction.invitation(number, to: workspace.number)
            guard let invitation, invitation.status(at: environment.now()) == .pending else {
                throw DomainError.notFound(.invitation(String(number)))
            }
            try transaction.delete(invitation)
        }
    }

    /// Takes up an invitation that was sent to the caller's own address.
    ///
    /// Whoever it was not sent to learns nothing of it.
    ///
    /// - Throws: ``DomainError``: `notFound` for an unknown, foreign, used or expired invitation.
    package func acceptInvitation(
        _ number: Int64,
        toWorkspace workspaceNumber: Int64,
        for caller: Caller
    ) async throws -> AccessibleWorkspace {
        try caller.requireWriting()
        guard caller.scope == .organization else { throw DomainError.notFound(.invitation(String(number))) }
        return try await write { transaction in
            let now = environment.now()
            guard let invitation = try transaction.invitation(number, to: workspaceNumber),
                case .workspace(_, let role) = invitation.target, invitation.status(at: now) == .pending,
                let userID = caller.userID, let user = try transaction.user(.id(userID)),
                user.email == invitation.email,
                let row = try transaction.workspace(.number(workspaceNumber), in: caller.organizationID, for: userID)
            else { throw DomainError.notFound(.invitation(String(number))) }
            try transaction.markAccepted(invitation, at: now)
            if row.membership == nil { _ = try add(user, role, to: row.workspace, for: caller, transaction) }
            let held = try transaction.membership(of: userID, in: row.workspace)?.role
            let effective = caller.role(inWorkspace: row.workspace.slug, membership: held)
            return AccessibleWorkspace(workspace: row.workspace, role: effective ?? role)
        }
    }
}
