import Domain
import Storage
import TestKit
import Testing

/// A search that goes through the messages by age, where PostgreSQL does.
@Suite struct SearchAgeTests {
    /// Numbers of messages at the edges of the ages; the last one is the newest.
    static let edges: [[Int64]] = [
        [1],
        [1023, 1024, 2047, 2048],
        [1, 14_335, 14_336, 15_359, 15_360, 16_383, 16_384, 30_000],
        [1, 16_383, 16_384, 16_385, 131_071, 131_072, 147_455, 147_456, 147_457, 148_480, 163_840],
        (0..<200).map { $0 * 1009 + 1 },
        (0..<60).map { _ in Int64.random(in: 1...2_000_000) },
    ]

    @Test("Every message is found once, the newest first", arguments: Backend.available, edges)
    func ages(backend: Backend, numbers: [Int64]) async throws {
        let store = try await backend.makeStore()
        let numbers = Set(numbers).sorted()
        let workspace = try await store.write { transaction in
            try OneSession.make(in: transaction)
            for number in numbers { try OneSession.add("One lighthouse", number: number, to: transaction) }
            return try #require(try transaction.workspace(.slug("w"), in: Organization.ID("o"), for: nil)?.workspace)
        }
        let ground = SearchGround(workspace: workspace)
        let newest = Array(numbers.reversed())
        for limit in [3, numbers.count] {
            let (holding, containing, sharing) = try await store.read { transaction in
                (
                    try transaction.messages(holding: ["lighthouse"], and: "lighthouse", in: ground, limit: limit),
                    try transaction.messages(containing: "ghthou", in: ground, limit: limit),
                    try transaction.messages(sharing: ["lighthouse", "sea"], in: ground, limit: limit)
                )
            }
            #expect(holding == Array(newest.prefix(limit)))
            #expect(containing == Array(newest.prefix(limit)))
            #expect(sharing == Array(newest.prefix(limit)))
        }
    }

    @Test(
        "What contains the text comes first from any age, however many of the newest hold its words",
        arguments: Backend.available,
        [0, 1, 24, 25, 26, 95]
    )
    func ranking(backend: Backend, newest: Int) async throws {
        let store = try await backend.makeStore()
        let last: Int64 = 400_000
        // The newest age ends four volumes back, the new one sixteen, the recent one eight shelves further.
        let others: [Int64] = [last - 5000, last - 12_000, last - 18_000, last - 120_000, 5]
        let workspace = try await store.write { transaction in
            try OneSession.make(in: transaction)
            for number in others.reversed() { try OneSession.add("One lighthouse", number: number, to: transaction) }
            for index in 0..<Int64(newest) {
                try OneSession.add("A lighthouse, one", number: last - 100 + index, to: transaction)
            }
            try OneSession.add("The sea", number: last, to: transaction)
            return try #require(try transaction.workspace(.slug("w"), in: Organization.ID("o"), for: nil)?.workspace)
        }
        let ground = SearchGround(workspace: workspace)
        let found = try await store.read {
            try $0.messages(holding: ["one", "lighthouse"], and: "one lighthouse", in: ground, limit: 5)
        }
        #expect(found == others)
    }
}
