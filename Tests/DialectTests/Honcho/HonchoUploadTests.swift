import HTTPTypes
import JSON
import Storage
import TestKit
import Testing

/// Files that become messages (honcho.md 6.3); forms are full of line ends that no golden conversation shows.
@Suite struct HonchoUploadTests {
    @Test("A text is cut where the document says", arguments: Backend.available, ["v2", "v3"])
    func chunks(backend: Backend, version: String) async throws {
        let server = try await TestServer(backend)
        let paragraphs = String(repeating: String(repeating: "para one. ", count: 1200) + "\n\n", count: 4)
        let form = Form(version, [.file(paragraphs, "text/plain"), .field("peer_id", "alice")])
        let answer = try await form.send(to: server)
        #expect(answer.status == (version == "v2" ? .ok : .created))
        let messages = try JSONValue.parse(answer.body).elements
        #expect(messages.compactMap { $0["content"]?.stringValue?.utf8.count } == [24_004, 24_004])
        #expect(messages.compactMap { $0["content"]?.stringValue }.joined() == paragraphs)
        #expect(messages.compactMap { $0["token_count"]?.int64Value } == [7202, 7202])

        let letters = Form(version, [.file(String(repeating: "a", count: 60_000), "TEXT/x-log; charset=x")])
        let more = try JSONValue.parse(try await letters.send(to: server, as: "bob").body).elements
        #expect(more.compactMap { $0["content"]?.stringValue?.utf8.count } == [25_000, 25_000, 10_000])
        let all = try JSONValue.parse(try await server.send(.post, form.root + "/list").body)
        #expect(all["items"]?.elements == messages + more)
    }

