import Alignment
import LFADS
import LinearAlgebra
import Registry

/// What a run's trained days look like from inside the model: the measure for a day that joins without
/// labels.
struct TrainedDays {
    /// Of read-in outputs, mean over days.
    let moments: WindowMoments
    /// From a bin's factors to the read-in's outputs, over all days.
    let encoding: RidgeRegression
    let windows: Int
    /// The last day: what a day of the next morning shares electrodes with.
    let last: LastDay

    struct LastDay {
        let session: PreparedSession
        /// Smoothed counts of training trials, `[trials · bins, encoded units]`.
        let smoothed: Matrix
        /// What the day's factors stand for at the encoder, `[trials · bins, components]`.
        let targets: Matrix
        let bins: Int
    }

    static let mostWindows = 12

    /// - Parameter name: a session that is left out: a day that is aligned anew is no measure for itself.
    /// - Throws: errors of the rooms below.
    init(_ run: TrainedRun, but name: String) throws {
        let bins = run.settings.model.encodedBinCount
        windows = min(Self.mostWindows, bins)
        var moments: [WindowMoments] = []
        var encoding: SecondMoments?
        var lastDay: (session: PreparedSession, factors: Matrix)?
        for record in run.sessions where record.name != name {
            let day = try run.day(record.name)
            let session = day.session
            let map = ReadInMap(day.model, session)
            let trials = session.trainingTrials
            let averages = session.windowAverages(trials, windows: windows, bins: bins)
            moments.append(WindowMoments(map.applied(to: averages), windows: windows))
            let outputs = map.applied(
                to: session.windowAverages(trials, windows: bins, bins: bins))
            let factors = try day.model.factorRows(session.trials, trials, bins: bins)
            lastDay = (session, factors)
            let own = SecondMoments(regressors: factors, targets: outputs)
            if encoding == nil { encoding = own } else { encoding?.add(own) }
        }
        guard let all = WindowMoments.mean(moments), let encoding else {
            throw StitchingError.noSessions
        }
        self.moments = all
        self.encoding = try encoding.ridge(penalty: 1e-4)
        guard let lastDay else { throw StitchingError.noSessions }
        let session = lastDay.session
        let counts = session.windowAverages(session.trainingTrials, windows: bins, bins: bins)
        last = LastDay(
            session: session,
            smoothed: session.smoothedEncoded(
                counts, milliseconds: run.settings.alignment.smoothingMilliseconds),
            targets: self.encoding.predict(lastDay.factors), bins: bins)
    }
}

extension StitchedModel {
    /// Factors of the leading bins of some trials, `[trials · bins, factors]`.
    func factorRows(_ trials: SessionTrials, _ chosen: [Int], bins: Int) throws -> Matrix {
        let inferred = try infer(trials, chosen: chosen, quantities: .factors)
        return Matrix(
            rows: chosen.count * bins, columns: configuration.factorCount,
            values: inferred.factors?.leading(bins: bins).values.map(Double.init) ?? [])
    }
}

extension PreparedSession {
    /// Counts of training trials, bin by bin, of the units that are encoded, smoothed in time.
    ///
    /// - Parameter counts: `[trials · bins, units]`.
    func smoothedEncoded(_ counts: Matrix, milliseconds: Double) -> Matrix {
        ConditionAverages.smooth(
            counts.leading(columns: encodedUnitCount), blocks: trainingTrials.count,
            standardDeviation: milliseconds / recording.binMilliseconds)
    }

    /// Counts of the leading bins of some trials, `[trials · bins, units]`, units in the model's order; NaN where a
    /// sample was not observed.
    func observedCounts(_ chosen: [Int], bins: Int) -> Matrix {
        let size = bins * trials.unitCount
        return Matrix(
            rows: chosen.count * bins, columns: trials.unitCount,
            values: chosen.flatMap { trials.counts[trial: $0].prefix(size).map(Double.init) })
    }

    /// Mean counts per bin of equal windows of the leading `bins`, `[trials · windows, units]`, units in
    /// the model's order; 0 where a sample was not observed, as the encoder sees it.
    func windowAverages(_ chosen: [Int], windows: Int, bins: Int) -> Matrix {
        let counts = trials.counts.selecting(trials: chosen, gaps: 0)
        return WindowMoments.averages(
            trials: chosen.count, bins: bins, windows: windows, columns: trials.unitCount
        ) { trial, bin, unit in Double(counts[trial, bin, unit]) }
    }
}
