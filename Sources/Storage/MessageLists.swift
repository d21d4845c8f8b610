package import Domain

extension Transaction {
    /// Returns one page of the session's messages in their order, with the length of the whole list.
    ///
    /// Without a filter the page is a range of places, so that a late one costs what an early one does.
    package func messages(matching query: MessageQuery, in session: Session) throws -> Page<Message> {
        guard !query.filter.isUnrestricted else {
            let items = try messages(query.page.places(among: session.messageCount), of: session, query.page)
            return Page(items: items, total: session.messageCount, request: query.page)
        }
        let order: SQL = query.page.isReversed ? "DESC" : "ASC"
        let source: SQL = """
            FROM messages m JOIN peers p ON p.number = m.peer_number
            WHERE m.session_number = \(session.number)
                AND \(query.filter.sql(Message.filterColumns(in: session), engine))
            """
        let items = try rows(
            """
            SELECT \(Message.columns) \(source)
            ORDER BY m.sequence \(order)
            LIMIT \(Int64(query.page.size)) OFFSET \(query.page.offset)
            """
        ) { Message(&$0, in: session) }
        let total = try first("SELECT COUNT(*) \(source)") { $0.integer() } ?? 0
        return Page(items: items, total: total, request: query.page)
    }

    /// The number of rows stands in the text, for PostgreSQL takes a range of unknown ends for a part of the session.
    private func messages(_ places: ClosedRange<Int64>?, of session: Session, _ page: PageRequest) throws -> [Message] {
        guard let places else { return [] }
        let order: SQL = page.isReversed ? "DESC" : "ASC"
        return try rows(
            """
            SELECT \(Message.columns) FROM messages m JOIN peers p ON p.number = m.peer_number
            WHERE m.session_number = \(.unplanned(session.number, engine)) AND m.sequence
                BETWEEN \(.unplanned(places.lowerBound, engine)) AND \(.unplanned(places.upperBound, engine))
            ORDER BY m.sequence \(order) LIMIT \(.integer(places.count))
            """
        ) { Message(&$0, in: session) }
    }

    /// Returns the newest messages of the session whose tokens, counted from the newest backwards, stay within the budget,
    /// oldest first (honcho.md 7.2).
    ///
    /// Running totals stand in the rows, so that nothing is read but what is returned.
    ///
    /// - Parameters:
    ///   - first: the place before which no message is returned.
    ///   - limit: the most messages, whatever their tokens: empty ones cost nothing.
    package func newestMessages(
        of session: Session,
        within budget: Int64,
        from first: Int64,
        limit: Int64
    ) throws -> [Message] {
        try rows(
            """
            SELECT \(Message.columns) FROM messages m JOIN peers p ON p.number = m.peer_number
            WHERE m.session_number = \(.unplanned(session.number, engine))
                AND m.tokens_before >= \(.unplanned(session.tokenCount - budget, engine))
                AND m.sequence >= \(.unplanned(first, engine))
            ORDER BY m.tokens_before DESC, m.sequence DESC
            LIMIT \(.unplanned(limit, engine))
            """
        ) { Message(&$0, in: session) }.reversed()
    }
}

extension PageRequest {
    /// The places that the page shows of a list whose places are 1 to `count`; `nil` where it lies behind the end.
    fileprivate func places(among count: Int64) -> ClosedRange<Int64>? {
        guard offset < count else { return nil }
        let length = min(Int64(size), count - offset)
        return isReversed ? (count - offset - length + 1)...(count - offset) : (offset + 1)...(offset + length)
    }
}

extension Message {
    /// What the session's own columns would say is the same for all its messages.
    fileprivate static func filterColumns(in session: Session) -> FilterColumns {
        FilterColumns(
            texts: [.workspace: "\(session.workspaceSlug)", .session: "\(session.slug)", .peer: "p.slug"],
            integers: [.tokenCount: "m.token_count"],
            createdAt: "m.created_at",
            metadata: "m.metadata"
        )
    }
}
