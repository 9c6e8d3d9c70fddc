import LFADS
import LinearAlgebra
import Recordings
import TestSupport
import Testing

@testable import Alignment
@testable import Stitching

@Suite("Alignment of days")
struct AlignmentTests {
    @Test("disjoint units of one world align")
    func disjointUnits() throws {
        let alignment = try TrainedWorld.alignment(
            try TrainedWorld.recordings(conditions: 12, trials: 30, units: [40, 35]))
        for session in alignment.days {
            #expect(session.conditions == 12)
            #expect(session.heldOutR2 > 0.8)
            // Latents are the same on both days: behaviour says that labels mean the same.
            #expect((session.conditionAgreement ?? 0) > 0.999)
        }
        #expect(alignment.warnings == [])
    }

    @Test("labels that mean something else on one day are noticed by behaviour")
    func mistakenLabels() throws {
        var recordings = try TrainedWorld.recordings(trials: 12)
        let next = ["0": "1", "1": "2", "2": "0", "3": "4", "4": "5", "5": "3"]
        recordings[1] = recordings[1].relabelling { next[$0] }
        let alignment = try TrainedWorld.alignment(recordings)
        let warning = try #require(alignment.warnings.first { $0.contains(recordings[1].session) })
        #expect(warning.contains("by behaviour its conditions are not those of the other days"))
        #expect(warning.contains("6 of 6 conditions resemble another one"))
        let sessions = try recordings.map { try PreparedSession($0) }
        let mistaken = try conditionAgreements(sessions)[1].mistaken
        #expect(mistaken.count == 6)
        for pair in mistaken {
            #expect(next[pair.resembles] == pair.condition)
        }
        #expect(
            warning.contains(
                "condition \(mistaken[0].condition) moves like the others' \(mistaken[0].resembles)"))
        #expect(warning.contains("check which field `condition` names"))
        // The regression itself can't tell.
        #expect(alignment.days[1].heldOutR2.isFinite)
    }

    @Test("windows of a continuous recording can't be labelled, and nobody is told to")
    func windows() throws {
        var recordings = try TrainedWorld.recordings()
        recordings[1] = recordings[1].relabelling { _ in nil }
        let count = recordings[1].trialCount
        recordings[1].chop = Recording.Chop(
            windows: (0..<count).map { Recording.Chop.Window(segment: $0, startBin: 0) },
            segmentStarts: (0..<count).map(Double.init))
        let refusal = AlignmentError.unlabelledSession(
            recordings[1].session, trialsWithoutLabel: count, isContinuous: true)
        #expect(throws: refusal) { try TrainedWorld.alignment(recordings) }
        #expect(
            refusal.description
                == "session \(recordings[1].session): \(count) windows of a continuous recording have no "
                + "condition label, and alignment compares condition averages between days; register trials "
                + "of it with their labels (`condition:`) instead of windows (`chop:`), or accept a day that "
                + "is not aligned with `alignment: {unlabelled: own-pca}`")
        #expect(try PreparedSession(recordings[1]).alignable.isContinuous)
    }

    @Test("a day without labels is refused, with what to do")
    func unlabelled() throws {
        var recordings = try TrainedWorld.recordings()
        recordings[1] = recordings[1].relabelling { _ in nil }
        let name = recordings[1].session
        let count = recordings[1].trialCount
        let refusal = AlignmentError.unlabelledSession(name, trialsWithoutLabel: count, isContinuous: false)
        #expect(throws: refusal) {
            try TrainedWorld.alignment(recordings)
        }
        #expect(
            refusal.description
                == "session \(name): \(count) trials have no condition label, and alignment compares "
                + "condition averages between days; name the field with `condition:` in its manifest, "
                + "or accept a day that is not aligned with `alignment: {unlabelled: own-pca}`")
        let accepted = try TrainedWorld.alignment(
            recordings, TrainedWorld.tiny + "\nalignment: {unlabelled: own-pca}")
        #expect(
            accepted.warnings == [
                "session \(name) has no condition labels and starts from its own principal components: "
                    + "it is not aligned with the other days"
            ])
        #expect(accepted.days[1].maps.readIn?.weights.contains { $0 != 0 } ?? false)
    }

    @Test("one unlabelled day alone has nothing to align with and needs no permission")
    func unlabelledAlone() throws {
        let recording = try TrainedWorld.recordings(sessions: 1)[0].relabelling { _ in nil }
        let alignment = try TrainedWorld.alignment([recording])
        #expect(alignment.warnings == [])
        #expect(alignment.days[0].conditions == 0)
    }

    @Test("trials without a label take no part, the others align the day")
    func someTrialsUnlabelled() throws {
        var recordings = try TrainedWorld.recordings()
        let training = recordings[1].trialIndices(.train)
        recordings[1].trials[training[0]].condition = nil
        recordings[1].trials[recordings[1].trialIndices(.valid)[0]].condition = nil
        let sessions = try recordings.map { try PreparedSession($0) }
        let alignable = sessions.map(\.alignable)
        let averages = try #require(
            ConditionAverages(alignable[1], ConditionList(alignable), smoothingMilliseconds: 20))
        #expect(averages.trialCounts.reduce(0, +) == training.count - 1)
        let alignment = try TrainedWorld.alignment(recordings)
        #expect(alignment.days.map(\.conditions) == [6, 6])
        #expect(
            alignment.days[1].warnings == [
                "session \(recordings[1].session): 1 of \(training.count) training trials have no "
                    + "condition label and take no part in the alignment"
            ])
        #expect(FactorAgreement(sessions, trainingTrialsPerCondition: nil) != nil)
        // Only labels of held-out trials: nothing to average.
        for trial in training { recordings[1].trials[trial].condition = nil }
        let count = recordings[1].trials.filter { $0.condition == nil }.count
        #expect(
            throws: AlignmentError.unlabelledSession(
                recordings[1].session, trialsWithoutLabel: count, isContinuous: false)
        ) {
            try TrainedWorld.alignment(recordings)
        }
    }

    @Test("a regression that one condition can't test says so")
    func singleCommonCondition() throws {
        let full = try TrainedWorld.recordings()
        let recordings = [
            full[0].dropping(conditions: ["1", "2"]), full[1].dropping(conditions: ["3", "4", "5"]),
        ]
        let alignment = try TrainedWorld.alignment(recordings)
        for (session, recording) in zip(alignment.days, recordings) {
            #expect(session.conditions == 1)
            #expect(session.heldOutR2.isNaN)
            #expect(
                session.warnings == [
                    "session \(recording.session): it has a single condition in common with any other "
                        + "day, so its labels can't be tested by its neurons; whether this day stitches is "
                        + "not known"
                ])
        }
    }

    @Test("a map that is right already is found again from however few conditions")
    func nearAKnownMap() throws {
        let session = try PreparedSession(TrainedWorld.recordings(sessions: 1, units: [9])[0]).alignable
        let all = try #require(
            ConditionAverages(session, ConditionList([session]), smoothingMilliseconds: 60))
        let draws = RandomStream(seed: 3, purpose: 1).normals(9 * 4).map(Double.init)
        let known = RidgeRegression(
            weights: Matrix(rows: 9, columns: 4, values: draws), intercepts: [1, 2, 3, 4], penalty: 0)
        let bins = all.binCount
        for count in [1, all.conditions.count] {
            let trajectories = SharedTrajectories(
                conditions: Array(all.conditions.prefix(count)), binCount: bins,
                scores: known.predict(all.encoded.selecting(rows: Array(0..<(count * bins)))))
            let found = try trajectories.regression(of: session, all, near: known).map
            for (a, b) in zip(
                found.weights.values + found.intercepts, known.weights.values + known.intercepts)
            {
                #expect(abs(a - b) < 1e-9)
            }
        }
    }

    @Test("more factors than components are warned about")
    func fewComponents() throws {
        let recordings = try TrainedWorld.recordings(conditions: 12, trials: 30, units: [40, 35])
        let alignment = try TrainedWorld.alignment(
            recordings, TrainedWorld.tiny + "\nalignment: {components: 2}")
        #expect(
            alignment.warnings.first
                == "alignment.components is 2 and model.fac_dim is 3: factors beyond the components "
                + "start without read-out weights, and stay unused unless train.lr_readout_scale is "
                + "above 0")
        #expect(try TrainedWorld.alignment(recordings).warnings == [])
    }

    @Test("no width of the smoothing is too large or too small")
    func extremeSmoothing() {
        let step = Matrix(rows: 4, columns: 1, values: [0, 0, 4, 8])
        for deviation in [1e300, Double.infinity] {
            let smoothed = ConditionAverages.smooth(step, blocks: 1, standardDeviation: deviation)
            for value in smoothed.values { #expect(abs(value - 3) < 1e-12) }
        }
        for deviation in [0, 1e-200, Double.nan] {
            #expect(
                ConditionAverages.smooth(step, blocks: 1, standardDeviation: deviation).values
                    == step.values)
        }
    }

    @Test("days that lack some conditions use those that they have")
    func missingConditions() throws {
        let full = try TrainedWorld.recordings(
            sessions: 3, conditions: 10, trials: 30, units: [40, 35, 30])
        let lacking = [
            full[0].dropping(conditions: ["3"]), full[1].dropping(conditions: ["5", "6"]), full[2],
        ]
        let alignment = try TrainedWorld.alignment(lacking)
        #expect(alignment.conditions.count == 10)
        #expect(alignment.days.map(\.conditions) == [9, 8, 10])
        for session in alignment.days { #expect(session.heldOutR2 > 0.75) }
    }

    @Test("days without a common condition are refused by name")
    func disconnected() throws {
        let full = try TrainedWorld.recordings()
        let apart = [
            full[0].dropping(conditions: ["0", "1", "2"]),
            full[1].dropping(conditions: ["3", "4", "5"]),
        ]
        #expect {
            try TrainedWorld.alignment(apart)
        } throws: { error in
            "\(error)".contains(
                "no condition is common to {\(full[0].session)} and {\(full[1].session)}")
        }
    }

    @Test("without gaps, shared trajectories are principal components of the averages")
    func plainComponents() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0).alignable }
        let list = ConditionList(sessions)
        let averages = try sessions.map {
            try #require(ConditionAverages($0, list, smoothingMilliseconds: 30))
        }
        let shared = try SharedTrajectories(averages, components: 3)
        var rows: [Double] = []
        for i in 0..<averages[0].smoothed.rows {
            for average in averages { rows += average.smoothed.row(i) }
        }
        let data = Matrix(rows: averages[0].smoothed.rows, columns: 16, values: rows)
        let centred = data.subtracting(rowVector: data.columnMeans)
        let expected = try PrincipalComponents(of: centred, count: 3).scores(of: centred)
        let first = expected.column(0)
        let deviation = (first.reduce(0) { $0 + $1 * $1 } / Double(first.count)).squareRoot()
        for i in 0..<expected.rows {
            for k in 0..<3 {
                // Sums in another order, in double precision.
                #expect(abs(shared.scores[i, k] - expected[i, k] / deviation) < 1e-9)
            }
        }
        // Unit standard deviation of the first, which the generator's bounded states can reach.
        let scaled = shared.scores.column(0)
        #expect(abs(scaled.reduce(0) { $0 + $1 * $1 } / Double(scaled.count) - 1) < 1e-12)
    }

    @Test("smoothing renormalises its kernel at the edges")
    func smoothing() {
        let constant = Matrix(rows: 10, columns: 1, values: [Double](repeating: 3, count: 10))
        let smoothed = ConditionAverages.smooth(constant, blocks: 2, standardDeviation: 1.7)
        for value in smoothed.values { #expect(abs(value - 3) < 1e-12) }
        // Blocks do not leak into each other.
        var step = constant
        for i in 5..<10 { step[i, 0] = 100 }
        let separate = ConditionAverages.smooth(step, blocks: 2, standardDeviation: 1.7)
        #expect(abs(separate[4, 0] - 3) < 1e-12)
        #expect(abs(separate[5, 0] - 100) < 1e-12)
    }

    @Test("a read-out starts in the units of its observation model")
    func readOutUnits() throws {
        // One trajectory; log-rates 0.5 z − 1 and silence.
        let z = (0..<60).map { Double($0 % 12) / 6 - 1 }
        let trajectories = Matrix(rows: 60, columns: 1, values: z)
        let counts = Matrix(
            rows: 60, columns: 2, values: z.flatMap { [exponential(0.5 * $0 - 1), 0] })
        let start = try ReadOutStart(
            .poisson, trajectories: trajectories, counts: counts,
            observationWeights: [Double](repeating: 4, count: 60),
            groups: (0..<60).map { $0 / 12 }, factorCount: 2)
        // The smallest penalty of the grid (1e-5) leaves less than a thousandth.
        #expect(abs(start.map.weights[0] - 0.5) < 1e-3)
        #expect(start.map.weights[1] == 0)
        #expect(abs(start.map.bias[0] + 1) < 1e-3)
        #expect(start.map.weights[2] == 0 && start.map.weights[3] == 0)
        // Half a spike in 240 trial bins.
        #expect(abs(exponential(Double(start.map.bias[1])) - 0.5 / 240) < 1e-6)
    }
}

/// exp by its series: independent of the code under test.
private func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for n in 1..<60 {
        term *= x / Double(n)
        sum += term
    }
    return sum
}
