public import Alignment
import LFADS
public import Registry

/// The alignment of a run's days once more, for what comes after training: pictures, and days seen
/// through fewer units. It is computed from the recordings and the run's settings alone.
public struct RunAlignment {
    public let sessions: [PreparedSession]
    /// `nil` where the read-ins lead into the space of a model that was there before; the trajectories
    /// that the run keeps stand for it then.
    public let days: AlignedDays?
    /// What days of the run are aligned to; `nil` where no session has labels.
    public let trajectories: SharedTrajectories?
    private let settings: StitchSettings
    /// Conditions in the order in which the aligned days have them; days that joined come after.
    private let list: ConditionList

    /// Days that joined the run after its training take no part in what is shared.
    ///
    /// - Throws: errors of the rooms below.
    public init(run: String, in registry: SessionRegistry) throws {
        settings = try StitchSettings(json: registry.run(named: run).settingsJSON)
        sessions = try StitchJourney.prepare(
            registry.sessions(ofRun: run), holdOut: settings.holdOut, in: registry)
        guard !settings.hasSpaceFromElsewhere else {
            days = nil
            trajectories = try Checkpoint.readTrajectories(
                RunFolder(registry.workspace, run: run).checkpoint)
            list = ConditionList(sessions.map(\.alignable))
            return
        }
        let joined = Set(try JoinedDay.all(ofRun: run, in: registry).map(\.session))
        let trained = sessions.filter { !joined.contains($0.name) }
        let days = try StitchJourney.align(trained, settings)
        self.days = days
        trajectories = days.trajectories
        list = ConditionList(
            (trained + sessions.filter { joined.contains($0.name) }).map(\.alignable))
    }

    public var components: Int { days?.components ?? trajectories?.components ?? 0 }
    public var binCount: Int { trajectories?.binCount ?? 0 }

    /// Shared trajectories by condition, `[bins, components]`; empty where no session has labels, and where
    /// the days were not aligned here.
    public var shared: [(condition: String, values: [Double])] {
        guard days != nil, let trajectories else { return [] }
        return trajectories.conditions.compactMap { condition in
            trajectories.trajectory(of: condition).map { (condition, $0.values) }
        }
    }

    /// What a session's aligned read-in makes of its own condition averages, beside the shared
    /// trajectories; the conditions that both have.
    public func reconstruction(of session: PreparedSession) -> [(condition: String, values: [Double])] {
        guard let days, let trajectories, let averages = averages(session) else { return [] }
        let aligned = days.days.first { $0.session == session.name }
        guard let map = aligned.map({ ($0.readInWeights, $0.readInBias) }) ?? (try? readIn(session))
        else { return [] }
        let images = ReadInMap(weights: map.0, bias: map.1, encodedUnits: session.encodedUnitCount)
            .applied(to: averages.smoothed)
        let size = averages.binCount * images.columns
        return averages.conditions.enumerated().compactMap { index, condition in
            trajectories.conditions.contains(condition)
                ? (condition, Array(images.values[(index * size)..<((index + 1) * size)])) : nil
        }
    }

    /// Read-in of a session that is seen through its encoded units alone, onto the shared trajectories.
    ///
    /// - Throws: `AlignmentError.nothingInCommon` without labels in common with the run.
    func readIn(_ session: PreparedSession) throws -> (weights: [Float], bias: [Float]) {
        let alignable = session.alignable
        guard let trajectories else {
            throw AlignmentError.nothingInCommon(
                session: session.name, isContinuous: alignable.isContinuous)
        }
        let map = try trajectories.regression(of: alignable, averages(session)).map
        return (map.weights.transposed.values.map { Float($0) }, map.intercepts.map { Float($0) })
    }

    private func averages(_ session: PreparedSession) -> ConditionAverages? {
        ConditionAverages(
            session.alignable, list,
            smoothingMilliseconds: settings.alignment.smoothingMilliseconds)
    }
}

extension FactorQuery {
    /// The same trained dynamics, seen through some of the day's units: these are encoded by a read-in
    /// that is regressed on the run's shared trajectories anew, the others are predicted only.
    ///
    /// - Parameter units: places in the recording.
    /// - Throws: `AlignmentError.nothingInCommon`, and errors of the rooms below.
    public func seenThrough(units: [Int], _ alignment: RunAlignment) throws -> FactorQuery {
        let seen = Set(units)
        var holdOut = settings.holdOut
        holdOut.units = .named(
            recording.units.indices.filter { !seen.contains($0) }.map { recording.units[$0].name })
        let restricted = try PreparedSession(recording, holdOut: holdOut)
        let model = try StitchedModel(
            settings.model, sessions: [restricted.trials], seed: settings.seed,
            threads: self.model.threads)
        let readIn = try alignment.readIn(restricted)
        var place = [Int](repeating: 0, count: session.unitOrder.count)
        for (index, unit) in session.unitOrder.enumerated() { place[unit] = index }
        for tensor in model.table.tensors where tensor.count > 0 {
            switch tensor.name {
            case "readin.\(session.name).weight": try model.setParameter(tensor.name, readIn.weights)
            case "readin.\(session.name).bias": try model.setParameter(tensor.name, readIn.bias)
            case "readout.\(session.name).weight", "readout.\(session.name).bias":
                try model.setParameter(
                    tensor.name, readOutRows(tensor.name, units: restricted.unitOrder.map { place[$0] }))
            default:
                if let values = self.model.parameter(tensor.name) {
                    try model.setParameter(tensor.name, values)
                }
            }
        }
        return FactorQuery(
            run: run, record: record, session: restricted, settings: settings, model: model)
    }

    /// Rows of a read-out tensor, one block of units per parameter of the observation model, of these
    /// units in this order.
    ///
    /// - Parameter units: places in the model's order.
    func readOutRows(_ name: String, units: [Int]) -> [Float] {
        let values = model.parameter(name) ?? []
        let count = session.unitOrder.count
        let blocks = settings.model.observation.parametersPerUnit
        let width = values.count / (count * blocks)
        return (0..<blocks).flatMap { block in
            units.flatMap { unit in
                let row = block * count + unit
                return values[(row * width)..<((row + 1) * width)]
            }
        }
    }
}
