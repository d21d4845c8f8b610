/// Parts of the messages by when they were stored, the newest first.
///
/// PostgreSQL reads all that an index finds before it can put it in order. Of what very many messages hold, the newest part has
/// enough; the older ones are not looked at then. Each is four to eight times as large as the one before, so that no search reads
/// many times what it needs.
enum SearchAge: CaseIterable {
    case newest
    case new
    case recent
    case old

    /// The messages that match, so many of the newest of them.
    static func rows(_ depth: Int64, where match: (SearchAge) -> SQL) -> SQL {
        let rows = allCases.map { age -> SQL in "SELECT * FROM (\(age.rows(where: match(age), depth))) of_age" }
        return "\(SQL(joining: rows, by: " UNION ALL ")) LIMIT \(depth)"
    }

    /// The messages of that age that match, so many of the newest of them.
    ///
    /// The sums keep PostgreSQL from walking the table backwards in search of what an index knows.
    func rows(where match: SQL, _ depth: Int64) -> SQL {
        let before = end.map { end -> SQL in "AND number + 0 < (SELECT \(end) FROM messages)" }
        return "SELECT * FROM messages WHERE \(match) \(before ?? "") ORDER BY number + 0 DESC LIMIT \(depth)"
    }

    /// The places that all messages of this age are in (`Migrations/SearchVolumes.swift`) as rows of `place`; `nil` for all that
    /// are left.
    var places: SQL? {
        switch self {
        case .newest: Self.places("@v", back: Self.newestVolumes, from: Self.newestVolume)
        case .new: Self.places("@v", back: Self.newVolumes, from: Self.newestVolume)
        case .recent: Self.places("@h", back: Self.recentShelves, from: Self.newestRecentShelf)
        case .old: nil
        }
    }

    /// The message before which this age ends, where its places alone don't say so.
    private var end: SQL? {
        switch self {
        case .newest, .new: nil
        case .recent: Self.firstOfNew
        case .old: "((\(Self.newestRecentShelf)) - \(.integer(Self.recentShelves.upperBound))) << 14"
        }
    }

    /// How many places back; the newest volume may have only begun.
    private static let newestVolumes = 0...3
    private static let newVolumes = 4...15
    private static let recentShelves = 0...7

    private static let newestVolume: SQL = "MAX(number) >> 10"
    private static let firstOfNew: SQL = "((\(newestVolume)) - \(.integer(newVolumes.upperBound))) << 10"
    /// The shelf that the first of the new messages stands on, some of it before them.
    private static let newestRecentShelf: SQL = "(\(firstOfNew)) >> 14"

    private static func places(_ kind: StaticString, back: ClosedRange<Int>, from newest: SQL) -> SQL {
        """
        SELECT '\(.name(kind))' || number AS place FROM (SELECT \(newest) AS newest FROM messages) numbered,
            generate_series(newest - \(.integer(back.upperBound)), newest - \(.integer(back.lowerBound))) AS number
        """
    }
}
