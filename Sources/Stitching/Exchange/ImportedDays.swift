import Alignment
import LFADS
import Registry

/// The registered sessions that a model file is about, each beside its number in the file.
struct ImportedDays {
    /// By date and name, as every run has them.
    let records: [SessionRecord]
    let sessions: [PreparedSession]
    /// Number in the file of each of them.
    let positions: [Int]
    private(set) var warnings: [String] = []
    private let file: ModelFile
    private let path: String
    private let orders: [FileUnitOrder]
    private let holdOut: HoldOut

    /// - Parameter named: in the order of the file's read-outs, in place of the names that it has.
    /// - Throws: `ModelFileError.sessionsNotNamed`, `.otherSessionCount`, `.sessionDiffers`,
    ///   `RegistryError.unknownSessions` and what can be wrong with recordings.
    init(_ file: ModelFile, _ path: String, named: [String]?, in registry: SessionRegistry) throws {
        self.file = file
        self.path = path
        let own = file.sessions.compactMap(\.name)
        guard let names = named ?? (own.count == file.sessions.count ? own : nil) else {
            throw ModelFileError.sessionsNotNamed(path: path, count: file.sessions.count)
        }
        guard names.count == file.sessions.count, Set(names).count == names.count else {
            throw ModelFileError.otherSessionCount(
                path: path, count: file.sessions.count, given: Set(names).count)
        }
        let current = try registry.sessions(matching: .names(names))
        let positions = current.map { record in names.firstIndex(of: record.name) ?? 0 }
        // An older revision, if that is what the model was trained on.
        let records = try zip(current, positions).map { record, position in
            guard let hash = file.sessions[position].contentHash, hash != record.contentHash else {
                return record
            }
            return try registry.revisions(ofSession: record.name).first { $0.contentHash == hash }
                ?? record
        }
        self.records = records
        self.positions = positions
        for (record, position) in zip(records, positions) {
            try Self.requireFits(record, file, position, path)
        }
        let units = try records.map { try registry.units(of: $0) }
        var holdOut = file.settings.holdOut
        if holdOut.units == .none {
            holdOut.units = Self.heldOutUnits(records, units, positions.map { file.sessions[$0] })
        }
        self.holdOut = holdOut
        sessions = try registry.prepared(records, holdOut: holdOut)
        orders = try zip(sessions, positions).map { session, position in
            try Self.order(session, file.sessions[position], position, path)
        }
        for (record, position) in zip(records, positions) {
            if let hash = file.sessions[position].contentHash, hash != record.contentHash {
                warnings.append(
                    "session \(record.name): the registered recording is not the one that the model was "
                        + "trained on (content \(record.contentHash.prefix(12)), in the file "
                        + "\(hash.prefix(12)))")
            }
        }
    }

    /// What can be told before a recording is read.
    private static func requireFits(
        _ record: SessionRecord, _ file: ModelFile, _ position: Int, _ path: String
    ) throws {
        let session = file.sessions[position]
        func same(_ what: String, _ expected: String, _ found: String) throws {
            guard expected == found else {
                throw ModelFileError.sessionDiffers(
                    path: path, session: record.name, position: position, what: what, expected: expected,
                    found: found)
            }
        }
        try same("units", "\(session.unitCount)", "\(record.unitCount)")
        try same("bins per trial", "\(file.settings.model.binCount)", "\(record.binCount)")
        if let width = session.binMilliseconds {
            try same("milliseconds per bin", "\(width)", "\(record.binMilliseconds)")
        }
    }

    /// What has to be kept back so that the numbers of encoded units are those of a file that says no
    /// more: nothing, where the recordings have their own held-out units; otherwise the last units, which
    /// is where the PyTorch implementation has them.
    private static func heldOutUnits(
        _ records: [SessionRecord], _ units: [[UnitRecord]], _ sessions: [ModelFile.Session]
    ) -> HoldOut.Units {
        let names = zip(units, sessions).map { units, session -> [String] in
            if units.count(where: { !$0.isHeldOut }) == session.encodedUnitCount { return [] }
            return Array((session.unitNames ?? units.map(\.name)).dropFirst(session.encodedUnitCount))
        }
        let all = Set(names.joined())
        if all.isEmpty { return .none }
        // A name may be that of an encoded unit on another day: positions are, where days have no names.
        let isTheSameEverywhere = zip(units, names).allSatisfy { units, own in
            units.allSatisfy { !all.contains($0.name) || $0.isHeldOut || own.contains($0.name) }
        }
        if isTheSameEverywhere { return .named(all.sorted()) }
        let bySession = zip(records, names).filter { !$0.1.isEmpty }.map { ($0.0.name, $0.1) }
        return .namedBySession(Dictionary(uniqueKeysWithValues: bySession))
    }

