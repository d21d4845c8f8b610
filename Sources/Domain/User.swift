/// A person with an account on this server.
package struct User: Equatable, Sendable {
    package typealias ID = Identifier<User>

    /// `usr_` and an xid.
    package let id: ID
    /// The global number by which APIs with integer ids know the person.
    package let number: Int64
    /// Lower case; unique on the server.
    package let email: String
    package let name: String?
    package let createdAt: Instant

    package init(id: ID, number: Int64, email: String, name: String?, createdAt: Instant) {
        self.id = id
        self.number = number
        self.email = email
        self.name = name
        self.createdAt = createdAt
    }
}

/// An e-mail address in the form in which it is kept and compared: lower case, one `@`, no spaces, no control characters.
package struct EmailAddress: Hashable, Sendable {
    package static let maxLength = 254

    package let text: String

    /// - Throws: ``DomainError`` of kind ``DomainError/Kind/invalid`` for what can't be an address.
    package init(_ raw: String) throws(DomainError) {
        let text = raw.lowercased()
        // By bytes, for an `@` and what follows it may look like one character.
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && !(0x7f...0x9f).contains(scalar.value) && scalar != ","
                && !scalar.properties.isWhitespace
        }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, isPlain, text.utf8.count <= Self.maxLength else {
            throw .invalid("email", "not an e-mail address")
        }
        self.text = text
    }
}
