import LFADS
public import Registry

/// The journey of a run's model to other programs.
public enum ExportJourney {
    /// What was written.
    public struct Outcome: Sendable {
        /// Name of the run.
        public let run: String
        /// Whose parameters they are, from 1; `nil` where none was trained here.
        public let epoch: Int?
        /// Path of the file.
        public let file: String
        /// In the file's order: `readin.0`, `readin.1`, …
        public let sessions: [String]
        /// How many parameters the file has.
        public let parameters: Int
    }

    /// Writes the best epoch's parameters of a run under the names of the PyTorch implementation.
    ///
    /// Units stand in the recordings' order, held-out ones after the others. A read-in that is exactly
    /// the identity is written as that implementation has it: without tensors.
    ///
    /// - Parameters:
    ///   - name: of the run.
    ///   - wanted: sessions of the run to write, in the run's order; all if empty.
    ///   - path: of the file, HDF5.
    ///   - registry: where the run is registered.
    /// - Throws: `RegistryError.unknownRun`, `StitchingError.sessionNotInRun`, `.noOutputFolder` and what
    ///   can be wrong with files.
    public static func export(
        run name: String, sessions wanted: [String], to path: String, in registry: SessionRegistry
    ) throws -> Outcome {
        let record = try registry.run(named: name)
        let run = try TrainedRun(name, in: registry)
        let known = run.header.sessions.map(\.name)
        for session in wanted where !known.contains(session) {
            throw StitchingError.sessionNotInRun(run: name, session: session, known: known)
        }
        try FactorFile.requireWritable([path])
        let stored = run.header.sessions.filter { wanted.isEmpty || wanted.contains($0.name) }
        let records = try registry.sessions(ofRun: name)
        let sessions = try registry.prepared(
            stored.compactMap { session in records.first { $0.name == session.name } },
            holdOut: run.settings.holdOut)
        let file = try ModelFile(
            run, stored, sessions, epoch: record.lastEpoch == nil ? nil : record.bestEpoch.map { $0 + 1 })
        try file.write(to: path)
        return Outcome(
            run: name, epoch: file.epoch, file: path, sessions: stored.map(\.name),
            parameters: file.table.tensors.reduce(0) { $0 + $1.count })
    }
}

extension ModelFile {
    /// - Parameters:
    ///   - stored: sessions as the run's checkpoint has them.
    ///   - prepared: the same sessions' recordings.
    init(
        _ run: TrainedRun, _ stored: [Checkpoint.Session], _ prepared: [PreparedSession], epoch: Int?
    ) throws {
        let source = ParameterTable(run.settings.model, sessions: stored.map(\.shape))
        let values = try run.parameters(for: source)
        let orders = prepared.map { FileUnitOrder($0) }
        settings = run.settings
        sessions = zip(stored, zip(prepared, orders)).map { stored, other in
            let (session, order) = other
            return Session(
                name: stored.name, revision: stored.revision, contentHash: stored.contentHash,
                binMilliseconds: session.recording.binMilliseconds,
                unitNames: order.places.map { session.recording.units[$0].name },
                unitPlaces: order.places, encodedUnitCount: stored.encodedUnitCount,
                unitCount: stored.unitNames.count)
        }
        var tensors: [String: [Float]] = [:]
        for tensor in source.tensors {
            let own = values[tensor.offset..<(tensor.offset + tensor.count)]
            if let index = tensor.session {
                tensors[Self.name(of: tensor, session: index)] = orders[index].sources(of: tensor).map {
                    own[own.startIndex + $0]
                }
            } else {
                tensors[tensor.name] = Array(own)
            }
        }
        if sessions.count == 1, Self.isIdentity(tensors, units: sessions[0].encodedUnitCount) {
            settings.model.readIn = .identity
        }
        table = Self.table(settings.model, sessions)
        parameters = [Float](repeating: 0, count: table.count)
        for tensor in table.tensors {
            parameters.replaceSubrange(
                tensor.offset..<(tensor.offset + tensor.count), with: tensors[tensor.name] ?? [])
        }
        Self.keepWhatIsKnown(&settings.holdOut, prepared)
        self.run = run.name
        self.epoch = epoch
        trajectories = try run.trajectories()
    }

    private static func isIdentity(_ tensors: [String: [Float]], units: Int) -> Bool {
        let map = TensorName.readIn("0")
        guard let weights = tensors[TensorName.weights(map)], let bias = tensors[TensorName.bias(map)],
            bias.count == units
        else { return false }
        return bias.allSatisfy { $0 == 0 }
            && weights.indices.allSatisfy { weights[$0] == ($0 / units == $0 % units ? 1 : 0) }
    }

    /// Names of units and labels that no exported session has would be refused on the way back.
    private static func keepWhatIsKnown(_ holdOut: inout HoldOut, _ sessions: [PreparedSession]) {
        holdOut = holdOut.restricted(toSessions: sessions.map(\.name))
        if case .named(let names) = holdOut.units {
            let known = Set(sessions.flatMap { $0.recording.units.map(\.name) })
            let kept = names.filter(known.contains)
            holdOut.units = kept.isEmpty ? .none : .named(kept)
        }
        let labels = Set(sessions.flatMap { $0.recording.trials.compactMap(\.condition) })
        holdOut.conditions = holdOut.conditions.filter(labels.contains)
    }
}
