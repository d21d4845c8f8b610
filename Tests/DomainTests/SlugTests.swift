import Domain
import Testing

@Suite struct SlugTests {
    @Test(arguments: [
        ("a", true), ("A-b_9", true), ("-", true), ("", false), ("a b", false), ("a\n", false), ("é", false),
        ("a.b", false),
        ("a\u{0}", false), ("a/b", false),
    ])
    func honcho(text: String, isLegal: Bool) {
        #expect(Slug.matchesHoncho(text) == isLegal)
    }

    @Test(arguments: [
        ("a", true), ("a-b_c9", true), ("9", true), ("a--b", false), ("-a", false), ("a-", false), ("A", false),
        ("", false),
        ("a\n", false), ("a_-b", false), ("é", false),
    ])
    func activeloop(text: String, isLegal: Bool) {
        #expect(Slug.matchesActiveloop(text) == isLegal)
    }

    @Test func lengthIsCounted() {
        #expect(Slug.isHonchoID(String(repeating: "a", count: 100), maxLength: 100))
        #expect(!Slug.isHonchoID(String(repeating: "a", count: 101), maxLength: 100))
    }

    @Test(arguments: ["a@b", "A.B@C.d"])
    func emailsAreLowerCased(text: String) throws {
        #expect(try EmailAddress(text).text == text.lowercased())
    }

    @Test(arguments: [
        "", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "a,b@c", String(repeating: "a", count: 250) + "@b.de",
    ])
    func badEmailsAreRefused(text: String) {
        #expect(throws: DomainError.self) { try EmailAddress(text) }
    }
}
