package import Domain
package import JSON

/// One SQL statement: its text and the values bound to it.
///
/// Interpolated values are always bound, never pasted in:
/// ```swift
/// let sql: SQL = "SELECT id FROM workspaces WHERE slug = \(slug)"
/// // text: SELECT id FROM workspaces WHERE slug = $1
/// ```
/// `$1` is PostgreSQL's placeholder and for SQLite a parameter *name*, numbered by first appearance; because placeholders
/// are numbered strictly in the order of the text, both engines bind by the same position.
package struct SQL: Sendable, Equatable, ExpressibleByStringInterpolation {
    package private(set) var text: String
    package private(set) var values: [SQLValue]

    package init(stringLiteral text: String) {
        self.text = text
        self.values = []
    }

    package init(stringInterpolation interpolation: StringInterpolation) {
        self.text = interpolation.text
        self.values = interpolation.values
    }

    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var text = ""
        fileprivate var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            values.append(value?.sqlValue ?? .null)
            text += "$\(values.count)"
        }

        /// Binds each element, as in `IN (\(each: slugs))`.
        ///
        /// An empty list becomes `NULL`, which matches nothing.
        package mutating func appendInterpolation(each elements: some Collection<some SQLBindable>) {
            guard !elements.isEmpty else {
                text += "NULL"
                return
            }
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                appendInterpolation(element)
            }
        }

        /// Splices another statement, its placeholders numbered on from here.
        package mutating func appendInterpolation(_ sql: SQL) {
            guard !sql.values.isEmpty else {
                text += sql.text
                return
            }
            var next = sql.values.makeIterator()
            var isPlaceholder = false
            for character in sql.text {
                if isPlaceholder, character.isNumber { continue }
                isPlaceholder = character == "$"
                if isPlaceholder, let value = next.next() {
                    values.append(value)
                    text += "$\(values.count)"
                } else {
                    text.append(character)
                }
            }
        }

        /// Splices the words in which the two engines differ.
        package mutating func appendInterpolation(_ fragment: Fragment) {
            text += fragment.text
        }
    }
}

extension SQL {
    /// Joins conditions with a word such as `AND`, each in parentheses.
    static func joined(_ parts: [SQL], by word: SQL) -> SQL {
        guard let first = parts.first else { return "" }
        return parts.dropFirst().reduce("(\(first))") { "\($0) \(word) (\($1))" }
    }
}

/// A value as the databases know it.
package enum SQLValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

/// What can stand in an interpolation.
package protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension String: SQLBindable {
    package var sqlValue: SQLValue { .text(self) }
}
extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .integer(self) }
}
extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}
extension Identifier: SQLBindable {
    package var sqlValue: SQLValue { .text(rawValue) }
}
extension Instant: SQLBindable {
    package var sqlValue: SQLValue { .integer(microsecondsSinceEpoch) }
}
extension RawJSON: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}
extension Role: SQLBindable {
    package var sqlValue: SQLValue { .text(name) }
}
extension OrganizationRole: SQLBindable {
    package var sqlValue: SQLValue { .text(name) }
}