    /// Units of the file in the registered recording: by name where the file has names.
    private static func order(
        _ session: PreparedSession, _ stored: ModelFile.Session, _ position: Int, _ path: String
    ) throws -> FileUnitOrder {
        func differs(_ what: String, _ expected: String, _ found: String) -> ModelFileError {
            .sessionDiffers(
                path: path, session: session.name, position: position, what: what, expected: expected,
                found: found)
        }
        guard session.encodedUnitCount == stored.encodedUnitCount else {
            throw differs(
                "encoded units", "\(stored.encodedUnitCount)", "\(session.encodedUnitCount)")
        }
        guard let names = stored.unitNames else { return FileUnitOrder(session) }
        let units = session.recording.units
        let places = Dictionary(uniqueKeysWithValues: units.enumerated().map { ($1.name, $0) })
        let found = try names.enumerated().map { index, name in
            guard let place = places[name] else { throw differs("unit", name, "no unit of that name") }
            let isEncoded = index < stored.encodedUnitCount
            guard units[place].heldOut != isEncoded else {
                throw differs(
                    "unit \(name)", isEncoded ? "encoded" : "held out",
                    isEncoded ? "held out" : "encoded")
            }
            return place
        }
        return FileUnitOrder(session, places: found)
    }

    /// Resolved settings of the run.
    ///
    /// - Throws: `ModelFileError.sessionDiffers`, `StitchingError.observationDoesNotFit`,
    ///   `.unsuitableValue`, `.doesNotFit`.
    func settings() throws -> StitchSettings {
        var settings = file.settings
        settings.holdOut = holdOut
        let dimensions = settings.model.encoderInputCount(file.sessions)
        settings.model.readIn = .affine(dimensions: dimensions)
        settings.alignment.components = dimensions
        settings.joined = nil
        settings.startFrom = nil
        for (session, position) in zip(sessions, positions) {
            let recording = session.recording
            let inputs = recording.externalInputNames.count
            guard inputs == settings.model.externalInputCount else {
                throw ModelFileError.sessionDiffers(
                    path: path, session: session.name, position: position, what: "external inputs",
                    expected: "\(settings.model.externalInputCount)", found: "\(inputs)")
            }
            if recording.signal == .continuous, settings.model.observation == .poisson {
                throw StitchingError.observationDoesNotFit(session: session.name)
            }
            try StitchSettings.requireSuitableValues(session, settings.model.observation)
        }
        return settings
    }

    /// Parameters for the run's table. A file without read-ins has a model whose encoder sees the counts
    /// themselves: the identity with no bias is the same model here.
    func parameters(_ table: ParameterTable) -> [Float] {
        var result = [Float](repeating: 0, count: table.count)
        for tensor in table.tensors {
            guard let index = tensor.session else {
                if let own = file.tensor(tensor.name) {
                    result.replaceSubrange(tensor.offset..<(tensor.offset + tensor.count), with: own)
                }
                continue
            }
            let own =
                file.tensor(ModelFile.name(of: tensor, session: positions[index])).map(Array.init)
                ?? Self.identity(tensor)
            for (value, source) in zip(own, orders[index].sources(of: tensor)) {
                result[tensor.offset + source] = value
            }
        }
        return result
    }

    private static func identity(_ tensor: ParameterTable.Tensor) -> [Float] {
        guard tensor.shape.count == 2 else { return [Float](repeating: 0, count: tensor.count) }
        let width = tensor.shape[1]
        return (0..<tensor.count).map { $0 / width == $0 % width ? 1 : 0 }
    }

    /// Those of the file if they are of the model's space, otherwise what its read-ins make of the days.
    func trajectories(_ model: StitchedModel, _ settings: StitchSettings) -> SharedTrajectories? {
        if let known = file.trajectories, known.components == settings.alignment.components,
            known.binCount == settings.model.binCount
        {
            return known
        }
        return SharedTrajectories(
            sessions.map { ($0, ReadInMap(model, $0)) },
            smoothingMilliseconds: settings.alignment.smoothingMilliseconds)
    }
}

extension ModelFile {
    /// `nil` for a name that the file's table doesn't have.
    func tensor(_ name: String) -> ArraySlice<Float>? {
        table.tensor(named: name).map { parameters[$0.offset..<($0.offset + $0.count)] }
    }
}
