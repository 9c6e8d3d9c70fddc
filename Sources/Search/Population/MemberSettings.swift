import Stitching

/// From the values that are searched to a member's settings.
struct MemberSettings {
    private let training: TrainingInParts
    private let manifest: StitchManifest
    private let settings: StitchSettings
    private let file: PopulationFile

    /// - Parameter settings: those of the manifest, resolved.
    init(
        _ training: TrainingInParts, _ manifest: StitchManifest, _ settings: StitchSettings,
        _ file: PopulationFile
    ) {
        self.training = training
        self.settings = settings
        self.file = file
        // What was found in the recordings once is the same for every member.
        var manifest = manifest
        _ = manifest.set("model.fac_dim", to: .whole(settings.model.factorCount))
        self.manifest = manifest
    }

    /// Of a member that begins.
    ///
    /// - Throws: `SearchError.unsuitableValue`, `LFADSError.invalidConfiguration`
    func ofBeginning(_ member: SearchMember) throws -> StitchSettings {
        // The first member is the manifest, whatever the version that resumes takes from the recordings.
        guard member.number > 1 else { return settings }
        var manifest = manifest
        for (name, value) in member.values.sorted(by: { $0.key < $1.key }) {
            if let expected = manifest.set(name, to: value) {
                throw SearchError.unsuitableValue(name: name, value: "\(value)", expected: expected)
            }
        }
        _ = manifest.set("seed", to: .whole(Int(member.seed)))
        return try StitchSettings(manifest, training.sessions)
    }

    /// Of a member in a generation: those with which its training was begun, by itself or its parent, with the values
    /// that it has now.
    ///
    /// - Throws: `SearchError.unsuitableValue` and what can be wrong with files.
    func of(_ member: SearchMember, generation: Int) throws -> StitchSettings {
        guard let parent = member.parent else { return try ofBeginning(member) }
        var settings = try training.settings(at: file.member(parent, generation: generation - 1))
        for (name, value) in member.values where SettingName.canChange(name) {
            if let expected = settings.change(name, to: value) {
                throw SearchError.unsuitableValue(name: name, value: "\(value)", expected: expected)
            }
        }
        _ = settings.change("seed", to: .whole(Int(member.seed)))
        return settings
    }
}
