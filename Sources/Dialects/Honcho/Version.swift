import Domain
import HTTPSurface
import HTTPTypes
import JSON

extension Honcho {
    /// Which of the two APIs is spoken: `/v2` as of 2.5.1, `/v3` as of 3.0.12 (honcho.md 12).
    package enum Version: String, Sendable {
        case v2
        case v3
    }
}

extension Honcho.Version {
    /// What an id in a body must look like (honcho.md 1.2).
    var idRule: TextRule { self == .v2 ? Self.shortID : Self.longID }

    /// What an id in the path of a get-or-create must look like: the longest that either version can have made.
    static let pathIDRule = longID

    /// How long the text of a message may be (honcho.md 1.4); NULs in it are counted and then taken out.
    static let contentRule = TextRule(length: 0...maxContentLength, allowsNULs: true)
    static let maxContentLength = 25_000

    private static let shortID = TextRule(length: 1...100, pattern: Slug.honchoPattern, matches: Slug.matchesHoncho)
    private static let longID = TextRule(length: 1...512, pattern: Slug.honchoPattern, matches: Slug.matchesHoncho)

    /// The status of a get-or-create (honcho.md 12.1).
    func status(isNew: Bool) -> HTTPResponse.Status {
        self == .v3 && isNew ? .created : .ok
    }

    /// Says what is wrong with the size of some metadata, if anything (honcho.md 12.2).
    func fault(inMetadata metadata: JSONValue) -> Fault.Kind? {
        guard self == .v3 else { return nil }
        if metadata.topLevelKeyCount > 100 { return .rule("Metadata exceeds maximum of 100 top-level keys") }
        if metadata.depthOfObjects > 5 { return .rule("Metadata nesting exceeds maximum depth of 5") }
        return nil
    }

    /// How many logical operators may stand inside one another in a filter; `nil` is any number (honcho.md 3.3).
    var maxFilterDepth: Int? { self == .v3 ? 5 : nil }
}
