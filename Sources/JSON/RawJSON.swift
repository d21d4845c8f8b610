/// Validated compact JSON text that passes through store and wire untouched.
package struct RawJSON: Sendable {
    /// The text: valid JSON with no white space outside strings.
    package let text: String

    /// Takes text that this module wrote earlier, from our own store; a client's text goes through ``JSONValue``.
    package init(trusted text: String) {
        self.text = text
    }

    /// The text `{}`.
    package static let emptyObject = RawJSON(trusted: "{}")
    /// The text `[]`.
    package static let emptyArray = RawJSON(trusted: "[]")
    /// The text `null`.
    package static let null = RawJSON(trusted: "null")

    /// The value that the text spells; `null` if the store was tampered with and it spells none.
    ///
    /// Nesting is not limited again, since a client's value may stand inside one of ours.
    package var value: JSONValue {
        (try? JSONValue.parse(text, limits: .trusted)) ?? .null
    }

    /// Whether the text is `{}`.
    package var isEmptyObject: Bool { text.isExactly("{}") }
}

extension RawJSON: Hashable {
    /// Tells whether the texts are the same scalars; ``JSONValue/isSameValue(as:)`` compares by meaning.
    package static func == (one: RawJSON, other: RawJSON) -> Bool {
        one.text.isExactly(other.text)
    }

    /// Hashes the text's scalars, as `==` compares them.
    package func hash(into hasher: inout Hasher) {
        ExactText(text).hash(into: &hasher)
    }
}

extension RawJSON: CustomStringConvertible {
    /// The text itself.
    package var description: String { text }
}
