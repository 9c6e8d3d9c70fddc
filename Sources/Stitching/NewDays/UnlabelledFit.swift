import Alignment
import LFADS
import LinearAlgebra

/// The maps of a day without condition labels (in the spirit of NoMAD: Karpowicz et al. 2025, *Nature
/// Communications*): its read-in is sought that makes the frozen model see what it sees of the trained
/// days.
///
/// 1. The moments of the day's own principal components are matched with those of the trained days'
///    read-in outputs, from several starts.
/// 2. For each of the best, and for the electrodes that the day shares with the last trained one: the
///    read-out by Poisson regression of single trials on the factors that the model then infers; the
///    read-in by ridge regression of smoothed counts on what those factors stand for at the encoder; and
///    again, while the held-out likelihood rises.
/// 3. The start with the best held-out likelihood is kept.
struct UnlabelledFit {
    struct Result: Equatable {
        /// Held-out loss after every round.
        let losses: [Double]
        /// Of the moments (0 to 2); `nil` for the start from shared electrodes.
        let misfit: Double?
        /// Electrodes that it began with.
        let electrodes: Int
        var isChosen = false
    }

    private let fit: DayFit
    private let run: TrainedRun
    private let days: TrainedDays
    private var session: PreparedSession { fit.session }

    /// A start by moments is preferred to shared electrodes if it lowers the held-out loss by more than
    /// this share: two maps that differ by a symmetry of the dynamics predict spikes equally well, and
    /// electrodes alone tell which is meant.
    static let clearlyLower = 0.005
    static let starts = 8
    static let continued = 3
    static let rounds = 6

    init(_ fit: DayFit, _ run: TrainedRun, _ days: TrainedDays) {
        self.fit = fit
        self.run = run
        self.days = days
    }

    /// Leaves the best maps in the model.
    ///
    /// - Returns: one result per start that was continued.
    /// - Throws: `LinearAlgebraError`, `LFADSError`
    func apply() throws -> [Result] {
        let encoded = session.encodedUnitCount
        let bins = run.settings.model.encodedBinCount
        let trials = session.trainingTrials
        let counts = session.windowAverages(trials, windows: bins, bins: bins)
        let smoothed = session.smoothedEncoded(
            counts, milliseconds: run.settings.alignment.smoothingMilliseconds)
        let means = smoothed.columnMeans
        let components = run.settings.alignment.components ?? run.settings.model.factorCount
        let analysis = try PrincipalComponents(
            of: smoothed.subtracting(rowVector: means), count: components)
        let scores = session.windowAverages(trials, windows: days.windows, bins: bins)
            .leading(columns: encoded).subtracting(rowVector: means).times(analysis.directions)
        let own = WindowMoments(scores, windows: days.windows)

        let matches = try (0..<Self.starts).map {
            try MomentMatch(own, to: days.moments, start: $0, seed: run.settings.seed)
        }.sorted { $0.misfit < $1.misfit }
        // Several starts lead to the same map, which is not tried twice.
        let candidates = matches.reduce(into: [MomentMatch]()) { distinct, match in
            if !distinct.contains(where: match.isAbout) { distinct.append(match) }
        }

        var outcomes: [(result: Result, parameters: [Float], loss: Double)] = []
        func continueFrom(_ misfit: Double?, electrodes: Int) throws {
            let (losses, parameters) = try refine(smoothed, counts)
            let result = Result(losses: losses, misfit: misfit, electrodes: electrodes)
            outcomes.append((result, parameters, losses.min() ?? .infinity))
        }
        if let (map, electrodes) = try electrodeMap(smoothed) {
            try fit.setReadIn(map)
            try continueFrom(nil, electrodes: electrodes)
        }
        for match in candidates.prefix(Self.continued) {
            let weights = match.weights.times(analysis.directions, transposingOther: true)
            let shift = Matrix(rows: 1, columns: encoded, values: means)
                .times(weights, transposingOther: true)
            try fit.setReadIn(
                AffineMap(
                    weights: weights.values.map { Float($0) },
                    bias: zip(match.offset, shift.values).map { Float($0 - $1) }))
            try continueFrom(match.misfit, electrodes: 0)
        }
        guard var chosen = outcomes.indices.first else { return [] }
        for index in outcomes.indices.dropFirst() {
            let margin = outcomes[chosen].result.electrodes > 0 ? Self.clearlyLower : 0
            if outcomes[index].loss < outcomes[chosen].loss - margin * abs(outcomes[chosen].loss) {
                chosen = index
            }
        }
        outcomes[chosen].result.isChosen = true
        fit.model.setParameters(outcomes[chosen].parameters)
        return outcomes.map(\.result)
    }

