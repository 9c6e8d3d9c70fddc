public import Registry

extension JoinedDay {
    /// The days that joined a run after its training: its own and those of the runs that it extends, the
    /// last first.
    ///
    /// - Throws: `RegistryError`, and what can be wrong with stored settings.
    public static func all(ofRun run: String, in registry: SessionRegistry) throws -> [JoinedDay] {
        var result: [JoinedDay] = []
        var step = try StitchSettings(json: registry.run(named: run).settingsJSON).joined
        while let day = step {
            result.append(day)
            step = try StitchSettings(json: registry.run(named: day.parent).settingsJSON).joined
        }
        return result
    }
}
