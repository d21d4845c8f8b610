package import Configuration
import Domain
import Logging

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
    ) throws(SettingsError) -> Settings {
        // An empty variable is one that is not set.
        let environment = environment.filter { !$0.value.isEmpty }
        let flagValues = flags.map { (AbsoluteConfigKey([$0.key]), ConfigValue($0.value, isSecret: false)) }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: Dictionary(uniqueKeysWithValues: flagValues)),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "atrium"),
            InMemoryProvider(name: "honcho", values: try honchoValues(environment)),
        ]
        if let path = configurationFile ?? environment["ATRIUM_CONFIG"] {
            providers.append(InMemoryProvider(name: path, values: try ConfigurationFile(path: path).values))
        }
        return try Settings(SettingsReader(ConfigReader(providers: providers)))
    }

    /// What Honcho's own names say, where they mean the same as ours.
    private static func honchoValues(
        _ environment: [String: String]
    ) throws(SettingsError) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        if let text = environment["AUTH_USE_AUTH"] {
            values[["auth"]] = ConfigValue(.bool(try SettingsReader.bool(text, "AUTH_USE_AUTH")), isSecret: false)
        }
        if let text = environment["DERIVER_WORKERS"] {
            guard let count = Int(text) else {
                throw SettingsError("DERIVER_WORKERS must be a whole number, not '\(text)'")
            }
            values[["workers"]] = ConfigValue(.int(count), isSecret: false)
        }
        let texts = ["DB_CONNECTION_URI": "database_url", "AUTH_JWT_SECRET": "jwt_secret", "LOG_LEVEL": "log_level"]
        for (name, ours) in texts {
            guard let text = environment[name] else { continue }
            values[AbsoluteConfigKey([ours])] = ConfigValue(.string(text), isSecret: ours == "jwt_secret")
        }
        return values
    }

    private init(_ reader: SettingsReader) throws(SettingsError) {
        self.init()
        host = try reader.string("host") ?? host
        port = try reader.integer("port") ?? port
        dataDirectory = try reader.string("data") ?? dataDirectory
        databaseURL = try reader.string("database_url")
        databaseReaders = try reader.integer("database_readers") ?? databaseReaders
        databaseWriters = try reader.integer("database_writers") ?? databaseWriters
        isAuthenticationOn = try reader.bool("auth") ?? false
        allowsInsecure = try reader.bool("insecure_no_auth") ?? false
        tokenSecret = try reader.string("jwt_secret")
        retentionInDays = try reader.integer("retention_days") ?? retentionInDays
        workers = try reader.integer("workers") ?? workers
        plans = try reader.plans()
        if let name = try reader.string("log_level") {
            guard let level = Logger.Level(rawValue: name.lowercased()) else {
                let names = "trace, debug, info, notice, warning, error or critical"
                throw SettingsError("log_level must be \(names), not '\(name)'")
            }
            logLevel = level
        }
    }
}

/// Reads typed values, and says which one is of the wrong kind instead of passing over it.
private struct SettingsReader {
    private let reader: ConfigReader

    init(_ reader: ConfigReader) {
        self.reader = reader
    }

    func string(_ name: String) throws(SettingsError) -> String? {
        let text = reader.string(forKey: ConfigKey([name]))
        guard text != "" else { throw SettingsError("\(name) must not be empty") }
        return text
    }

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

    func plans() throws(SettingsError) -> Plans {
        let names = reader.stringArray(forKey: "plan_names", default: [])
        var plans: [Plan] = []
        for name in names { plans.append(try plan(name)) }
        let integrations = reader.stringArray(forKey: "default_integrations", default: [])
        guard let chosen = try string("default_plan") else {
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

    static func bool(_ text: String, _ name: String) throws(SettingsError) -> Bool {
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw SettingsError("\(name) must be true or false, not '\(text)'")
        }
    }
}
