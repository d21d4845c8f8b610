import Foundation
import Server
import Storage
import TestKit
import Testing
import TextExtraction

@Suite struct DiagnosisTests {
    private func settings() throws -> Settings {
        var settings = Settings()
        settings.port = 0
        settings.dataDirectory = try temporaryDirectory()
        return settings
    }

    private func outcomes(_ settings: Settings) async -> [String: Finding.Outcome] {
        let findings = await Diagnosis(settings).findings()
        return Dictionary(findings.map { ($0.check, $0.outcome) }) { first, _ in first }
    }

    @Test func nothingIsWrongBeforeTheFirstStartAndNothingIsMade() async throws {
        var settings = try settings()
        settings.dataDirectory += "/later"
        let findings = await Diagnosis(settings).findings()
        #expect(findings.allSatisfy { $0.outcome == .ok }, "\(findings)")
        #expect(!FileManager.default.fileExists(atPath: settings.dataDirectory))
    }

    @Test func nothingIsWrongAfterIt() async throws {
        let settings = try settings()
        let store = try settings.openStore()
        try await store.migrate()
        let findings = await Diagnosis(settings).findings()
        #expect(findings.allSatisfy { $0.outcome == .ok }, "\(findings)")
        #expect(
            findings.map(\.check) == [
                "settings", "data directory", "schema", "integrity", "search", "disk space", "port", "clock",
                "uploads",
            ]
        )
        await store.close()
    }

    @Test func aMissingPDFReaderIsPointedAt() async throws {
        let findings = await Diagnosis(try settings(), pdf: PDFReader(command: "no-such-program")).findings()
        let finding = try #require(findings.first { $0.check == "uploads" })
        #expect(finding.outcome == .warning)
        #expect(finding.detail.contains("poppler-utils"))
    }

    @Test(.enabled(if: Backend.available.contains(.postgres)))
    func aMissingIndexOfPartsIsPointedAtUntilItIsMadeAsTheDocumentsSay() async throws {
        let store = try await PostgresServer.makeStoreWithoutPartIndex()
        let diagnosis = Diagnosis(try settings())
        for statement in try documentedStatements(beginningWith: "CREATE INDEX CONCURRENTLY messages_parts_idx") {
            #expect(await diagnosis.findings(in: store).map(\.outcome) == [.ok, .ok, .warning])
            // Tests have a transaction around every statement.
            let statement = statement.replacing("CONCURRENTLY ", with: "")
            try await store.alter { try $0.run(SQL(stringLiteral: statement)) }
        }
        #expect(await diagnosis.findings(in: store).map(\.outcome) == [.ok, .ok, .ok])
    }

    /// The statements of a block of SQL in `docs/deployment.md`.
    private func documentedStatements(beginningWith start: String) throws -> [String] {
        let file = URL(filePath: #filePath).appending(path: "../../../docs/deployment.md").standardizedFileURL
        let blocks = try String(contentsOf: file, encoding: .utf8).split(separator: "```")
        let block = try #require(blocks.first { $0.hasPrefix("sql\n" + start) })
        return block.dropFirst("sql\n".count).split(separator: ";\n").map(String.init)
    }

    @Test func anEmptyDatabaseWaitsForItsSchema() async throws {
        let settings = try settings()
        await (try settings.openStore()).close()
        #expect(await outcomes(settings)["schema"] == .warning)
    }

    @Test func aNewerDatabaseIsRefused() async throws {
        let settings = try settings()
        let store = try settings.openStore()
        try await store.migrate()
        let newer = Int64(currentSchemaVersion + 1)
        try await store.write { try $0.run("INSERT INTO schema_version (version) VALUES (\(newer))") }
        #expect(await outcomes(settings)["schema"] == .failed)
        await store.close()
    }

    @Test func anUnfinishedCopyIsNoDatabaseToServe() async throws {
        let settings = try settings()
        let store = try settings.openStore()
        try await store.migrate()
        try await store.write { try $0.begin(UnfinishedCopy(of: "it", schemaVersion: currentSchemaVersion)) }
        #expect(await outcomes(settings)["schema"] == .failed)
        await store.close()
    }

    @Test func aDamagedDatabaseIsFound() async throws {
        let settings = try settings()
        try "no database".write(toFile: settings.sqlitePath(), atomically: true, encoding: .utf8)
        #expect(await outcomes(settings)["database"] == .failed)
    }

    @Test func anOpenDirectoryIsPointedAt() async throws {
        let settings = try settings()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: settings.dataDirectory)
        #expect(await outcomes(settings)["data directory"] == .warning)
    }

    @Test func aFileInPlaceOfTheDirectoryIsFound() async throws {
        var settings = try settings()
        settings.dataDirectory += "/file"
        try "".write(toFile: settings.dataDirectory, atomically: true, encoding: .utf8)
        #expect(await outcomes(settings)["data directory"] == .failed)
    }

    @Test func aClockBehindTheDatabaseIsFound() async throws {
        let settings = try settings()
        await (try settings.openStore()).close()
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: 86_400)],
            ofItemAtPath: settings.sqlitePath()
        )
        #expect(await outcomes(settings)["clock"] == .failed)
    }

    @Test func unsafeSettingsAreFound() async throws {
        var settings = try settings()
        settings.host = "0.0.0.0"
        #expect(await outcomes(settings)["settings"] == .failed)
        settings.allowsInsecure = true
        #expect(await outcomes(settings)["settings"] == .warning)
        settings.isAuthenticationOn = true
        #expect(await outcomes(settings)["settings"] == .ok)
        settings.tokenSecret = "short"
        #expect(await outcomes(settings)["settings"] == .warning)
    }

    @Test(arguments: ["192.0.2.1", "no.such.host.invalid"]) func aForeignAddressIsFound(host: String) async throws {
        var settings = try settings()
        settings.host = host
        #expect(await outcomes(settings)["port"] == .failed)
    }
}
