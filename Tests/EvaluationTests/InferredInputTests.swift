import LinearAlgebra
import Testing
import TrialArrays

@testable import Evaluation

@Suite struct InferredInputTests {
    /// A pulse in bin 3 whose sign tells the condition; the initial condition tells nothing.
    @Test func aPulseIsFoundAndSaysWhatTheInitialConditionDoesNot() throws {
        let (trials, bins) = (60, 8)
        var values = [Float](repeating: 0, count: trials * bins)
        let labels: [String?] = (0..<trials).map { $0 % 2 == 0 ? "left" : "right" }
        for trial in 0..<trials { values[trial * bins + 3] = trial % 2 == 0 ? 2 : -2 }
        let noise = RandomStream(seed: 9, purpose: 1).normals(trials * 4)
        let analysis = try InferredInputAnalysis(
            TrialArray(trials: trials, bins: bins, width: 1, values: values),
            initialConditions: TrialArray(trials: trials, bins: 1, width: 4, values: noise),
            labels: labels, training: Array(0..<40), tested: Array(40..<60), binMilliseconds: 10)
        #expect(isClose(analysis.size, (4.0 / 8).squareRoot()))
        #expect(analysis.conditions.map(\.condition) == ["left", "right"])
        #expect(analysis.conditions.allSatisfy { $0.peakMilliseconds == 35 })
        #expect(analysis.accuracyWithInputs == 1)
        // Chance is ½ ± 0.11 over 20 trials.
        #expect(try #require(analysis.accuracyFromInitialCondition) < 0.85)
    }

    @Test func theInitialConditionIsEnoughWhereItSaysAll() throws {
        let trials = 40
        let labels: [String?] = (0..<trials).map { "\($0 % 4)" }
        let initial = (0..<trials).flatMap { trial in (0..<4).map { Float($0 == trial % 4 ? 1 : 0) } }
        let accuracy = try ConditionClassifier.accuracy(
            features: { trial in initial[(trial * 4)..<(trial * 4 + 4)].map(Double.init) },
            labels: labels, training: Array(0..<20), tested: Array(20..<40))
        #expect(accuracy == 1)
        #expect(
            try ConditionClassifier.accuracy(
                features: { _ in [1] }, labels: labels.map { _ in nil }, training: [0, 1],
                tested: [2]) == nil)
    }
}
