import Foundation
import TestKit
import Testing

/// Replays every conversation under `Wire/` on every store; a new dialect adds files, not tests.
@Suite struct WireTests {
    static let files: [URL] = WireFile.all(under: Bundle.module.resourceURL?.appending(path: "Wire"))

    @Test(arguments: files, Backend.available)
    func conversation(url: URL, backend: Backend) async throws {
        for exchange in try await WireFile(contentsOf: url).replayed(on: backend) {
            #expect(exchange.actual == exchange.expected, "\(url.lastPathComponent)")
        }
    }

    @Test func thereAreConversations() {
        #expect(!Self.files.isEmpty)
    }
}
