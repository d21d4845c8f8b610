import Memory
import Testing

@Suite struct SearchQueryTests {
    @Test(arguments: [
        ("running dogs", ["running", "dogs"], ["running", "dogs"]),
        ("What does Alice like?", ["what", "does", "alice", "like"], ["alice", "like"]),
        ("I'm sure she didn't", ["i", "m", "sure", "she", "didn", "t"], ["sure"]),
        ("the", ["the"], []),
        ("", [], []),
        ("?! %_", [], []),
        ("Dog dog DOG", ["dog"], ["dog"]),
        ("a.b@c-d_e", ["a", "b", "c", "d", "e"], ["b", "c", "e"]),
        ("ÉTÉ cafe\u{301} 字句 नमस्ते", ["été", "cafe\u{301}", "字句", "नमस्ते"], ["été", "cafe\u{301}", "字句", "नमस्ते"]),
        ("v2 2026", ["v2", "2026"], ["v2", "2026"]),
        ("a\u{0}b 😀 x", ["a", "b", "x"], ["b", "x"]),
    ])
    func findsWords(text: String, words: [String], contentWords: [String]) {
        let query = SearchQuery(text)
        #expect(query.words == words)
        #expect(query.contentWords == contentWords)
    }

    @Test func looksForSoManyWordsAndNoMore() {
        let query = SearchQuery((0..<1000).map { "word\($0)" }.joined(separator: " "))
        #expect(query.words.count == SearchQuery.mostWords)
        #expect(query.words.last == "word63")
    }

    /// honcho.md 9.3.
    @Test func noticesPunctuation() {
        for character in #"~`!@#$%^&*()_+=[]{};':"\|,.<>/?-"# {
            #expect(SearchQuery("tart\(character)").hasPunctuation)
        }
        for text in ["", "apple pie", "été 字句", "a\nb\tc", "¿qué…", "“quoted”", "a\u{0}"] {
            #expect(!SearchQuery(text).hasPunctuation, "\(text)")
        }
    }

    @Test func nothingInAWordIsSyntax() {
        #expect(fullTextQuery(for: [], .all) == nil)
        #expect(fullTextQuery(for: ["a", "NEAR", "x\"y\0*"], .all) == #""a" AND "NEAR" AND "x""y*""#)
        #expect(fullTextQuery(for: ["a", "b"], .any) == #""a" OR "b""#)
        #expect(textSearchQuery(for: [], .any) == nil)
        #expect(textSearchQuery(for: ["a", "b:*", #"it's\"# + "\0"], .all) == #"'a' & 'b:*' & 'it''s\\'"#)
        #expect(textSearchQuery(for: ["a", "b"], .any) == "'a' | 'b'")
        #expect(substringPattern(of: #"100%_a\b"#) == #"%100\%\_a\\b%"#)
        #expect(substringPattern(of: "") == "%%")
    }
}
