import Alignment
import LFADS
import LinearAlgebra

/// Read-ins of a new day that give its own principal components the moments of the trained days' read-in outputs
/// (``MomentMatch``), from several beginnings.
struct MomentStarts {
    /// Those with the smallest misfit, different ones.
    let best: [(readIn: AffineMap, misfit: Double)]

    private static let beginnings = 8
    private static let continued = 3

    /// - Parameter smoothed: counts of the day's training trials, `[trials · bins, encoded units]`.
    /// - Throws: `LinearAlgebraError`
    init(
        _ session: PreparedSession, _ run: TrainedRun, _ days: TrainedDays, smoothed: Matrix
    ) throws {
        let encoded = session.encodedUnitCount
        let bins = run.settings.model.encodedBinCount
        let trials = session.trainingTrials
        let means = smoothed.columnMeans
        let components = run.settings.alignment.components ?? run.settings.model.factorCount
        let analysis = try PrincipalComponents(
            of: smoothed.subtracting(rowVector: means), count: components)
        let scores = session.windowAverages(trials, windows: days.windows, bins: bins)
            .leading(columns: encoded).subtracting(rowVector: means).times(analysis.directions)
        let own = WindowMoments(scores, windows: days.windows)
        let matches = try (0..<Self.beginnings).map {
            try MomentMatch(own, to: days.moments, start: $0, seed: run.settings.seed)
        }.sorted { $0.misfit < $1.misfit }
        // Several beginnings lead to the same map, which is not tried twice.
        let different = matches.reduce(into: [MomentMatch]()) { different, match in
            if !different.contains(where: match.isAbout) { different.append(match) }
        }
        best = different.prefix(Self.continued).map { match in
            let weights = match.weights.times(analysis.directions, transposingOther: true)
            let shift = Matrix(rows: 1, columns: encoded, values: means)
                .times(weights, transposingOther: true)
            return (
                AffineMap(
                    weights: weights.values.map { Float($0) },
                    bias: zip(match.offset, shift.values).map { Float($0 - $1) }), match.misfit
            )
        }
    }
}
