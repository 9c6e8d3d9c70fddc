import Foundation
import LinearAlgebra

extension ReachingTrial {
    /// All trials of a day, in the order in which they are recorded.
    static func all(
        day: Int, settings: ReachingSettings, dynamics: ReachingDynamics
    ) -> [ReachingTrial] {
        let conditions = presentConditions(day: day, settings: settings)
        let draw = settings.stream(day, .trialCount)
            .uniforms(1)[0]
        let span = settings.trials.upperBound - settings.trials.lowerBound + 1
        let count = settings.trials.lowerBound + Int(draw * Double(span))
        let order = settings.stream(day, .trialOrder)
            .permutation(count)
        return order.indices.map { index in
            ReachingTrial(
                index, ofDay: day, condition: conditions[order[index] % conditions.count],
                among: conditions, settings: settings, dynamics: dynamics)
        }
    }

    /// Conditions of a day, in ascending order.
    static func presentConditions(day: Int, settings: ReachingSettings) -> [Int] {
        let all = Array(0..<settings.conditions)
        let stream = settings.stream(day, .lacking)
        guard stream.uniforms(1)[0] < settings.lackingShare else { return all }
        let order = settings.stream(day, .lacking, item: 1)
            .permutation(settings.conditions)
        return order.dropFirst(settings.lackedConditions).sorted()
    }

    private init(
        _ index: Int, ofDay day: Int, condition: Int, among conditions: [Int],
        settings: ReachingSettings, dynamics: ReachingDynamics
    ) {
        let mean = dynamics.preparation(ofCondition: condition)
        let normals = settings.stream(day, .trial, item: index)
            .normals(2 + mean.count).map { Double($0) }
        let draws = settings.stream(day, .initialCondition, item: index).uniforms(3)
        self.condition = condition
        reactionSeconds = settings.reactionSeconds * exp(settings.reactionSpread * normals[0])
        amplitude = exp(settings.amplitudeSpread * normals[1])
        initialState = zip(mean, normals.dropFirst(2)).map {
            $0 + settings.initialStateSpread * $1
        }
        if draws[0] < settings.inputShare {
            // From the onset of movement to the end of the trial, any time is as likely as another.
            let onset = settings.cueSeconds + reactionSeconds
            let end = max(onset, Double(settings.bins) * settings.secondsPerBin)
            let angle = 2 * Double.pi * draws[2]
            input = Input(
                seconds: onset + draws[1] * (end - onset),
                direction: SIMD2(cos(angle), sin(angle)) * settings.inputStrength)
        }
        label = Self.label(
            of: condition, index, ofDay: day, among: conditions, settings: settings)
    }

    private static func label(
        of condition: Int, _ index: Int, ofDay day: Int, among conditions: [Int],
        settings: ReachingSettings
    ) -> Int {
        let draws = settings.stream(day, .label, item: index)
            .uniforms(2)
        var label = condition
        let others = conditions.filter { $0 != condition }
        if draws[0] < settings.mislabelledShare, !others.isEmpty {
            label = others[Int(draws[1] * Double(others.count))]
        }
        return settings.mirroredSession == day
            ? (settings.conditions - label) % settings.conditions : label
    }
}
