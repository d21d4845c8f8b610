import HTTPSurface
import Testing

/// Forms as clients send them, and what becomes of them when they are cut or bent.
@Suite struct MultipartFormTests {
    private static let form = lines([
        "--b", #"Content-Disposition: form-data; name="peer_id""#, "", "alice",
        "--b \t", "content-type: text/plain; charset=utf-8",
        #"CONTENT-DISPOSITION: Form-Data; filename="a \"b\" c:\x;.txt"; name=file"#, "X-Other: 1", "",
        "line one", "", "x--b", "--", "--b", #"content-disposition: form-data; name="""#, "", "",
        "--b--", "--b", "behind the end",
    ])

    @Test func parts() throws {
        let form = try MultipartForm(Self.form, declaredAs: "multipart/form-data; boundary=b")
        #expect(form.parts.map(\.name) == ["peer_id", "file", ""])
        #expect(form["peer_id"].map(text) == "alice")
        #expect(form["peer_id"]?.filename == nil)
        #expect(form["peer_id"]?.contentType == nil)
        #expect(form["file"]?.filename == #"a "b" c:\x;.txt"#)
        #expect(form["file"]?.contentType == "text/plain; charset=utf-8")
        #expect(form["file"].map(text) == "line one\r\n\r\nx--b\r\n--")
        #expect(form[""].map(text) == "")
        #expect(form["other"] == nil)
    }

    @Test(arguments: [
        "multipart/form-data; boundary=\"b\"", "Multipart/Form-Data;charset=utf-8 ; BOUNDARY = b",
    ])
    func declarations(type: String) throws {
        #expect(try MultipartForm(Self.form, declaredAs: type).parts.count == 3)
    }

    @Test(arguments: ["application/json", "multipart/mixed; boundary=b", "text/plain", ""])
    func whatIsNoFormHasNoParts(type: String) throws {
        #expect(try MultipartForm(Self.form, declaredAs: type).parts.isEmpty)
    }

    @Test func aFormThatIsCutOffIsRefusedWhereverItIs() throws {
        let end = try #require(Self.form.lastRange(of: "--b--")) + 5
        for length in 0..<end {
            #expect(throws: UnreadableRequest.self) {
                try MultipartForm(Array(Self.form.prefix(length)), declaredAs: "multipart/form-data; boundary=b")
            }
        }
        let whole = try MultipartForm(Array(Self.form.prefix(end)), declaredAs: "multipart/form-data; boundary=b")
        #expect(whole.parts.count == 3)
    }

    @Test(arguments: [
        ("multipart/form-data", "--b--"),
        ("multipart/form-data; boundary=", "----"),
        (
            "multipart/form-data; boundary=\(String(repeating: "b", count: 71))",
            "--\(String(repeating: "b", count: 71))--"
        ),
        ("multipart/form-data; boundary=b", "preamble\r\n--b--"),
        ("multipart/form-data; boundary=b", "--c--"),
        ("multipart/form-data; boundary=b", "--b\nContent-Disposition: form-data; name=x\n\nx\n--b--"),
        ("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--"),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: attachment; name=x\r\n\r\nx\r\n--b--"),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition form-data\r\n\r\nx\r\n--b--"),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nA: \(String(repeating: "a", count: 8200))\r\nContent-Disposition: form-data; name=x\r\n\r\nx\r\n--b--"
        ),
        (
            "multipart/form-data; boundary=b",
            String(repeating: "--b\r\nContent-Disposition: form-data; name=x\r\n\r\nx\r\n", count: 101) + "--b--"
        ),
    ])
    func refusals(type: String, body: String) {
        #expect(throws: UnreadableRequest.self) { try MultipartForm(Array(body.utf8), declaredAs: type) }
    }

    @Test func leastAndMost() throws {
        #expect(try MultipartForm(Array("\r\n--b--".utf8), declaredAs: "multipart/form-data; boundary=b").parts.isEmpty)
        let many = String(repeating: "--b\r\nContent-Disposition: form-data; name=x\r\n\r\nx\r\n", count: 100) + "--b--"
        let form = try MultipartForm(Array(many.utf8), declaredAs: "multipart/form-data; boundary=b")
        #expect(form.parts.count == 100)
    }

    @Test(arguments: 0..<40)
    func anyBytesComeBack(seed: Int) throws {
        // Few kinds of bytes, so that beginnings of the boundary come often.
        let kinds = Array("\r\n--bo\0\u{7F}".utf8) + [0xFF, 0x80]
        let content = (0..<500).map { _ in kinds.randomElement() ?? 0 }
        guard content.lastRange(of: "\r\n--bob") == nil else { return }
        let head = "--bob\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"
        let body = Array(head.utf8) + content + Array("\r\n--bob--\r\n".utf8)
        let form = try MultipartForm(body, declaredAs: "multipart/form-data; boundary=bob")
        #expect(form["f"].map { Array($0.content) } == content)
    }

    private static func lines(_ lines: [String]) -> [UInt8] { Array(lines.joined(separator: "\r\n").utf8) }

    private func text(_ part: MultipartForm.Part) -> String { String(decoding: part.content, as: UTF8.self) }
}

extension [UInt8] {
    fileprivate func lastRange(of text: String) -> Int? {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return nil }
        return (0...(count - wanted.count)).last { self[$0...].starts(with: wanted) }
    }
}
