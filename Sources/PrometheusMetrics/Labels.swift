/// A series' labels as the exposition shows them, `a="1",b="2"`: sanitised, escaped, ordered by name.
///
/// The text is unambiguous, so that it serves as the key of the series as well.
package struct Labels: Hashable, Comparable {
    private let text: String

    /// The labels of the series that counts what is beyond the limit of a metric.
    static let overflow = Labels([("overflow", "true")])

    /// Creates labels from swift-metrics' dimensions.
    ///
    /// Names that become the same by sanitising share one label, their values joined by `;` in the order of the names
    /// as given, as OpenTelemetry has it.
    ///
    /// - Parameters:
    ///   - dimensions: Names and values, in any order.
    ///   - reserved: A name that the exposition needs for itself; a dimension of that name gets the prefix `exported_`.
    package init(_ dimensions: [(String, String)], reserving reserved: String? = nil) {
        let named = dimensions.sorted { $0 < $1 }.map { name, value in
            let name = labelName(name)
            return (name == reserved ? "exported_\(name)" : name, value)
        }
        text = Dictionary(grouping: named, by: \.0)
            .sorted { $0.key < $1.key }
            .map { name, same in "\(name)=\"\(escapedLabelValue(same.map(\.1).joined(separator: ";")))\"" }
            .joined(separator: ",")
    }

    /// The labels in braces, or nothing where there are none.
    package var braced: String { text.isEmpty ? "" : "{\(text)}" }

    /// Returns the labels in braces with one more, whose value needs no escaping.
    func braced(with name: String, _ value: String) -> String {
        "{\(text)\(text.isEmpty ? "" : ",")\(name)=\"\(value)\"}"
    }

    package static func < (left: Labels, right: Labels) -> Bool { left.text < right.text }
}
