public import Registry

extension JoinedDay {
    /// The days that joined a run after its training: its own and those of the runs that it extends, the
    /// last first.
    ///
    /// - Throws: `RegistryError`, and what can be wrong with stored settings.
    public static func all(ofRun run: String, in registry: SessionRegistry) throws -> [JoinedDay] {
        try all(registry.lineage(ofRun: run))
    }

    /// - Parameter lineage: a run, the one that it extends, and so on.
    static func all(_ lineage: some Sequence<RunRecord>) throws -> [JoinedDay] {
        var result: [JoinedDay] = []
        for run in lineage {
            guard var day = try StitchSettings(json: run.settingsJSON).joined else { break }
            let before = day.before
            day.before = nil
            // It may have another name by now.
            day.parent = run.parent ?? day.parent
            result.append(day)
            if let before {
                result += before
                break
            }
        }
        return result
    }

    /// The settings of a run once the one that it extends has left the registry: they say themselves which days had
    /// joined before.
    static func settled(_ run: RunRecord, lineage: [RunRecord]) throws -> String {
        var settings = try StitchSettings(json: run.settingsJSON)
        guard settings.joined != nil else { return run.settingsJSON }
        settings.joined?.before = try all(lineage.dropFirst())
        return try settings.json()
    }
}
