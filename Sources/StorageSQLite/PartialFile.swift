import Foundation
import Glibc

/// A file that gets its name when it is whole; until then it stands beside that name with `.partial` behind it.
final class PartialFile {
    let path: String
    private let finalPath: String
    private let descriptor: CInt

    /// Makes the file, or empties what a run that was killed has left, for its owner only.
    ///
    /// - Throws: ``BackupError`` when it can't be written there, or somebody else is writing it.
    init(for finalPath: String) throws(BackupError) {
        self.finalPath = finalPath
        path = finalPath + ".partial"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BackupError(writing: path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw BackupError("Another command is writing \(path); wait for its end")
        }
        guard ftruncate(descriptor, 0) == 0, fchmod(descriptor, 0o600) == 0 else {
            throw BackupError(writing: path, errno)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Gives the file to whoever owns another one, or the directory where that would be.
    ///
    /// A superuser's command must not leave a file that the server can't open; nobody else can do so, nor needs to.
    func takeOwner(of other: String) {
        var status = stat()
        let directory = URL(filePath: other).deletingLastPathComponent().path
        guard stat(other, &status) == 0 || stat(directory, &status) == 0 else { return }
        _ = fchown(descriptor, status.st_uid, status.st_gid)
    }

    /// Makes what was written durable and gives the file its name, in the place of any file that bore it.
    func finish() throws(BackupError) {
        guard fsync(descriptor) == 0, rename(path, finalPath) == 0 else { throw BackupError(writing: finalPath, errno) }
        let directory = open(URL(filePath: finalPath).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    func remove() {
        for end in ["", "-journal", "-wal", "-shm"] { unlink(path + end) }
    }
}

/// Why there is no backup, or none could be put in place: one sentence with what to do.
package struct BackupError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    init(writing path: String, _ code: CInt) {
        description =
            switch code {
            case ENOSPC, EDQUOT: "The disk that holds \(path) is full; make room or name another place"
            case ENOENT: "\(path) can't be made: its directory does not exist"
            case EACCES, EPERM, EROFS: "\(path) can't be written by this user; name another place or change its rights"
            default: "\(path) can't be written: \(String(cString: strerror(code)))"
            }
    }
}
