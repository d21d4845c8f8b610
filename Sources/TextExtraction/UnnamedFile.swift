internal import Foundation
internal import SystemPackage

/// A temporary file without a name, gone with its descriptor.
///
/// A process reads its input from here rather than from a pipe, whose end it could leave while we still write.
final class UnnamedFile: Sendable {
    /// Stands at the beginning of the file; closed when this is released.
    let descriptor: FileDescriptor

    /// Makes a file that holds the bytes.
    init(_ bytes: [UInt8]) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "atrium-\(UUID())").path
        descriptor = try FileDescriptor.open(
            FilePath(path),
            .readWrite,
            options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite
        )
        unlink(path)
        try descriptor.writeAll(bytes)
        try descriptor.seek(offset: 0, from: .start)
    }

    deinit {
        try? descriptor.close()
    }
}
