import CLibPQ
import Storage

/// A statement's values in the form in which libpq sends them, kept and used again from statement to statement.
///
/// All go in binary, which for a text is its UTF-8: nothing is quoted, and a text with U+0000 isn't cut off there.
struct ParameterBuffer {
    private var bytes: [UInt8] = []
    /// Where each value begins, or -1 for null.
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// Lends the values to `body`, as parallel arrays of pointers, lengths and formats, and their number.
    mutating func withValues<Value>(
        _ values: [SQLValue],
        _ body: (
            UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>, UnsafePointer<Int32>, Int32
        ) -> Value
    ) -> Value {
        removeAll()
        for value in values { append(value) }
        return bytes.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            // A text of no bytes at the very end still needs an address, or it would be taken for null.
            for offset in offsets { pointers.append(offset < 0 ? nil : base.map { $0 + offset }) }
            return body(pointers, lengths, formats, Int32(offsets.count))
        }
    }

    private mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        pointers.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ value: SQLValue) {
        let start = bytes.count
        switch value {
        case .null: break
        case .integer(let integer): append(bigEndian: UInt64(bitPattern: integer))
        case .real(let real): append(bigEndian: real.bitPattern)
        case .text(let text): append(text)
        }
        offsets.append(value.isNull ? -1 : start)
        lengths.append(Int32(bytes.count - start))
        formats.append(1)
        // See `withValues`: no value ends at the end of the memory.
        bytes.append(0)
    }

    private mutating func append(bigEndian bits: UInt64) {
        withUnsafeBytes(of: bits.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            guard utf8.contains(0) else { return bytes.append(contentsOf: utf8) }
            // PostgreSQL's texts hold no U+0000, and no API of ours takes one to store: here it can only be looked for,
            // and must not be found.
            for byte in utf8 { if byte == 0 { bytes.append(contentsOf: "\u{FFFD}".utf8) } else { bytes.append(byte) } }
        }
    }
}

extension SQLValue {
    fileprivate var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

extension SQLType {
    /// PostgreSQL's number for the type, so that it never has to guess what a placeholder is.
    var oid: Oid {
        switch self {
        case .integer: 20
        case .real: 701
        case .text: 25
        }
    }
}
