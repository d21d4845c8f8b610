/// The kinds of file that text is taken from.
package enum UploadType: Sendable {
    case pdf, text, json

    /// Finds the kind by the declared content type, which alone decides (honcho.md 6.3); nil for what is not taken.
    ///
    /// Case and parameters, such as `; charset=utf-8`, make no difference.
    package init?(contentType: String) {
        let essence = contentType.prefix { $0 != ";" }.lowercased()
        switch String(essence.reversed().drop(while: \.isWhitespace).reversed()) {
        case "application/pdf": self = .pdf
        case "application/json": self = .json
        case let other where other.hasPrefix("text/"): self = .text
        default: return nil
        }
    }
}
