import Foundation
import LFADS
import LinearAlgebra
import Recordings
import TestSupport
import Testing
import TrialArrays

@testable import Alignment
@testable import Stitching

/// Start values from days on which some samples were not observed.
@Suite("Alignment of what was observed") struct UnobservedSamplesTests {
    private func session(
        _ recording: Recording, hiding hidden: (_ trial: Int, _ bin: Int, _ unit: Int) -> Bool
    ) -> AlignableSession {
        let units = recording.units.count
        let counts = recording.countArray
        return AlignableSession(
            name: recording.session,
            counts: counts.replacingValues(
                counts.values.enumerated().map { place, value in
                    let row = place / units
                    return hidden(row / recording.binCount, row % recording.binCount, place % units)
                        ? .nan : value
                }),
            encodedUnitCount: units, trainingTrials: recording.trialIndices(.train),
            behavior: recording.behaviorArray)
    }

    private func averages(_ session: AlignableSession) throws -> ConditionAverages {
        try #require(
            ConditionAverages(session, ConditionList([session]), smoothingMilliseconds: 60))
    }

    @Test("averages are of the trials that were observed; what the encoder sees of them is their share")
    func averages() throws {
        let recording = try TrainedWorld.recordings(sessions: 1)[0]
        let trials = recording.trialIndices(.train)
        // Of every condition the first training trial, of unit 2 alone.
        var seen: Set<String?> = []
        let first = Set(trials.filter { seen.insert(recording.trials[$0].condition).inserted })
        let hidden = try averages(session(recording) { trial, _, unit in unit == 2 && first.contains(trial) })
        let whole = try averages(session(recording) { _, _, _ in false })
        let rest = AlignableSession(
            name: recording.session, counts: recording.countArray, encodedUnitCount: recording.units.count,
            trainingTrials: trials.filter { !first.contains($0) }, behavior: recording.behaviorArray)
        let without = try averages(rest)
        #expect(hidden.conditions == whole.conditions)
        let share = 1 - Double(first.count) / Double(trials.count)
        for unit in 0..<recording.units.count {
            let (expected, smoothed) =
                unit == 2 ? (without.counts, without.smoothed) : (whole.counts, whole.smoothed)
            for row in 0..<hidden.counts.rows {
                // Roundings of sums of a few counts.
                #expect(abs(hidden.counts[row, unit] - expected[row, unit]) < 1e-12)
                #expect(abs(hidden.smoothed[row, unit] - smoothed[row, unit]) < 1e-12)
                let encoded = hidden.smoothed[row, unit] * (unit == 2 ? share : 1)
                #expect(abs(hidden.encoded[row, unit] - encoded) < 1e-12)
            }
        }
        #expect(whole.encoded == whole.smoothed)
    }

    @Test("a constant stays one, wherever it was observed, and no number is missing after smoothing")
    func constants() throws {
        var recording = try TrainedWorld.recordings(sessions: 1)[0]
        recording.values = recording.values.map { _ in 3 }
        // Never in bin 0 or after bin 15; every third sample besides; one condition of unit 1 not at all.
        let session = session(recording) { trial, bin, unit in
            bin == 0 || bin > 15 || (trial + bin + unit) % 3 == 0
                || unit == 1 && recording.trials[trial].condition == "0"
        }
        let averages = try averages(session)
        #expect(averages.smoothed.values.allSatisfy { abs($0 - 3) < 1e-12 })
        #expect(averages.counts[0, 0].isNaN && averages.counts[16, 0].isNaN)
        let scatter = averages.scatter(session)
        #expect(
            zip(scatter.variances.values, averages.counts.values).allSatisfy { $1.isNaN ? $0.isNaN : $0 == 0 }
        )
        let single = ConditionAverages.smooth(
            Matrix(rows: 6, columns: 1, values: [.nan, 2, .nan, .nan, .nan, .nan]), blocks: 2,
            standardDeviation: 1)
        #expect(single.values == [2, 2, 2, 2, 2, 2])
    }

    @Test(
        "a read-out starts from what was observed of each unit",
        arguments: [ObservationModel.poisson, .gaussian, .gamma, .zeroInflatedGamma])
    func readOut(observation: ObservationModel) throws {
        let z = (0..<60).map { Double($0 % 12) / 6 - 1 }
        let values = z.enumerated().map { exp(0.5 * $1 - 1) * (1 + 0.1 * Double($0 % 3)) }
        let groups = z.indices.map { $0 / 12 }
        func start(_ rows: [Int], hiding: Bool) throws -> [Float] {
            let columns = [values, values.enumerated().map { hiding && $0 % 4 == 1 ? .nan : $1 }]
            let map = try ReadOutStart(
                observation, trajectories: Matrix(rows: rows.count, columns: 1, values: rows.map { z[$0] }),
                counts: Matrix(
                    rows: rows.count, columns: 2, values: rows.flatMap { [columns[0][$0], columns[1][$0]] }),
                observationWeights: [Double](repeating: 2, count: rows.count),
                groups: rows.map { groups[$0] }, factorCount: 1
            ).map
            let unit = 1
            return (0..<observation.parametersPerUnit).flatMap {
                [map.weights[$0 * 2 + unit], map.bias[$0 * 2 + unit]]
            }
        }
        let hidden = try start(Array(0..<60), hiding: true)
        let subset = try start((0..<60).filter { $0 % 4 != 1 }, hiding: false)
        // Regressors are standardised, and penalised, by all observations; the penalties here are at the grid's end.
        for (found, expected) in zip(hidden, subset) {
            #expect(abs(found - expected) < 2e-3 * max(abs(expected), 0.1))
        }
    }

    @Test("two days that lack half of their samples are aligned nearly as they are whole")
    func alignment() throws {
        let days = try TrainedWorld.recordings(trials: 30, units: [20, 18])
        func hidden(_ day: Recording, every k: Int) -> Recording {
            var day = day
            let units = day.units.count
            for place in day.values.indices where (place / units + place % units) % k != 0 {
                day.values[place] = .nan
            }
            return day
        }
        let whole = try TrainedWorld.alignment(days)
        for k in [2, 3] {
            let sparse = try TrainedWorld.alignment(days.map { hidden($0, every: k) })
            for (day, full) in zip(sparse.days, whole.days) {
                #expect(day.heldOutR2 > full.heldOutR2 - 0.15, "\(day.heldOutR2), whole \(full.heldOutR2)")
                let (readIn, other) = (try #require(day.maps.readIn), try #require(full.maps.readIn))
                #expect(readIn.weights.allSatisfy { $0.isFinite })
                // The encoder sees a k-th of what it saw: weights are k times as large, but for shrinkage.
                func size(_ map: AffineMap) -> Double {
                    map.weights.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
                }
                let ratio = size(readIn) / size(other)
                #expect(ratio > 0.6 * Double(k) && ratio < 1.6 * Double(k), "\(ratio)")
            }
        }
    }

    @Test("a day without labels starts from components of what was observed")
    func unlabelled() throws {
        let day = try TrainedWorld.recordings(sessions: 1, trials: 30, units: [20])[0]
            .relabelling { _ in nil }
        var sparse = day
        for place in day.values.indices where (place / 20 + place % 20) % 2 == 0 {
            sparse.values[place] = .nan
        }
        /// Rows of the read-in, units in the recording's order.
        func rows(_ day: Recording) throws -> [[Double]] {
            let maps = try TrainedWorld.alignment([day]).days[0].maps
            #expect(maps.readOut.weights.allSatisfy { $0.isFinite })
            #expect(maps.readOut.bias.allSatisfy { $0.isFinite })
            let (readIn, places) = (try #require(maps.readIn), try PreparedSession(day).unitPlaces)
            return (0..<3).map { k in places.map { Double(readIn.weights[k * 20 + $0]) } }
        }
        func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
        let (own, full) = (try rows(sparse), try rows(day))
        // The first component lies in the space of the first three, and the same units are seen half as often.
        let size = product(own[0], own[0])
        var share = 0.0
        for other in full {
            let along = product(own[0], other)
            share += along * along / (size * product(other, other))
        }
        #expect(share > 0.9, "\(share)")
        let ratio = (size / product(full[0], full[0])).squareRoot()
        #expect(ratio > 1.5 && ratio < 2.5, "\(ratio)")
    }
}
