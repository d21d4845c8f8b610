package import Configuration
import Domain
import Logging
import SystemPackage

extension Settings {
    /// Reads the settings: flags before the environment before the file that `ATRIUM_CONFIG` names.
    ///
    /// - Parameters:
    ///   - flags: what was given at the command line, by setting name.
    ///   - environment: the process environment; Honcho's names count where they mean the same.
    /// - Throws: ``SettingsError`` for a value of the wrong kind or a file that can't be read.
    package static func load(
        flags: [String: ConfigContent] = [:],
        environment: [String: String],
        configurationFile: String? = nil
    ) async throws -> Settings {
        // An empty variable is one that is not set.
        let environment = environment.filter { !$0.value.isEmpty }
        let variables = EnvironmentVariablesProvider(environmentVariables: environment)
        let flagValues = flags.map { (AbsoluteConfigKey([$0.key]), ConfigValue($0.value, isSecret: false)) }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: Dictionary(uniqueKeysWithValues: flagValues)),
            variables.prefixKeys(with: "atrium"),
        ]
        if let path = configurationFile ?? environment["ATRIUM_CONFIG"] {
            do {
                providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
            } catch {
                throw SettingsError("The configuration file \(path) can't be read: \(error)")
            }
        }
        return try Settings(SettingsReader(ConfigReader(providers: providers), honcho: environment))
    }

    private init(_ reader: SettingsReader) throws(SettingsError) {
        self.init()
        host = reader.string("host") ?? host
        port = try reader.integer("port") ?? port
        dataDirectory = reader.string("data") ?? dataDirectory
        databaseURL = reader.string("database_url") ?? reader.honcho["DB_CONNECTION_URI"]
        let usesHonchoName = try reader.honchoBool("AUTH_USE_AUTH") ?? false
        isAuthenticationOn = try reader.bool("auth") ?? usesHonchoName
        allowsInsecure = try reader.bool("insecure_no_auth") ?? false
        tokenSecret = reader.string("jwt_secret") ?? reader.honcho["AUTH_JWT_SECRET"]
        retentionInDays = try reader.integer("retention_days") ?? retentionInDays
        plans = try reader.plans()
        if let name = reader.string("log_level") ?? reader.honcho["LOG_LEVEL"] {
            guard let level = Logger.Level(rawValue: name.lowercased()) else {
                throw SettingsError("log_level must be trace, debug, info, notice, warning, error or critical")
            }
            logLevel = level
        }
    }
}

/// Reads typed values, and says which one is of the wrong kind instead of passing over it.
private struct SettingsReader {
    private let reader: ConfigReader
    let honcho: [String: String]

    init(_ reader: ConfigReader, honcho: [String: String]) {
        self.reader = reader
        self.honcho = honcho
    }

    func string(_ name: String) -> String? { reader.string(forKey: ConfigKey([name])) }

    func integer(_ name: String) throws(SettingsError) -> Int? { try integer([name]) }

    func integer(_ path: [String]) throws(SettingsError) -> Int? {
        if let value = reader.int(forKey: ConfigKey(path)) { return value }
        guard let text = reader.string(forKey: ConfigKey(path)) else { return nil }
        throw SettingsError("\(path.joined(separator: ".")) must be a whole number, not '\(text)'")
    }

    func bool(_ name: String) throws(SettingsError) -> Bool? {
        if let value = reader.bool(forKey: ConfigKey([name])) { return value }
        guard let text = reader.string(forKey: ConfigKey([name])) else { return nil }
        return try Self.bool(text, name)
    }

    func honchoBool(_ name: String) throws(SettingsError) -> Bool? {
        guard let text = honcho[name] else { return nil }
        return try Self.bool(text, name)
    }

    func plans() throws(SettingsError) -> Plans {
        let names = reader.stringArray(forKey: "plan_names", default: [])
        var plans: [Plan] = []
        for name in names { plans.append(try plan(name)) }
        let integrations = reader.stringArray(forKey: "default_integrations", default: [])
        guard let chosen = string("default_plan") else {
            return Plans(all: plans, defaultPlan: plans.first ?? .standard, defaultIntegrations: integrations)
        }
        guard let plan = plans.first(where: { $0.name == chosen }) else {
            throw SettingsError("default_plan is '\(chosen)', but plan_names has no such plan")
        }
        return Plans(all: plans, defaultPlan: plan, defaultIntegrations: integrations)
    }

    private func plan(_ name: String) throws(SettingsError) -> Plan {
        let standard = Plan.standard
        func limit(_ field: String) throws(SettingsError) -> Int? {
            let value = try integer(["plans", name, field])
            if let value, value < 0 { throw SettingsError("plans.\(name).\(field) must be 0 or more") }
            return value
        }
        return Plan(
            name: name,
            maxDocumentBytes: try limit("max_doc_size").map(Int64.init) ?? standard.maxDocumentBytes,
            maxAgentBytes: try limit("max_agent_size").map(Int64.init) ?? standard.maxAgentBytes,
            maxAgents: try limit("agents").map(Int64.init),
            maxMembers: try limit("members").map(Int64.init),
            trialDays: try limit("trial_days")
        )
    }

    private static func bool(_ text: String, _ name: String) throws(SettingsError) -> Bool {
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off", "": return false
        default: throw SettingsError("\(name) must be true or false, not '\(text)'")
        }
    }
}
