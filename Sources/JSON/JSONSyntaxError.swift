/// Says where and why a text is not acceptable JSON.
///
/// `offset` and `reason` are those of CPython's `json` module wherever it refuses the same text, because clients written
/// against Python servers show them to people. The offset counts bytes, CPython's counts code points.
package struct JSONSyntaxError: Error, Equatable {
    /// The rule that was broken, for callers that answer differently to each.
    package enum Kind: Sendable {
        /// The grammar of RFC 8259.
        case syntax
        /// More levels of arrays and objects than ``JSONLimits/maxDepth``.
        case tooDeep
        /// An object that bears the same key twice; the offset is that of the second one.
        case duplicateKey
        /// Bytes that are not UTF-8, or an escape that spells half of a surrogate pair.
        case badUnicode
    }

    /// The byte at which the fault was noticed.
    package let offset: Int
    /// The fault in CPython's words.
    package let reason: String
    /// The rule that was broken.
    package let kind: Kind

    /// Makes the error that says `reason` about the byte at `offset`.
    package init(offset: Int, reason: String, kind: Kind = .syntax) {
        self.offset = offset
        self.reason = reason
        self.kind = kind
    }
}

/// What a text may cost the parser.
package struct JSONLimits: Sendable {
    /// How many arrays and objects may stand inside one another.
    package let maxDepth: Int

    /// Whether an object may bear a key twice, as Python allows it; ``JSONValue/subscript(key:)`` then finds the first.
    package let allowsRepeatedKeys: Bool

    /// Makes limits that allow `maxDepth` levels.
    ///
    /// Reading a parsed value (``JSONValue/contains(_:)``, ``JSONValue/isSameValue(as:)``) recurses once a level: keep the
    /// limit within what a thread's stack holds.
    package init(maxDepth: Int = 100, allowsRepeatedKeys: Bool = false) {
        self.maxDepth = maxDepth
        self.allowsRepeatedKeys = allowsRepeatedKeys
    }

    /// The limits for text from clients: 100 levels.
    package static let `default` = JSONLimits()

    /// No limits, for text from our own store: it was limited when it came in.
    static let trusted = JSONLimits(maxDepth: .max)
}
