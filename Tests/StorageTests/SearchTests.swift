import Domain
import JSON
import Storage
import TestKit
import Testing

/// The conditions that the engines don't share, and must agree on.
@Suite struct SearchTests {
    @Test("Ids sort by code point, whatever the database's language", arguments: Backend.available)
    func order(backend: Backend) async throws {
        let store = try await backend.makeStore()
        let names = ["a", "B", "Z", "é", "_", "-", "10", "9", "aa", "A", "😀", "ÿ", "\u{FFFD}"]
        try await store.write { transaction in
            for name in names {
                try transaction.run(
                    """
                    INSERT INTO users (id, email, is_local, created_at) VALUES (\(name), \(name), 0, 0)
                    """
                )
            }
        }
        let sorted = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        let (read, behind) = try await store.read { transaction in
            (
                try transaction.rows("SELECT id FROM users ORDER BY id") { $0.text() },
                try transaction.rows("SELECT id FROM users WHERE id > \("a") ORDER BY id") { $0.text() }
            )
        }
        #expect(read == sorted)
        #expect(
            behind
                == sorted.filter {
                    $0.unicodeScalars.lexicographicallyPrecedes("a".unicodeScalars) == false && $0 != "a"
                }
        )
    }

    @Test("Ids that a statement makes are such as the program makes", arguments: Backend.available)
    func ids(backend: Backend) async throws {
        let store = try await backend.makeStore()
        for milliseconds in [Int64(0), 63, 64, 1_763_700_000_123] {
            let ids = try await store.read { transaction in
                try (0..<20).map { _ in
                    try transaction.first("SELECT atrium_nanoid(\(milliseconds * 1000 + 999))") { $0.text() } ?? ""
                }
            }
            let made = NanoID.make(at: Instant(microsecondsSinceEpoch: milliseconds * 1000))
            #expect(ids.allSatisfy { $0.prefix(8) == made.prefix(8) && $0.wholeMatch(of: /[A-Za-z0-9_\-]{21}/) != nil })
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test("Lower case knows every script", arguments: Backend.available)
    func lower(backend: Backend) async throws {
        let store = try await backend.makeStore()
        for (text, expected) in [
            ("ÄÖÜ", "äöü"), ("ЖЯ", "жя"), ("ΩΦ", "ωφ"), ("É1_%", "é1_%"), ("İ", "i\u{307}"), ("", ""),
        ] {
            let found = try await store.read { try $0.first("SELECT atrium_lower(\(text))") { $0.text() } }
            #expect(found == expected)
        }
    }

    static let containments: [(document: String, part: String, expected: Bool)] = [
        (#"{"a":1,"b":[1,2,{"c":null}]}"#, #"{"b":[{"c":null}]}"#, true),
        (#"{"a":1}"#, #"{"a":1.0}"#, true), (#"{"a":1}"#, #"{"a":"1"}"#, false), (#"{"a":1e2}"#, #"{"a":100}"#, true),
        (#"{"a":[1,2]}"#, #"{"a":[2,2]}"#, true), (#"{"a":[[1]]}"#, #"{"a":[1]}"#, false), ("{}", "{}", true),
        (#"{"a":"x\u0000y"}"#, #"{"a":"x\u0000y"}"#, true), (#"{"a":"x\u0000y"}"#, #"{"a":"xy"}"#, false),
        (#"{"a":"\\u0000","b":"\u0000"}"#, #"{"a":"\\u0000"}"#, true),
        (#"{"a":1,"b":"\u0000\u0000"}"#, #"{"a":1}"#, true),
        (#"{"a":12345678901234567890123}"#, #"{"a":12345678901234567890124}"#, false),
        (#"{"é":"ü"}"#, #"{"\u00e9":"\u00fc"}"#, true), (#"{"a":"\ud83d\ude00"}"#, #"{"a":"😀"}"#, true),
    ]

    @Test("One document contains another", arguments: Backend.available, containments)
    func containment(backend: Backend, row: (document: String, part: String, expected: Bool)) async throws {
        let store = try await backend.makeStore()
        let found = try await store.read {
            try $0.first("SELECT atrium_json_contains(\(row.document), \(row.part))") { $0.bool() }
        }
        #expect(found == row.expected)
    }

    static let texts: [(document: String, expected: String?)] = [
        (#"{"k":"x"}"#, "x"), (#"{"k":1}"#, "1"), (#"{"k":1.0}"#, "1.0"), (#"{"k":1e2}"#, "100"), (#"{"k":-0}"#, "0"),
        (#"{"k":1.50e1}"#, "15.0"), (#"{"k":true}"#, "true"), (#"{"k":null}"#, nil), (#"{"a":1}"#, nil),
        (#"{"k":{"bb":1,"a":[1,"x"]}}"#, #"{"a": [1, "x"], "bb": 1}"#), (#"{"k":"\u00e9\n"}"#, "é\n"), ("[1]", nil),
        (#"{"k":12345678901234567890.10}"#, "12345678901234567890.10"), (#"{"k":"x","z":1e400000}"#, "x"),
        (#"{"k":1e400000}"#, "1e400000"), (#"{"k":5,"z":"\u0000"}"#, "5"),
    ]

    @Test("The text of a value", arguments: Backend.available, texts)
    func text(backend: Backend, row: (document: String, expected: String?)) async throws {
        let store = try await backend.makeStore()
        let found = try await store.read {
            try $0.first("SELECT atrium_json_text(\(row.document), \("k"))") { $0.optionalText() }
        }
        #expect(found == .some(row.expected))
    }

    static let comparisons: [(one: String, other: String, expected: Int64?)] = [
        ("1", "1.0", 0), ("9", "10", -1), (" 1e2\n", "99", 1), ("-1", "+.5", -1), ("5.", "5", 0), ("", "1", nil),
        ("x", "1", nil),
        ("1e", "1", nil), ("NaN", "1", nil), ("Infinity", "1", nil), ("9007199254740993", "9007199254740992", 1),
        ("0x10", "1", nil), ("1_000", "1", nil), ("１", "1", nil), ("1e99999", "1", 1), ("-0", "0", 0),
    ]

    @Test("Numbers compare exactly, and what is none doesn't", arguments: Backend.available, comparisons)
    func comparison(backend: Backend, row: (one: String, other: String, expected: Int64?)) async throws {
        let store = try await backend.makeStore()
        let found = try await store.read {
            try $0.first("SELECT atrium_compare_numbers(\(row.one), \(row.other))") { $0.optionalInteger() }
        }
        #expect(found == .some(row.expected))
    }

    @Test("Nothing that a client can send makes a search fail", arguments: Backend.available)
    func neverFailing(backend: Backend) async throws {
        let store = try await backend.makeStore()
        let depth = JSONLimits.default.maxDepth - 1
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let documents = [
            #"{"k":1e999999999}"#, #"{"k":-1e-999999999}"#, "{\"k\":\(String(repeating: "9", count: 200_000))}",
            "{\"k\":0.\(String(repeating: "0", count: 20_000))1}", #"{"\u0000":"\u0000"}"#, "{\"k\":\(deep)}",
        ]
        let numbers = ["1e999999999", "1e-999999999", String(repeating: "9", count: 200_000), "9\0", "\0"]
        try await store.read { transaction in
            for document in documents {
                for part in documents { try transaction.run("SELECT atrium_json_contains(\(document), \(part))") }
                for key in ["k", "", "\0"] { try transaction.run("SELECT atrium_json_text(\(document), \(key))") }
            }
            for one in numbers {
                for other in numbers { try transaction.run("SELECT atrium_compare_numbers(\(one), \(other))") }
                try transaction.run("SELECT atrium_lower(\(one))")
            }
        }
    }

    @Test("A text with U+0000 is found nowhere", arguments: Backend.available)
    func nul(backend: Backend) async throws {
        let store = try await backend.makeStore()
        try await store.write {
            try $0.run("INSERT INTO users (id, email, is_local, created_at) VALUES (\("a"), \("a"), 0, 0)")
        }
        for text in ["a\0", "a\0b", "\0"] {
            let found = try await store.read { try $0.first("SELECT 1 FROM users WHERE id = \(text)") { $0.integer() } }
            #expect(found == nil)
        }
    }
}