    @Test(
        "Each message has what the form says, and keeps where it comes from",
        arguments: Backend.available,
        ["v2", "v3"]
    )
    func fields(backend: Backend, version: String) async throws {
        let server = try await TestServer(backend)
        let form = Form(
            version,
            [
                .field("peer_id", "nobody"), .field("metadata", #" {"n": 1.0} "#), .field("peer_id", "alice"),
                .field("configuration", #"{"deriver": {"enabled": "no"}, "reasoning": {"enabled": "no"}, "x": 1}"#),
                .field("created_at", "2020-01-02T03:04:05+01:00"),
                .file("hello\u{0} world", "text/plain", name: "a \"b\".txt"),
            ]
        )
        let answer = try await form.send(to: server)
        let id = "000000000000000000002"
        let message = #"""
            {"id":"\#(id)","content":"hello world","peer_id":"alice","session_id":"chat","metadata":{"n":1.0},"created_at":"2020-01-02T02:04:05Z","workspace_id":"acme","token_count":2}
            """#
        #expect(answer.body == "[\(message)]")
        let stored = try await server.store.read { transaction in
            try transaction.first("SELECT configuration, source FROM messages WHERE id = \(id)") { row in
                [row.text(), row.text()]
            }
        }
        let section = version == "v2" ? "deriver" : "reasoning"
        let source = #"""
            {"file_id":"000000000000000000001","filename":"a \"b\".txt","chunk_index":0,"total_chunks":1,"original_file_size":12,"content_type":"text/plain","chunk_character_range":[0,11]}
            """#
        #expect(stored == [#"{"\#(section)":{"enabled":false}}"#, source])
    }

    @Test("What can't be read in a plain field is left aside", arguments: ["v2", "v3"])
    func leftAside(version: String) async throws {
        let server = try await TestServer(.sqlite)
        let form = Form(
            version,
            [
                .field("metadata", "{"), .field("configuration", ""), .field("created_at", "yesterday"),
                .field("other", "x"), .file("", "text/plain"),
            ]
        )
        let message = try JSONValue.parse(try await form.send(to: server, as: "alice").body).elements[0]
        #expect(message["content"]?.stringValue == "")
        #expect(message["metadata"]?.raw == .emptyObject)
        #expect(message["created_at"]?.stringValue == "2026-01-01T00:00:00Z")
    }

    @Test("Files by their declared type", arguments: ["v2", "v3"])
    func types(version: String) async throws {
        let server = try await TestServer(.sqlite)
        for (file, type, content) in [
            (#"{"a":1,"b":"é"}"#, "application/json", #"{"a": 1, "b": "é"}"#), ("", "application/json", ""),
            ("# x", "text/markdown", "# x"), (#"{"a":1}"#, "text/html", #"{"a":1}"#),
        ] {
            let answer = try await Form(version, [.file(file, type)]).send(to: server, as: "alice")
            #expect(try JSONValue.parse(answer.body).elements.map { $0["content"]?.stringValue } == [content])
        }
    }

    @Test("What is refused leaves nothing behind", arguments: Backend.available, ["v2", "v3"])
    func refusals(backend: Backend, version: String) async throws {
        let server = try await TestServer(backend)
        let alice = Part.field("peer_id", "alice")
        let types = "Supported types: ['PDFProcessor', 'TextProcessor', 'JSONProcessor']"
        let cases: [([Part], Int, String)] = [
            ([], 422, Self.missing("file") + "," + Self.missing("peer_id")),
            ([alice], 422, Self.missing("file")),
            ([.file("x", "text/plain")], 422, Self.missing("peer_id")),
            ([.file("x", "text/plain"), .field("peer_id", "")], 422, Self.missing("peer_id")),
            ([.file("x", "text/plain"), .field("peer_id", "two words")], 422, "string_pattern_mismatch"),
            ([.field("file", "x"), alice], 422, "Expected UploadFile, received"),
            ([.file("x", "text/plain"), alice, .field("metadata", "[1]")], 422, #"["body","metadata"]"#),
            ([.file("x", "text/plain"), alice, .field("configuration", "7")], 422, #"["body","configuration"]"#),
            (
                [.file("x", "application/octet-stream"), alice], 415,
                "Unsupported file type: application/octet-stream. \(types)"
            ),
            ([.file("x", nil), alice], 415, "Unsupported file type: None. \(types)"),
            ([.file("{", "application/json"), alice], 422, #"{"detail":"Uploaded JSON is invalid"}"#),
            ([.file("no PDF", "application/pdf"), alice], 422, "Uploaded PDF can't be read"),
            (
                [.file(String(repeating: "a", count: 5_242_881), "text/plain"), alice],
                413,
                #"{"detail":"File size (5242881 bytes) exceeds maximum allowed size (5242880 bytes)"}"#
            ),
            (
                [.file(String(repeating: "a", count: 6_400_000), "text/plain"), alice], 413,
                "The body must have at most"
            ),
        ]
        for (parts, status, text) in cases {
            let answer = try await Form(version, parts).send(to: server)
            #expect(answer.status.code == status)
            #expect(answer.body.contains(text), "\(answer.body.prefix(500))")
        }
        let whole = Form(version, [alice, .file("hello", "text/plain")])
        for length in 0..<whole.body.utf8.count - 2 {
            let cut = Form(version, body: String(decoding: whole.body.utf8.prefix(length), as: UTF8.self))
            #expect(try await cut.send(to: server).status == .unprocessableContent)
        }
        let peers = try await server.send(.post, "/\(version)/workspaces/acme/peers/list")
        let list = try await server.send(.post, whole.root + "/list")
        for answer in [peers, list] { #expect(answer.body.hasPrefix(#"{"items":[],"total":0"#)) }
        #expect(try await whole.send(to: server).status.kind == .successful)
    }

    private static func missing(_ field: String) -> String {
        #"{"type":"missing","loc":["body","\#(field)"],"msg":"Field required","input":null}"#
    }

    private typealias Part = Form.Part
}

/// A form as the SDKs' HTTP client writes it.
private struct Form {
    struct Part {
        let text: String

        static func field(_ name: String, _ value: String) -> Part {
            Part(text: "Content-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)")
        }

        static func file(_ content: String, _ type: String?, name: String = "a.txt") -> Part {
            let quoted = name.replacing("\"", with: "\\\"")
            let declared = type.map { "\r\nContent-Type: \($0)" } ?? ""
            return Part(
                text:
                    "Content-Disposition: form-data; name=\"file\"; filename=\"\(quoted)\"\(declared)\r\n\r\n\(content)"
            )
        }
    }

    let root: String
    let body: String

    init(_ version: String, body: String) {
        root = "/\(version)/workspaces/acme/sessions/chat/messages"
        self.body = body
    }

    init(_ version: String, _ parts: [Part]) {
        self.init(version, body: parts.map { "--bound\r\n\($0.text)\r\n" }.joined() + "--bound--\r\n")
    }

    /// - Parameter peer: adds the peer's field.
    func send(to server: TestServer, as peer: String? = nil) async throws -> TestServer.Answer {
        let author = peer.map { "--bound\r\n\(Part.field("peer_id", $0).text)\r\n" } ?? ""
        let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=bound"]
        return try await server.send(.post, root + "/upload", body: author + body, headers: headers)
    }
}
