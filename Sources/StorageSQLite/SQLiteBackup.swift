import Foundation
import GRDB
import Storage

/// A copy of a database as it is at one moment, made while others read and write.
package struct SQLiteBackup: Sendable {
    /// What was written.
    package let bytes: Int64
    package let schemaVersion: Int

    /// Makes the copy, looks whether it is sound, and only then gives it its name.
    ///
    /// - Parameters:
    ///   - path: where it goes; readable for its owner only.
    ///   - overwriting: whether a file there is replaced.
    ///   - report: told how many bytes of how many are copied.
    /// - Throws: ``BackupError``; what was at `path` is there still.
    package init(
        of database: String,
        to path: String,
        overwriting: Bool = false,
        report: @escaping (Int64, Int64) -> Void = { _, _ in }
    ) throws {
        guard FileManager.default.fileExists(atPath: database) else {
            throw BackupError("There is no database at \(database); name its directory with --data")
        }
        guard !SQLiteFile.isPart(path, of: database) else {
            throw BackupError("\(path) is the database itself; name another file")
        }
        var isDirectory = ObjCBool(false)
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            guard !isDirectory.boolValue else { throw BackupError("\(path) is a directory; name a file") }
            guard overwriting else { throw BackupError("\(path) is there already; --force replaces it") }
        }
        let partial = try PartialFile(for: path)
        do {
            try SQLiteFile.copy(database, to: partial.path, report)
            schemaVersion = try SQLiteFile.soundVersion(of: partial.path, called: "The copy of \(database)")
            bytes = SQLiteFile.size(of: partial.path)
            try partial.finish()
        } catch {
            partial.remove()
            throw error
        }
    }
}
