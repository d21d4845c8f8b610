/// How many of some words a text must hold to be found.
package enum WordRelation: Sendable {
    case all, any
}

/// Returns the FTS5 query for texts that hold these words, each as a phrase in quotes; nil for no words.
///
/// Everything within quotes is text to FTS5 but the quote itself, which is doubled, and U+0000, which would end the query.
package func fullTextQuery(for words: [String], _ relation: WordRelation) -> String? {
    guard !words.isEmpty else { return nil }
    return words.map { "\"\(replacing(["\"": "\"\"", "\0": ""], in: $0))\"" }
        .joined(separator: relation == .all ? " AND " : " OR ")
}

/// Returns the text for PostgreSQL's `to_tsquery` that finds texts with these words; nil for no words.
///
/// Within its quotes only the quote and the backslash mean something; both are doubled. U+0000 cannot be sent at all.
package func textSearchQuery(for words: [String], _ relation: WordRelation) -> String? {
    guard !words.isEmpty else { return nil }
    return words.map { "'\(replacing(["'": "''", "\\": #"\\"#, "\0": ""], in: $0))'" }
        .joined(separator: relation == .all ? " & " : " | ")
}

/// Returns the pattern for `LIKE … ESCAPE '\'` that finds the text anywhere, with `%`, `_` and `\` meaning themselves.
package func substringPattern(of text: String) -> String {
    "%\(replacing(["%": #"\%"#, "_": #"\_"#, "\\": #"\\"#], in: text))%"
}

private func replacing(_ replacements: [Unicode.Scalar: String], in text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if let replacement = replacements[scalar] {
            result += replacement.unicodeScalars
        } else {
            result.append(scalar)
        }
    }
    return String(result)
}
