/// Parts of the messages by when they were stored, the newest first.
///
/// PostgreSQL reads all that an index finds before it can put it in order. Of what very many messages hold, the newest part has
/// enough; the older ones are not looked at then.
enum SearchAge: CaseIterable {
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
        "SELECT * FROM messages WHERE \(match) \(bound) ORDER BY number + 0 DESC LIMIT \(depth)"
    }

    /// What stands behind `FROM` and gives the volumes that these messages are in (`Migrations/SearchIndexes.swift`) by the name of
    /// `volume`; `nil` for all that are left.
    var volumes: SQL? {
        switch self {
        case .new: Self.volumes(Self.newVolumes)
        case .recent: Self.volumes(Self.recentVolumes)
        case .old: nil
        }
    }

    private var bound: SQL {
        guard self == .old else { return "" }
        let last: Fragment = .integer(Self.recentVolumes.upperBound)
        return "AND number + 0 < (SELECT ((MAX(number) >> 14) - \(last)) << 14 FROM messages)"
    }

    /// How many volumes back; the newest one may have only begun.
    private static let newVolumes = 0...1
    private static let recentVolumes = 2...15

    private static func volumes(_ back: ClosedRange<Int>) -> SQL {
        """
        (SELECT MAX(number) >> 14 AS newest FROM messages) numbered,
            generate_series(newest - \(.integer(back.upperBound)), newest - \(.integer(back.lowerBound))) AS volume
        """
    }
}
