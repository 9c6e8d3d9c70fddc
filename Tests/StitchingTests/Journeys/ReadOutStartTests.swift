import Foundation
import LFADS
import LinearAlgebra
import Recordings
import TestSupport
import Testing

@testable import Alignment
@testable import Stitching

/// By default the read-out doesn't learn: what single trials scatter must be right from the start.
@Suite("Start of the read-out for continuous signals")
struct ReadOutStartTests {
    /// One trajectory, and the mean exp(0.5 z − 1) that goes with it.
    private let z = (0..<60).map { Double($0 % 12) / 6 - 1 }
    private var means: [Double] { z.map { exp(0.5 * $0 - 1) } }
    private var groups: [Int] { z.indices.map { $0 / 12 } }

    private func start(
        _ observation: ObservationModel, _ z: [Double], _ values: [Double], groups: [Int],
        variances: [Double]? = nil
    ) throws -> ReadOutStart {
        let column = { (values: [Double]) in Matrix(rows: values.count, columns: 1, values: values) }
        return try ReadOutStart(
            observation, trajectories: column(z), counts: column(values),
            observationWeights: [Double](repeating: 4, count: z.count), groups: groups, factorCount: 1,
            scatter: variances.map {
                SingleTrialScatter(
                    variances: column($0),
                    nonZeroShares: column([Double](repeating: 1, count: z.count)))
            })
    }

    @Test("Poisson: weights of a read-out are as long as small factors ask for")
    func smallFactors() throws {
        // The penalty is one on standardised regressors, so that rates don't depend on the factors' unit.
        func rates(_ scale: Double, _ longest: Double?) throws -> [Double] {
            let start = try ReadOutStart(
                .poisson,
                trajectories: Matrix(rows: z.count, columns: 1, values: z.map { $0 * scale }),
                counts: Matrix(rows: z.count, columns: 1, values: means),
                observationWeights: [Double](repeating: 4, count: z.count), groups: groups, factorCount: 1,
                longestWeights: longest)
            return z.map { exp(Double(start.map.weights[0]) * scale * $0 + Double(start.map.bias[0])) }
        }
        let expected = try rates(1, nil)
        for (rate, mean) in zip(expected, means) { #expect(abs(rate - mean) < 0.01 * mean) }
        for scale in [0.01, 0.1, 10] {
            // Weights are float32.
            for (rate, wanted) in zip(try rates(scale, nil), expected) {
                #expect(abs(rate - wanted) < 1e-5 * wanted)
            }
        }
        #expect(try abs(rates(0.01, ReadOutStart.longestWeights)[0] - expected[0]) > 0.1 * expected[0])
    }

    @Test("Gaussian: the variance is that of single trials")
    func gaussian() throws {
        let start = try start(
            .gaussian, z, z.map { 3 * $0 + 2 }, groups: groups,
            variances: [Double](repeating: 0.25, count: 60))
        // The smallest penalty of the grid (1e-6) leaves 1e-6 of the weight.
        #expect(abs(start.map.weights[0] - 3) < 1e-4)
        #expect(abs(start.map.bias[0] - 2) < 1e-4)
        #expect(start.map.weights[1] == 0)
        #expect(abs(Double(start.map.bias[1]) - log(0.25)) < 1e-4)
    }

    @Test("Gaussian: from trials of labelled conditions, averages hide no noise")
    func gaussianAlignment() throws {
        var recording = try TrainedWorld.recordings(sessions: 1)[0]
        let (bins, units) = (recording.binCount, recording.units.count)
        var seen: [String: Int] = [:]
        for trial in recording.trialIndices(.train) + recording.trialIndices(.valid) {
            let name = recording.trials[trial].condition ?? ""
            let c = Double(name) ?? 0
            // Four training trials a condition, half of them above and half below.
            let sign = seen[name, default: 0] % 2 == 0 ? 1.0 : -1.0
            seen[name, default: 0] += 1
            for t in 0..<bins {
                for j in 0..<units {
                    let (a, b) = (cos(Double(j)), sin(Double(j)))
                    let mean = 3 + a * cos(c) + b * sin(c + Double(t) / 5) + cos(Double(t) / 7)
                    recording.values[(trial * bins + t) * units + j] = Float(mean + sign * 0.5)
                }
            }
        }
        var settings = AlignmentSettings()
        settings.smoothingMilliseconds = 1e-3
        let session = try PreparedSession(recording)
        let alignment = try AlignedDays(
            [session.alignable], settings: settings, components: 3, factorCount: 3, observation: .gaussian)
        let bias = alignment.days[0].maps.readOut.bias
        // Means are three functions of condition and time: the prediction is exact but for the ridge.
        for j in 0..<units { #expect(abs(Double(bias[units + j]) - log(0.25)) < 1e-3) }
    }

    @Test("gamma: shape = mean²/variance of single trials, rate = shape/mean")
    func gamma() throws {
        let start = try start(
            .gamma, z, means, groups: groups, variances: means.map { 0.25 * $0 * $0 })
        #expect(start.map.weights[0] == 0)
        // The smallest penalty of the grid (1e-5) leaves less than a thousandth.
        #expect(abs(Double(start.map.bias[0]) - log(4)) < 1e-3)
        #expect(abs(start.map.weights[1] + 0.5) < 1e-3)
        #expect(abs(Double(start.map.bias[1]) - (log(4) + 1)) < 1e-3)
    }

    @Test("gamma: a unit without scatter starts at the largest shape, not at infinity")
    func gammaWithoutScatter() throws {
        let start = try start(.gamma, z, [Double](repeating: 2, count: 60), groups: groups)
        #expect(abs(Double(start.map.bias[0]) - log(1e4)) < 1e-3)
        #expect(abs(Double(start.map.bias[0] - start.map.bias[1]) - log(2)) < 1e-4)
    }

    @Test("zero-inflated gamma: the share of values above zero, and the gamma of those")
    func zeroInflated() throws {
        // Single trials: a zero, and half and one and a half of the mean.
        let start = try start(
            .zeroInflatedGamma, z.flatMap { [$0, $0, $0] },
            means.flatMap { [0, 0.5 * $0, 1.5 * $0] }, groups: groups.flatMap { [$0, $0, $0] })
        #expect(start.map.weights[0] == 0 && start.map.weights[2] == 0)
        #expect(abs(Double(start.map.bias[0]) - log(4)) < 1e-3)
        #expect(abs(start.map.weights[1] + 0.5) < 1e-3)
        #expect(abs(Double(start.map.bias[1]) - (log(4) + 1)) < 1e-3)
        #expect(abs(Double(start.map.bias[2]) - log(2)) < 1e-6)
    }

    @Test("zero-inflated gamma: never and always stay finite")
    func zeroInflatedBounds() throws {
        let never = try start(
            .zeroInflatedGamma, z, [Double](repeating: 0, count: 60), groups: groups)
        // Half of a bin in 240.
        let share = 0.5 / 240
        #expect(abs(Double(never.map.bias[2]) - log(share / (1 - share))) < 1e-5)
        #expect(never.map.bias[0] == 0)
        #expect(abs(never.map.bias[1]) < 1e-5)
        let always = try start(
            .zeroInflatedGamma, z, means, groups: groups, variances: means.map { 0.25 * $0 * $0 })
        #expect(abs(Double(always.map.bias[2]) + log(share / (1 - share))) < 1e-5)
    }

    @Test("trials scatter about their condition's average")
    func scatter() throws {
        let session = try PreparedSession(try TrainedWorld.recordings(sessions: 1)[0])
        let alignable = session.alignable
        let averages = try #require(
            ConditionAverages(alignable, ConditionList([alignable]), smoothingMilliseconds: 20))
        let scatter = averages.scatter(alignable)
        let (bins, units) = (session.trials.binCount, session.trials.unitCount)
        let members = session.trainingTrials.filter {
            session.recording.trials[$0].condition == averages.conditions[1]
        }
        for (t, j) in [(0, 0), (7, 3), (bins - 1, units - 1)] {
            let values = members.map { Double(session.trials.counts[$0, t, j]) }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let present = values.filter { $0 > 0 }.count
            // Sums in another order.
            #expect(abs(scatter.variances[bins + t, j] - squares / Double(values.count)) < 1e-12)
            #expect(
                abs(scatter.nonZeroShares[bins + t, j] - Double(present) / Double(values.count)) < 1e-12)
        }
    }

