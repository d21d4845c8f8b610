/// What somebody looks for, taken apart so that nothing of it can be read as an engine's syntax.
package struct SearchQuery: Equatable, Sendable {
    /// How many different words are looked for; those behind them are left out.
    package static let mostWords = 64

    /// The text as it was given.
    package let text: String
    /// The different words in their order, lower-case: runs of letters, digits and the marks on them.
    package let words: [String]
    /// The words that say something: all but English stop words.
    package let contentWords: [String]
    /// Whether the text holds punctuation, which Honcho takes to mean that exactly this text is wanted (honcho.md 9.3).
    package let hasPunctuation: Bool

    /// Takes a text apart.
    package init(_ text: String) {
        self.text = text
        words = Self.words(of: text)
        contentWords = words.filter { !englishStopWords.contains($0) }
        hasPunctuation = text.utf8.contains(where: Self.isPunctuation)
    }

    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var known: Set<[UInt8]> = []
        for run in text.unicodeScalars.split(whereSeparator: { !isPartOfWord($0) }) {
            let word = String(run).lowercased()
            guard known.insert(Array(word.utf8)).inserted else { continue }
            words.append(word)
            if words.count == mostWords { break }
        }
        return words
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
            true
        default:
            false
        }
    }

    /// The characters that honcho.md 9.3 lists, which are all of ASCII's punctuation.
    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}
