import Memory
import Testing

/// Expectations from Python: `bytes.decode` with `utf-8`, then `utf-16`, then `latin-1`.
@Suite struct TextDecodingTests {
    @Test(arguments: [
        ([], ""),
        (Array("héllo 字 😀".utf8), "héllo 字 😀"),
        ([0xEF, 0xBB, 0xBF, 0x61], "\u{FEFF}a"),
        ([0x61, 0x00, 0x62], "a\u{0}b"),
        ([0xFF, 0xFE, 0x61, 0x00, 0xE9, 0x00], "aé"),
        ([0xFE, 0xFF, 0x00, 0x61, 0x00, 0xE9], "aé"),
        ([0xFF, 0xFE], ""),
        ([0xFF, 0xFE, 0x3D, 0xD8, 0x00, 0xDE], "😀"),
        // Two bytes of Latin-1 are a character of UTF-16.
        ([0xE9, 0x61], "\u{61E9}"),
        ([0x61, 0xE9, 0x62], "aéb"),
        // Half of a surrogate pair is no UTF-16.
        ([0xFF, 0xFE, 0x3D, 0xD8], "ÿþ=Ø"),
        ([0x00, 0xDC], "\u{0}Ü"),
        // Overlong, beyond Unicode, half of a surrogate pair: none is UTF-8, and an odd number of bytes no UTF-16.
        ([0xC0, 0x80, 0x41], "À\u{80}A"),
        ([0xF4, 0x90, 0x80, 0x80, 0x41], "ô\u{90}\u{80}\u{80}A"),
        ([0xED, 0xA0, 0x80], "í\u{A0}\u{80}"),
    ])
    func readsBytesAsPythonDoes(bytes: [UInt8], expected: String) {
        #expect(Array(decodedText(bytes).unicodeScalars) == Array(expected.unicodeScalars))
    }
}