    @Test("regressions on single trials take whole trials")
    func wholeTrials() {
        #expect(OwnComponents.thinned(trials: 50, bins: 20) == Array(0..<50))
        #expect(
            OwnComponents.thinned(trials: 1000, bins: 40) == Array(stride(from: 0, to: 1000, by: 10)))
        // Long trials: enough of them to cross-validate.
        #expect(OwnComponents.thinned(trials: 20, bins: 5000).count == 10)
        #expect(OwnComponents.thinned(trials: 3, bins: 50_000) == [0, 1, 2])
    }

    @Test("scores are scaled as a whole")
    func scaledScores() throws {
        var data = Matrix(zeros: 30, 4)
        for i in 0..<30 {
            for j in 0..<4 { data[i, j] = sin(Double(i * (j + 1)) / 4) * Double(4 - j) }
        }
        let centred = data.subtracting(rowVector: data.columnMeans)
        let analysis = try PrincipalComponents(of: centred, count: 6)
        let (scores, scale, _) = SharedTrajectories.scaledScores(analysis, of: centred, components: 6)
        #expect(scores.columns == 6)
        let first = scores.column(0)
        #expect(abs(first.reduce(0) { $0 + $1 * $1 } / 30 - 1) < 1e-12)
        let raw = analysis.scores(of: centred)
        for i in 0..<30 {
            for k in 0..<4 { #expect(scores[i, k] == raw[i, k] * scale) }
            #expect(scores[i, 4] == 0 && scores[i, 5] == 0)
        }
    }
}
