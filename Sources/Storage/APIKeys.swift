package import Domain

/// A stored key with what a request needs besides: its hash and the owner's role in the organization.
package struct APIKeyRow: Sendable {
    package let key: APIKey
    package let secretHash: String
    package let organizationRole: OrganizationRole?
}

extension Transaction {
    package func insert(_ key: APIKey, secretHash: String) throws {
        let (peer, session): (String?, String?) =
            switch key.scope {
            case .peer(let slug, _): (slug, nil)
            case .session(let slug, _): (nil, slug)
            case .organization, .workspace: (nil, nil)
            }
        try run(
            """
            INSERT INTO api_keys (
                id, secret_hash, name, organization_id, user_id, workspace_slug, peer_slug, session_slug, role,
                is_read_only, created_at, expires_at
            ) VALUES (
                \(key.id), \(secretHash), \(key.name), \(key.organizationID), \(key.userID), \(key.scope.workspace),
                \(peer), \(session), \(key.role), \(key.isReadOnly), \(key.createdAt), \(key.expiresAt)
            )
            """
        )
    }

    /// Returns the key, revoked and expired ones too, unless its organization is gone.
    package func apiKey(_ id: APIKey.ID) throws -> APIKeyRow? {
        try first(
            """
            SELECT \(APIKey.columns), k.secret_hash, om.role FROM api_keys k
            JOIN organizations o ON o.id = k.organization_id AND o.deleted_at IS NULL
            LEFT JOIN organization_members om ON om.organization_id = k.organization_id AND om.user_id = k.user_id
            WHERE k.id = \(id)
            """
        ) { row in
            let key = try APIKey(&row)
            let hash = row.text()
            let role = row.optionalText().flatMap(OrganizationRole.init(name:))
            return APIKeyRow(key: key, secretHash: hash, organizationRole: role)
        }
    }

    /// Returns one page of the keys of an organization, or of all, oldest first.
    package func apiKeys(in organization: Organization.ID?, page: PageRequest) throws -> Page<ListedAPIKey> {
        let condition: SQL = organization.map { "k.organization_id = \($0)" } ?? "1 = 1"
        let items = try rows(
            """
            SELECT \(APIKey.columns), u.email FROM (
                SELECT * FROM api_keys k WHERE \(condition) ORDER BY k.created_at, k.id
                LIMIT \(Int64(page.size)) OFFSET \(page.offset)
            ) k LEFT JOIN users u ON u.id = k.user_id ORDER BY k.created_at, k.id
            """
        ) { ListedAPIKey(key: try APIKey(&$0), ownerEmail: $0.optionalText()) }
        let total = try first("SELECT COUNT(*) FROM api_keys k WHERE \(condition)") { $0.integer() } ?? 0
        return Page(items: items, total: total, request: page)
    }

    /// Returns whether there was a key to revoke; revoking twice keeps the first time.
    package func revokeAPIKey(_ id: APIKey.ID, at now: Instant) throws -> Bool {
        try first(
            "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, \(now)) WHERE id = \(id) RETURNING 1"
        ) { $0.integer() } != nil
    }

    /// Ends every key that the person has in the organization.
    package func revokeAPIKeys(of user: User.ID, in organization: Organization.ID, at now: Instant) throws {
        try run(
            """
            UPDATE api_keys SET revoked_at = \(now)
            WHERE user_id = \(user) AND organization_id = \(organization) AND revoked_at IS NULL
            """
        )
    }

    /// Notes that keys were used; an earlier time never replaces a later one.
    package func noteUse(of keys: [APIKey.ID], at now: Instant) throws {
        try run(
            """
            UPDATE api_keys SET last_used_at = \(now)
            WHERE id IN (\(each: keys)) AND COALESCE(last_used_at, 0) < \(now)
            """
        )
    }
}

extension APIKey {
    static let columns: SQL = """
        k.id, k.name, k.organization_id, k.user_id, k.workspace_slug, k.peer_slug, k.session_slug, k.role,
        k.is_read_only, k.created_at, k.expires_at, k.last_used_at, k.revoked_at
        """

    init(_ row: inout Row) throws {
        let id: APIKey.ID = row.id()
        let name = row.optionalText()
        let organizationID: Organization.ID = row.id()
        let userID: User.ID? = row.optionalID()
        self.init(
            id: id,
            name: name,
            organizationID: organizationID,
            userID: userID,
            scope: Scope(workspace: row.optionalText(), peer: row.optionalText(), session: row.optionalText()),
            role: try row.optionalRole(),
            isReadOnly: row.bool(),
            createdAt: row.instant(),
            expiresAt: row.optionalInstant(),
            lastUsedAt: row.optionalInstant(),
            revokedAt: row.optionalInstant()
        )
    }
}
