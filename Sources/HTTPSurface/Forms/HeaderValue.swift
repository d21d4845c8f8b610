/// A header's value with its parameters: `form-data; name="file"; filename="a \"b\".txt"`.
struct HeaderValue: Equatable {
    let value: String
    /// By their names in lower case; of a repeated one the first counts.
    let parameters: [String: String]

    init(_ text: String) {
        var rest = Substring(text)
        value = Self.trimmed(Self.take(&rest) { $0 != ";" })
        var parameters: [String: String] = [:]
        while rest.popFirst() == ";" {
            let name = Self.trimmed(Self.take(&rest) { $0 != "=" && $0 != ";" }).lowercased()
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            let content = Self.parameter(&rest)
            if parameters[name] == nil { parameters[name] = content }
        }
        self.parameters = parameters
    }

    /// Reads a token or a quoted text, and goes on to the next semicolon.
    private static func parameter(_ rest: inout Substring) -> String {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard rest.first == "\"" else { return trimmed(take(&rest) { $0 != ";" }) }
        rest.removeFirst()
        var content = ""
        while let character = rest.popFirst(), character != "\"" {
            // Old browsers send backslashes of paths as they are; only what must be escaped is taken for an escape.
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                content.append(next)
                rest.removeFirst()
            } else {
                content.append(character)
            }
        }
        _ = take(&rest) { $0 != ";" }
        return content
    }

    private static func take(_ rest: inout Substring, while isPart: (Character) -> Bool) -> Substring {
        let part = rest.prefix(while: isPart)
        rest = rest[part.endIndex...]
        return part
    }

    static func trimmed(_ text: Substring) -> String {
        var trimmed = text.drop { $0 == " " || $0 == "\t" }
        while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
        return String(trimmed)
    }
}
