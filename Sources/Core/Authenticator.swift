package import Domain
import Storage
import Synchronization

/// Turns a bearer credential into who asks.
package final class Authenticator: Sendable {
    package enum Mode: Sendable {
        /// Every request acts as this caller, whatever credential it carries.
        case off(Caller)
        case on
    }

    private let mode: Mode
    private let operations: Operations
    private let tokens: HonchoTokens?
    private let used = Mutex<Set<APIKey.ID>>([])

    /// - Parameter tokens: `nil` where no secret for Honcho tokens is configured; then none is valid.
    package init(mode: Mode, operations: Operations, tokens: HonchoTokens?) {
        self.mode = mode
        self.operations = operations
        self.tokens = tokens
    }

    package var isOn: Bool {
        guard case .on = mode else { return false }
        return true
    }

    /// - Throws: ``DomainError`` of kind `unauthenticated`, with the rule `credentialMissing` or `credentialExpired` where
    ///   that is why.
    package func caller(for credential: String?) async throws -> Caller {
        if case .off(let caller) = mode { return caller }
        guard let credential else {
            throw DomainError(.unauthenticated, "A bearer token is required", rule: .credentialMissing)
        }
        if let text = APIKeyText(credential) { return try await caller(for: text) }
        guard let tokens else { throw DomainError.unauthenticated }
        let claims = try await tokens.claims(of: credential, at: operations.environment.now())
        return try await operations.caller(for: claims)
    }

    /// Stores when keys were used since the last call; the server's services call it now and then.
    package func storeUses() async throws {
        let keys = used.withLock { used in
            defer { used = [] }
            return used
        }
        try await operations.noteUse(of: keys)
    }

    private func caller(for text: APIKeyText) async throws -> Caller {
        guard let row = try await operations.read({ try $0.apiKey(text.id) }),
            SecretHash.matches(row.secretHash, secret: text.secret), row.key.revokedAt == nil
        else { throw DomainError.unauthenticated }
        if let expiresAt = row.key.expiresAt, expiresAt <= operations.environment.now() {
            throw DomainError(.unauthenticated, "The key has expired", rule: .credentialExpired)
        }
        _ = used.withLock { $0.insert(row.key.id) }
        return try Caller(row)
    }
}

extension Caller {
    /// A person's key can do what the person can, at most; a service's key has its role wherever it reaches.
    fileprivate init(_ row: APIKeyRow) throws(DomainError) {
        let key = row.key
        guard let userID = key.userID else {
            let role = key.role ?? .admin
            self.init(
                subject: .service(key.id.rawValue),
                organizationID: key.organizationID,
                organizationRole: role >= .admin ? .admin : .member,
                scope: key.scope,
                grant: role,
                ceiling: role,
                isReadOnly: key.isReadOnly
            )
            return
        }
        guard let organizationRole = row.organizationRole else { throw .unauthenticated }
        self.init(
            subject: .user(userID),
            organizationID: key.organizationID,
            organizationRole: organizationRole,
            scope: key.scope,
            ceiling: key.role ?? .owner,
            isReadOnly: key.isReadOnly
        )
    }
}

extension Operations {
    /// Returns who acts with a verified Honcho token: a service in the default organization or the one of claim `o`.
    func caller(for claims: HonchoClaims) async throws -> Caller {
        let organization = try await read { transaction in
            guard let name = claims.organization else { return try transaction.defaultOrganization() }
            return try transaction.organization(named: name)
        }
        guard let organization else { throw DomainError.unauthenticated }
        let role = Role.admin
        return Caller(
            subject: .service("honcho-token"),
            organizationID: organization.id,
            organizationRole: claims.isAdmin ? .admin : nil,
            scope: try claims.scope(),
            grant: role,
            ceiling: role
        )
    }
}
