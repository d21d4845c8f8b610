import Foundation
import Server

/// A new directory that nobody else uses.
func temporaryDirectory() throws -> String {
    let directory = FileManager.default.temporaryDirectory.appending(path: "atrium-tests/\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: directory,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
    )
    return directory.path
}

/// A configuration file with this text.
func configurationFile(_ text: String) throws -> String {
    let path = try temporaryDirectory() + "/atrium.json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
}

/// What loading these settings complains about; `nil` if nothing.
func complaint(environment: [String: String] = [:], file: String? = nil) throws -> String? {
    let path = try file.map(configurationFile)
    do {
        try Settings.load(environment: environment, configurationFile: path).validate()
        return nil
    } catch {
        return path.map { error.description.replacing($0, with: "FILE") } ?? error.description
    }
}
