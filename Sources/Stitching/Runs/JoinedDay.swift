public import Registry

/// How a day joined a trained run: stored with the run that came of it.
public struct JoinedDay: Sendable, Equatable, Codable {
    /// The run that it joined.
    public var parent: String
    public var session: String
    /// Whether the day was aligned by its condition labels.
    public var usedLabels: Bool
    /// Training trials that it was fitted on.
    public var trainingTrials: Int
    /// Epochs for which its maps were trained with everything else frozen.
    public var epochs: Int

    enum CodingKeys: String, CodingKey {
        case parent, session, epochs
        case usedLabels = "used_labels"
        case trainingTrials = "training_trials"
    }
}

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
