import JSON
import Testing

@Suite struct JSONChildrenTests {
    @Test func elementsKeepTheirOrder() throws {
        let value = try json(#" [ 1 , "a,]" , [ 2 , 3 ] , {"x":[4]} , null ] "#)
        #expect(value.elements.map(\.raw.text) == ["1", #""a,]""#, "[2,3]", #"{"x":[4]}"#, "null"])
    }

    @Test func membersKeepTheClientsOrder() throws {
        let value = try json(#"{"z": 1, "a" :{"b}":2} , "":[], "\u0041\n": "}"}"#)
        #expect(value.members.map(\.key) == ["z", "a", "", "A\n"])
        #expect(value.members.map(\.value.raw.text) == ["1", #"{"b}":2}"#, "[]", #""}""#])
    }

    @Test(arguments: [
        ("a", "1"), ("", "2"), ("A", "3"), ("é", "4"), ("e\u{301}", "5"), ("\"\\", "6"), ("😀", "7"), ("k\0", "8"),
    ])
    func subscriptFindsTheDecodedKey(key: String, found: String) throws {
        let value = try json(
            "{\"a\":1,\"\":2,\"\\u0041\":3,\"\\u00e9\":4,\"e\u{301}\":5,\"\\\"\\\\\":6,\"\\ud83d\\ude00\":7,\"k\\u0000\":8}"
        )
        #expect(value[key]?.raw.text == found)
    }

    @Test(arguments: ["b", "aa", "\\u0041", "\\\"\\\\", "k", "E"])
    func subscriptFindsNothingElse(key: String) throws {
        #expect(try json(#"{"a":1,"\u0041":2,"\"\\":3,"k\u0000":4,"e":5}"#)[key] == nil)
    }

    @Test func subscriptLooksAtTheTopLevelOnly() throws {
        #expect(try json(#"{"a":{"b":1},"c":[{"b":2}]}"#)["b"] == nil)
        #expect(try json(#"[{"b":2}]"#)["b"] == nil)
    }

    @Test func membersCompareWithoutNormalisation() {
        let composed = JSONMember(key: "é", value: .null)
        #expect(composed == JSONMember(key: "é", value: .null))
        #expect(composed != JSONMember(key: "e\u{301}", value: .null))
        #expect(composed != JSONMember(key: "é", value: .bool(true)))
    }
}
