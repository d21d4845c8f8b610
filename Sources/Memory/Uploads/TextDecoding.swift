/// Reads the bytes of an uploaded text: as UTF-8, else as UTF-16, else as Latin-1 (honcho.md 6.3).
///
/// It is never refused, since every byte is a character of Latin-1. UTF-16 may begin with a byte order mark, which is not
/// part of the text, and is little-endian otherwise; a mark at the beginning of UTF-8 stays.
package func decodedText(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self) ?? decodedUTF16(bytes) ?? decodedLatin1(bytes)
}

private func decodedUTF16(_ bytes: [UInt8]) -> String? {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    let isBigEndian = bytes.starts(with: [0xFE, 0xFF])
    let isMarked = isBigEndian || bytes.starts(with: [0xFF, 0xFE])
    let units = stride(from: isMarked ? 2 : 0, to: bytes.count, by: 2).map { index in
        let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
        return isBigEndian ? first << 8 | second : second << 8 | first
    }
    return String(validating: units, as: UTF16.self)
}

private func decodedLatin1(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(byte)) }
    return String(text)
}
