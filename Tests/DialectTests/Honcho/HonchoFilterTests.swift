import HTTPTypes
import JSON
import TestKit
import Testing

/// Random filters over random rows: never a 5xx, and always the rows that an evaluator of its own says.
@Suite struct HonchoFilterTests {
    static let seeds: [UInt64] = [1, 2, 3]

    @Test("Peers", arguments: Backend.available, seeds)
    func peers(backend: Backend, seed: UInt64) async throws {
        var generator = FilterGenerator(seed: seed)
        let server = try await TestServer(backend)
        var rows: [FilterRow] = []
        for (second, id) in FilterGenerator.ids.enumerated() {
            server.clock.advance(seconds: 1)
            let metadata = generator.metadata()
            for workspace in ["acme", "other"] {
                let path = "/v2/workspaces/\(workspace)/peers/\(id)"
                let answer = try await server.send(.put, path, body: #"{"metadata":\#(metadata.json)}"#)
                #expect(answer.status == .ok)
            }
            let micros = (second + 1) * 1_000_000
            rows.append(FilterRow(id: id, workspace: "acme", createdAt: micros, metadata: metadata))
        }
        for version in ["v2", "v3"] {
            let evaluator = FilterEvaluator(isV3: version == "v3", isOfPeers: true)
            let path = "/\(version)/workspaces/acme/peers/list?size=100"
            for _ in 0..<200 {
                try await check(generator.filter(), of: rows, evaluator, path, server)
            }
        }
    }

    @Test("Workspaces", arguments: Backend.available, seeds)
    func workspaces(backend: Backend, seed: UInt64) async throws {
        var generator = FilterGenerator(seed: seed &+ 1000)
        let server = try await TestServer(backend)
        var rows = [FilterRow(id: "default", workspace: "", createdAt: 0, metadata: .object([]))]
        for (second, id) in FilterGenerator.ids.enumerated() {
            server.clock.advance(seconds: 1)
            let metadata = generator.metadata()
            let answer = try await server.send(.put, "/v2/workspaces/\(id)", body: #"{"metadata":\#(metadata.json)}"#)
            #expect(answer.status == .ok)
            rows.append(FilterRow(id: id, workspace: "", createdAt: (second + 1) * 1_000_000, metadata: metadata))
        }
        for version in ["v2", "v3"] {
            let evaluator = FilterEvaluator(isV3: version == "v3", isOfPeers: false)
            let path = "/\(version)/workspaces/list?size=100"
            for _ in 0..<150 {
                try await check(generator.filter(), of: rows, evaluator, path, server)
            }
        }
    }

    @Test("Trees of any shape within the limits", arguments: Backend.available, seeds)
    func trees(backend: Backend, seed: UInt64) async throws {
        var generator = FilterGenerator(seed: seed)
        let server = try await TestServer(backend)
        _ = try await server.send(.put, "/v2/workspaces/acme/peers/alice", body: "{}")
        for _ in 0..<60 {
            var budget = 250
            let filter = Self.tree(&generator, depth: 48, &budget)
            let body = #"{"filters":\#(filter.json)}"#
            let answer = try await server.send(.post, "/v2/workspaces/acme/peers/list", body: body)
            #expect(answer.status == .ok, "\(answer.body) for \(body.prefix(500))")
        }
    }

    /// A filter that goes as deep as JSON may, with side branches that go deep too, of at most 250 conditions.
    private static func tree(_ generator: inout FilterGenerator, depth: Int, _ budget: inout Int) -> Doc {
        guard depth > 0 else {
            budget -= 1
            return .object([("id", .string("alice"))])
        }
        budget -= 1
        var parts = [tree(&generator, depth: depth - 1, &budget)]
        while budget > 3, generator.chance(60) {
            let side = generator.chance(30) ? min(depth - 1, budget - 2) : 0
            budget -= 1
            parts.append(tree(&generator, depth: side, &budget))
        }
        var members: [(key: String, value: Doc)] = [(generator.pick(["AND", "OR", "NOT"]), .array(parts))]
        if budget >= 3, generator.chance(50) {
            budget -= 3
            members.append(("metadata", .object([("n", .object([("gte", .number(.init("1")))]))])))
        }
        return .object(members)
    }

    private func check(
        _ filter: Doc,
        of rows: [FilterRow],
        _ evaluator: FilterEvaluator,
        _ path: String,
        _ server: TestServer
    ) async throws {
        let answer = try await server.send(.post, path, body: #"{"filters":\#(filter.json)}"#)
        guard let expected = try? rows.filter({ try evaluator.accepts($0, filter) == true }).map(\.id) else {
            #expect(answer.status == .unprocessableContent, "\(filter.json) gave \(answer.body)")
            return
        }
        let found = try JSONValue.parse(answer.body)["items"]?.elements.compactMap { $0["id"]?.stringValue }
        #expect(found == expected, "\(filter.json) gave \(answer.status) \(answer.body.prefix(300))")
    }
}
