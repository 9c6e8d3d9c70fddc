import LFADS
import LinearAlgebra
public import Registry

/// The alignment of a run's days once more, for what comes after training: pictures, and days seen
/// through fewer units. It is computed from the recordings and the run's settings alone.
public struct RunAlignment {
    public let sessions: [PreparedSession]
    /// `nil` where the read-ins lead into the space of a model that was there before; the trajectories
    /// that the run keeps stand for it then.
    public let alignment: Alignment?
    private let stored: StoredTrajectories?
    private let settings: StitchSettings
    private let list: ConditionList

    /// Days that joined the run after its training take no part in what is shared.
    ///
    /// - Throws: errors of the rooms below.
    public init(run: String, in registry: SessionRegistry) throws {
        settings = try StitchSettings(json: registry.run(named: run).settingsJSON)
        sessions = try StitchJourney.prepare(
            registry.sessions(ofRun: run), holdOut: settings.holdOut, in: registry)
        guard !settings.hasSpaceFromElsewhere else {
            let checkpoint = RunFolder(registry.workspace, run: run).checkpoint
            stored = try Checkpoint.readTrajectories(checkpoint)
            alignment = nil
            list = ConditionList(sessions)
            return
        }
        stored = nil
        let joined = Set(try JoinedDay.all(ofRun: run, in: registry).map(\.session))
        let trained = sessions.filter { !joined.contains($0.name) }
        alignment = try StitchJourney.align(trained, settings)
        // The alignment numbers conditions by their first appearance in the days it has.
        list = ConditionList(trained + sessions.filter { joined.contains($0.name) })
    }

    public var components: Int { alignment?.components ?? stored?.components ?? 0 }
    public var binCount: Int { alignment?.trajectories?.binCount ?? stored?.binCount ?? 0 }

    /// Shared trajectories by condition, `[bins, components]`; empty where no session has labels.
    public var shared: [(condition: String, values: [Double])] {
        guard let trajectories = alignment?.trajectories else { return [] }
        return trajectories.conditions.enumerated().map { index, condition in
            (list.names[condition], rows(trajectories.scores, index))
        }
    }

    /// What a session's aligned read-in makes of its own condition averages, beside the shared
    /// trajectories; the conditions that both have.
    public func reconstruction(of session: PreparedSession) -> [(condition: String, values: [Double])] {
        guard let alignment, let trajectories = alignment.trajectories,
            let averages = averages(session)
        else { return [] }
        let aligned = alignment.sessions.first { $0.session == session.name }
        guard let map = aligned.map({ ($0.readInWeights, $0.readInBias) }) ?? (try? readIn(session))
        else { return [] }
        let components = alignment.components
        let weights = Matrix(
            rows: components, columns: session.encodedUnitCount, values: map.0.map(Double.init))
        var images = averages.smoothed.leading(columns: session.encodedUnitCount)
            .times(weights, transposingOther: true)
        for i in 0..<images.rows {
            for k in 0..<components { images[i, k] += Double(map.1[k]) }
        }
        return averages.conditions.enumerated().compactMap { index, condition in
            trajectories.conditions.contains(condition)
                ? (list.names[condition], rows(images, index)) : nil
        }
    }

    /// Read-in of a session that is seen through its encoded units alone, onto the shared trajectories.
    ///
    /// - Throws: `StitchingError.notAligned` without labels in common with the run.
    func readIn(_ session: PreparedSession) throws -> (weights: [Float], bias: [Float]) {
        guard let averages = averages(session), let common = commonRows(averages),
            !common.own.isEmpty
        else { throw StitchingError.notAligned(session) }
        let (fit, _) = try RidgeRegression.crossValidated(
            regressors: averages.smoothed.selecting(rows: common.own)
                .leading(columns: session.encodedUnitCount),
            targets: common.target, groups: common.own.map { averages.groups[$0] }, folds: 10)
        return (fit.weights.transposed.values.map { Float($0) }, fit.intercepts.map { Float($0) })
    }

    /// Shared trajectories beside rows of a session's averages, for the conditions that both have.
    private func commonRows(_ averages: ConditionAverages) -> (target: Matrix, own: [Int])? {
        if let stored { return stored.commonRows(averages, list) }
        return alignment?.trajectories.map { trajectories in
            let rows = trajectories.commonRows(averages)
            return (trajectories.scores.selecting(rows: rows.shared), rows.own)
        }
    }

    private func averages(_ session: PreparedSession) -> ConditionAverages? {
        list.labels(of: session).map {
            ConditionAverages(
                session, labels: $0,
                standardDeviation: settings.alignment.smoothingMilliseconds
                    / session.recording.binMilliseconds)
        }
    }

    private func rows(_ matrix: Matrix, _ block: Int) -> [Double] {
        Array(matrix.values[(block * binCount * matrix.columns)..<((block + 1) * binCount * matrix.columns)])
    }
}

extension FactorQuery {
    /// The same trained dynamics, seen through some of the day's units: these are encoded by a read-in
    /// that is regressed on the run's shared trajectories anew, the others are predicted only.
    ///
    /// - Parameter units: places in the recording.
    /// - Throws: `StitchingError.notAligned`, and errors of the rooms below.
    public func seenThrough(units: [Int], _ alignment: RunAlignment) throws -> FactorQuery {
        let seen = Set(units)
        var holdOut = settings.holdOut
        holdOut.units = .named(
            recording.units.indices.filter { !seen.contains($0) }.map { recording.units[$0].name })
        let restricted = try PreparedSession(recording, holdOut: holdOut)
        let readIn = try alignment.readIn(restricted)
        var place = [Int](repeating: 0, count: session.unitOrder.count)
        for (index, unit) in session.unitOrder.enumerated() { place[unit] = index }
        let readOut = model.maps(ofSession: session.name).readOut(
            ofUnits: restricted.unitOrder.map { place[$0] }, settings.model.observation)
        let model = try StitchedModel(
            settings.model, sharedParameters: self.model.sharedParameters,
            session: restricted.trials.shape,
            maps: SessionMaps(
                readIn: AffineMap(weights: readIn.weights, bias: readIn.bias), readOut: readOut),
            threads: self.model.threads)
        return FactorQuery(
            run: run, record: record, session: restricted, settings: settings, model: model)
    }
}
