package import Storage

/// One session with one peer in one workspace, as statements.
package enum OneSession {
    package static let rows: [SQL] = [
        """
        INSERT INTO organizations (id, name, slug, is_default, created_at, updated_at) VALUES ('o', 'o', 'o', 1, 0, 0)
        """,
        """
        INSERT INTO workspaces (
            id, organization_id, slug, title, metadata, configuration, settings, onboarding, integrations, plan,
            created_at, updated_at
        ) VALUES ('w', 'o', 'w', 'w', '{}', '{}', '{}', '{}', '[]', 'p', 0, 0)
        """,
        """
        INSERT INTO sessions (workspace_number, slug, metadata, configuration, message_count, token_count, created_at)
        SELECT number, 's', '{}', '{}', 0, 0, 0 FROM workspaces
        """,
        """
        INSERT INTO peers (workspace_number, slug, metadata, configuration, created_at)
        SELECT number, 'p', '{}', '{}', 0 FROM workspaces
        """,
    ]
}
