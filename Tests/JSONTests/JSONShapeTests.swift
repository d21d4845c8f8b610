import JSON
import Testing

@Suite struct JSONShapeTests {
    @Test(arguments: [
        ("1", 0, 0), ("[]", 0, 0), ("[[[1]]]", 0, 0), ("{}", 1, 0), (#"{"a":1,"b":2}"#, 1, 2),
        (#"{"a":{"b":{}},"c":{}}"#, 3, 2),
        (#"{"a":[{"b":[{}]}]}"#, 3, 1), (#"{"a":"{{{","{":"\"{"}"#, 1, 2), (#"[{},{"a":{}}]"#, 2, 0),
    ])
    func depthAndKeys(text: String, depth: Int, keys: Int) throws {
        #expect(try json(text).depthOfObjects == depth)
        #expect(try json(text).topLevelKeyCount == keys)
        #expect(RawJSON(trusted: text).depthOfObjects == depth)
        #expect(RawJSON(trusted: text).topLevelKeyCount == keys)
    }

    @Test func aSliceMeasuresItself() throws {
        let value = try #require(try json(#"{"a": {"b": {"c": 1}, "d": 2}}"#)["a"])
        #expect(value.depthOfObjects == 2)
        #expect(value.topLevelKeyCount == 2)
    }
}
