/// What PostgreSQL's planner has to believe of tables that are still empty; for new ones, which nobody else sees yet.
///
/// Where nothing is known of `deleted_at`, it takes one row in 200 for living, finds every index on the living as good as a
/// unique one, and keeps the plan that scans an organization to find one workspace until the table is first analyzed, a
/// minute or a hundred thousand workspaces later. So it is shown some rows of the usual kind once; they don't stay.
func firstStatistics(_ engine: Engine) -> [SQL] {
    guard engine == .postgres else { return [] }
    return [
        """
        INSERT INTO organizations (id, name, slug, is_default, created_at, updated_at)
        VALUES ('statistics', 'statistics', 'statistics', 0, 0, 0)
        """,
        // Numbers below zero, so that none is used up.
        """
        INSERT INTO workspaces (
            number, id, organization_id, slug, title, metadata, configuration, settings, onboarding, integrations, plan,
            created_at, updated_at, deleted_at
        )
        SELECT -n, 'ws_' || n, 'statistics', 'slug-' || n, 'title ' || n, '{}', '{}', '{}', '{}', '[]', 'default', n, n,
            CASE WHEN n % 20 = 0 THEN n END
        FROM generate_series(1, 300) AS n
        """,
        "ANALYZE workspaces",
        // Deleted rows would leave pages of which it is known that nothing is in them, and the planner would think that of the
        // table for as long.
        "TRUNCATE organizations CASCADE",
    ]
}
