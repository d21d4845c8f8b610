package import JSON

/// What is derived from a message: what the server has by default, as the documents of the workspace, the session and the
/// message override it, each later one in its turn (honcho.md 5).
package struct MemoryConfiguration: Equatable, Sendable {
    /// Whether representations are formed of it.
    package var isReasoningEnabled: Bool
    package var isSummaryEnabled: Bool
    /// A summary is due with each message whose place in the session is a multiple of one of these.
    package var messagesPerShortSummary: Int64
    package var messagesPerLongSummary: Int64

    package init(
        isReasoningEnabled: Bool = true,
        isSummaryEnabled: Bool = true,
        messagesPerShortSummary: Int64 = 20,
        messagesPerLongSummary: Int64 = 60
    ) {
        self.isReasoningEnabled = isReasoningEnabled
        self.isSummaryEnabled = isSummaryEnabled
        self.messagesPerShortSummary = messagesPerShortSummary
        self.messagesPerLongSummary = messagesPerLongSummary
    }

    /// Returns this with what the document says in place of it; what it says in no known form is passed over.
    ///
    /// The section of reasoning has the names of both versions of the API, and the one by the newer name decides
    /// (honcho.md 12.4).
    package func overridden(by document: RawJSON?) -> MemoryConfiguration {
        guard let document, !document.isEmptyObject else { return self }
        let root = document.value
        let summary = root["summary"]
        return MemoryConfiguration(
            isReasoningEnabled: Self.isReasoningEnabled(root) ?? isReasoningEnabled,
            isSummaryEnabled: summary?["enabled"]?.boolValue ?? isSummaryEnabled,
            messagesPerShortSummary: summary?["messages_per_short_summary"]?.threshold ?? messagesPerShortSummary,
            messagesPerLongSummary: summary?["messages_per_long_summary"]?.threshold ?? messagesPerLongSummary
        )
    }

    private static func isReasoningEnabled(_ root: JSONValue) -> Bool? {
        if let isEnabled = root["reasoning"]?["enabled"]?.boolValue { return isEnabled }
        if let isEnabled = root["deriver"]?["enabled"]?.boolValue { return isEnabled }
        return root["skip_deriver"]?.boolValue == true ? false : nil
    }

    /// The summaries that are due with the message at that place of its session, the short one first.
    package func summaries(dueAt sequence: Int64) -> [Summary.Kind] {
        guard isSummaryEnabled else { return [] }
        let thresholds: [(Summary.Kind, Int64)] = [(.short, messagesPerShortSummary), (.long, messagesPerLongSummary)]
        return thresholds.filter { sequence.isMultiple(of: $0.1) }.map(\.0)
    }
}

extension JSONValue {
    /// A number of messages; one that no session reaches where it fits into no integer.
    fileprivate var threshold: Int64? {
        guard kind == .number else { return nil }
        return int64Value.map { max($0, 1) } ?? .max
    }
}
