import Foundation
package import Storage
import StorageSQLite

extension Settings {
    /// Opens the store that the settings name, making the data directory where it is missing.
    ///
    /// - Throws: ``SettingsError`` or ``StorageError``, both with what to do.
    package func openStore() throws -> any Store {
        switch databaseURL {
        case nil: return try SQLiteStore(path: try defaultPath())
        case .some(let url) where url.hasPrefix("sqlite:"):
            return try SQLiteStore(path: String(url.dropFirst("sqlite:".count)))
        case .some(let url):
            let scheme = url.prefix { $0 != ":" }
            throw SettingsError("The database URL begins with '\(scheme):'; this release knows sqlite:PATH")
        }
    }

    /// Where the data is, for people.
    package var storeDescription: String {
        guard let databaseURL else { return dataDirectory + "/atrium.sqlite" }
        return databaseURL.hasPrefix("sqlite:") ? String(databaseURL.dropFirst("sqlite:".count)) : "database server"
    }

    private func defaultPath() throws -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: dataDirectory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw SettingsError("The data directory \(dataDirectory) can't be made: \(error.localizedDescription)")
        }
        return dataDirectory + "/atrium.sqlite"
    }
}
