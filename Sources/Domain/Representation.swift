/// What one peer knows of another: a selection of observations, each kind in the order of time.
package struct Representation: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package let content: String
        /// When it was said, or else stored; in whole seconds.
        package let time: Instant
        package let sessionSlug: String?
        package let origin: ObservationOrigin
    }

    package let explicit: [Entry]
    package let deductive: [Entry]
    package let inductive: [Entry]
    package let contradictions: [Entry]

    /// Observations that are alike in text, time and session are one; the one that was stored first stands for them.
    package init(_ observations: [Observation]) {
        var seen: Set<Key> = []
        var entries: [ObservationLevel: [Entry]] = [:]
        let ordered = observations.sorted { $0.number < $1.number }.map { ($0.level, Entry($0)) }
        for (level, entry) in ordered where seen.insert(Key(entry, level)).inserted {
            entries[level, default: []].append(entry)
        }
        func inTime(_ level: ObservationLevel) -> [Entry] {
            // The sort is stable: those of one second stay in the order in which they were stored.
            (entries[level] ?? []).sorted { $0.time < $1.time }
        }
        explicit = inTime(.explicit)
        deductive = inTime(.deductive)
        inductive = inTime(.inductive)
        contradictions = inTime(.contradiction)
    }

    package var isEmpty: Bool {
        explicit.isEmpty && deductive.isEmpty && inductive.isEmpty && contradictions.isEmpty
    }

    private struct Key: Hashable {
        let level: ObservationLevel
        let content: [UInt8]
        let time: Instant
        let sessionSlug: String?

        init(_ entry: Entry, _ level: ObservationLevel) {
            self.level = level
            // Not the string: Swift takes canonically equivalent spellings for equal.
            content = Array(entry.content.utf8)
            time = entry.time
            sessionSlug = entry.sessionSlug
        }
    }
}

extension Representation.Entry {
    fileprivate init(_ observation: Observation) {
        content = observation.content
        origin = ObservationOrigin(observation.metadata)
        time = (origin.messageCreatedAt ?? observation.createdAt).wholeSeconds
        sessionSlug = observation.sessionSlug
    }
}

extension Instant {
    /// The second that the instant falls in.
    package var wholeSeconds: Instant {
        let rest = microsecondsSinceEpoch % 1_000_000
        return Instant(microsecondsSinceEpoch: microsecondsSinceEpoch - (rest < 0 ? rest + 1_000_000 : rest))
    }
}
