import HTTPSurface
import Testing

@Suite struct RequestPathTests {
    @Test(arguments: [
        ("/v2/workspaces", ["v2", "workspaces"]),
        ("/a%2Fb/c", ["a/b", "c"]),
        ("/%C3%A9", ["é"]),
        ("/a+b", ["a+b"]),
        ("/%zz/%4", ["%zz", "%4"]),
        ("/..", [".."]),
        ("//a//b/", ["a", "b"]),
        ("/%00", ["\u{0}"]),
        ("/%ff", ["\u{FFFD}"]),
        ("/", []),
    ])
    func segments(target: String, segments: [String]) {
        #expect(RequestPath(target).segments == segments)
    }

    @Test(arguments: [
        ("a=1&b=2", "a", "1"),
        ("a=x+y%20z", "a", "x y z"),
        ("a%20b=c", "a b", "c"),
        ("a=1&a=2", "a", "2"),
        ("a", "a", ""),
        ("=x", "", "x"),
    ])
    func query(text: String, name: String, value: String) {
        #expect(RequestQuery(text)[name] == value)
    }
}