    /// A read-in through the units whose names the last trained day has too, each brought to the mean and
    /// the spread that it had there; `nil` where they are too few, or other electrodes.
    private func electrodeMap(
        _ smoothed: Matrix
    ) throws -> (map: AffineMap, electrodes: Int)? {
        let last = days.last
        let smoothing = run.settings.alignment.smoothingMilliseconds
        guard
            session.electrodes(of: last.session, smoothingMilliseconds: smoothing)?.areBelieved == true
        else { return nil }
        func places(_ session: PreparedSession) -> [String: Int] {
            let encoded = session.unitOrder.prefix(session.encodedUnitCount)
            return Dictionary(
                encoded.enumerated().map { (session.recording.units[$1].name, $0) },
                uniquingKeysWith: { first, _ in first })
        }
        let (own, other) = (places(session), places(last.session))
        let names = own.keys.filter { other[$0] != nil }.sorted()
        guard names.count >= SameElectrodes.fewestUnits else { return nil }
        let here = names.compactMap { own[$0] }
        let there = names.compactMap { other[$0] }
        let (map, _) = try RidgeRegression.crossValidated(
            regressors: last.smoothed.selecting(columns: there), targets: last.targets,
            groups: (0..<(last.targets.rows / last.bins)).flatMap {
                [Int](repeating: $0, count: last.bins)
            }, folds: 5)
        let (now, before) = (spread(smoothed, here), spread(last.smoothed, there))
        var weights = Matrix(zeros: last.targets.columns, session.encodedUnitCount)
        var bias = map.intercepts
        for (index, place) in here.enumerated() {
            let scale = now[index].deviation > 0 ? before[index].deviation / now[index].deviation : 0
            for k in bias.indices {
                weights[k, place] = map.weights[index, k] * scale
                bias[k] += map.weights[index, k] * (before[index].mean - scale * now[index].mean)
            }
        }
        return (
            AffineMap(weights: weights.values.map { Float($0) }, bias: bias.map { Float($0) }), names.count
        )
    }

    private func spread(_ counts: Matrix, _ columns: [Int]) -> [(mean: Double, deviation: Double)] {
        columns.map { column in
            let values = counts.column(column)
            let mean = values.reduce(0, +) / Double(max(values.count, 1))
            let variance =
                values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                / Double(max(values.count, 1))
            return (mean, variance.squareRoot())
        }
    }

    /// Read-out from factors, read-in from what factors stand for, in turns.
    ///
    /// - Returns: held-out losses, and the parameters of the lowest.
    private func refine(
        _ smoothed: Matrix, _ all: Matrix
    ) throws -> (losses: [Double], parameters: [Float]) {
        let trials = session.trainingTrials
        let bins = run.settings.model.encodedBinCount
        let width = run.settings.model.factorCount
        let thinned = OwnComponents.thinned(trials: trials.count, bins: bins)
        let rows = thinned.flatMap { ($0 * bins)..<(($0 + 1) * bins) }
        let counts = all.selecting(rows: rows)
        var losses: [Double] = []
        var best = fit.model.parameterValues
        for round in 0..<Self.rounds {
            let factors = try fit.model.factorRows(session.trials, trials, bins: bins)
            let readOut = try ReadOutStart(
                run.settings.model.observation, trajectories: factors.selecting(rows: rows),
                counts: counts, observationWeights: [Double](repeating: 1, count: rows.count),
                groups: rows.map { $0 / bins }, factorCount: width, folds: 2)
            try fit.setReadOut(readOut)
            let loss = try fit.model.reconstructionLoss(
                session.trials, chosen: session.validationTrials)
            losses.append(loss)
            if losses.allSatisfy({ $0 >= loss }) { best = fit.model.parameterValues }
            guard round + 1 < Self.rounds else { break }
            let targets = days.encoding.predict(factors)
            let (map, _) = try RidgeRegression.crossValidated(
                regressors: smoothed, targets: targets,
                groups: trials.indices.flatMap { [Int](repeating: $0, count: bins) }, folds: 5)
            try fit.setReadIn(AffineMap(map))
        }
        return (losses, best)
    }
}
