import Alignment
import Foundation
import LFADS

/// Settings of the model and its training that a manifest leaves open and that depend on how much there is to learn
/// from: they follow from the recordings.
///
/// How the rules were found, and what they are worth on arrays that had no part in it: docs/results.md.
public struct SettingsFromData: Sendable, Equatable {
    /// A setting and why it is what it is.
    public struct Choice: Sendable, Equatable {
        /// The manifest's key: `model.fac_dim`.
        public let key: String
        /// What it was set to.
        public let value: SettingValue
        /// The reason, as a part of a sentence.
        public let reason: String
    }

    /// In the order in which they were made; later ones depend on earlier ones.
    public private(set) var choices: [Choice] = []

    /// Share of the condition averages' signal that the factors may leave out: the more trials there are to learn
    /// from, the smaller a component can be and still be worth a factor.
    static func shareLeftOut(trainingTrials: Int) -> Double {
        min(max(2 / Double(max(trainingTrials, 1)), 0.0005), 0.01)
    }

    /// The range that has been tried on real days; what lies outside it is for a manifest to say.
    static let factors = 24...48

    /// The rate of dropout for so many training trials, in steps of 0.01: the fewer there are, the more does a model
    /// learn by heart.
    static func dropoutRate(trainingTrials: Int) -> Float {
        let doublings = log2(Double(max(trainingTrials, 1)) / Self.trialsOfStrongestDropout)
        let rate = min(max(0.4 - 0.1 * doublings, 0.2), 0.4)
        return Float((100 * rate).rounded() / 100)
    }

    private static let trialsOfStrongestDropout = 210.0

    /// Training trials up to which small batches and many epochs are needed for enough updates, and from which on
    /// larger batches and fewer epochs give as many.
    static let updateTrials = (few: 450.0, many: 900.0)
    static let batchSizes = (few: 32, many: 64)
    static let epochCounts = (few: 200, many: 100)

    /// In hundredths: with many trials counts need not be hidden from the model as often to keep it from copying them.
    static let coordinatedDropoutRates = (few: 45, many: 30)

    /// In tenths: what batches of many days ask of the generator at once, it answers with weights that are too large.
    static let generatorPenalties = (few: 3, many: 13)

    /// In millionths.
    static let inferredInputPenalties = (few: 15, many: 20)

    /// Between the two, in steps.
    static func between(_ ends: (few: Int, many: Int), steps: Int, trainingTrials: Int) -> Int {
        let place = (Double(trainingTrials) - updateTrials.few) / (updateTrials.many - updateTrials.few)
        let value = Double(ends.few) + min(max(place, 0), 1) * Double(ends.many - ends.few)
        return Int((value / Double(steps)).rounded()) * steps
    }

    /// Makes the choices that are open, and puts them into a model and its training.
    ///
    /// - Parameters:
    ///   - given: the keys that the manifest has.
    ///   - threads: days that are looked at at once.
    /// - Throws: `LinearAlgebraError`
    init(
        given: GivenKeys, _ sessions: [PreparedSession], _ alignment: AlignmentSettings,
        _ model: inout ModelConfiguration, _ training: inout TrainingConfiguration, threads: Int
    ) throws {
        let open = given.openModelKeys
        func choose<Value>(
            _ key: String, _ path: WritableKeyPath<ModelConfiguration, Value>, _ value: Value,
            _ shown: (Value) -> SettingValue, _ reason: String
        ) {
            guard open.contains(key) else { return }
            model[keyPath: path] = value
            choices.append(Choice(key: "model.\(key)", value: shown(value), reason: reason))
        }
        let trials = sessions.reduce(0) { $0 + $1.trainingTrials.count }
        if open.contains("fac_dim") {
            let (count, reason) = try Self.factorCount(
                sessions, alignment, trials, threads: threads)
            choose("fac_dim", \.factorCount, count, SettingValue.whole, reason)
        }
        let factors = model.factorCount
        let units = min(max(4 * factors, 64), 128)
        let room = "four for each of \(factors) factors, from 64 to 128"
        choose("gen_dim", \.generatorUnits, units, SettingValue.whole, room)
        choose("ic_enc_dim", \.initialConditionEncoderUnits, units, SettingValue.whole, room)
        choose(
            "co_dim", \.inferredInputCount, max(factors / 12, 1), SettingValue.whole,
            "a controller, with an input for every twelve factors")
        // A model without inferred inputs has no controller at all.
        let width = model.inferredInputCount > 0 ? 32 : 0
        let reason = width > 0 ? "a small controller is enough" : "no inferred inputs"
        choose("ci_enc_dim", \.controllerInputEncoderUnits, width, SettingValue.whole, reason)
        choose("con_dim", \.controllerUnits, width, SettingValue.whole, reason)
        choose(
            "dropout_rate", \.dropoutRate, Self.dropoutRate(trainingTrials: trials), SettingValue.single,
            "\(trials) training trials; 0.4 up to \(Int(Self.trialsOfStrongestDropout)), 0.1 less for twice as many, "
                + "0.2 at least")
        /// Ends are whole numbers of the unit in which `value` counts.
        func chooseForTraining<Value>(
            _ key: String, _ path: WritableKeyPath<TrainingConfiguration, Value>,
            _ ends: (few: Int, many: Int),
            steps: Int, _ value: (Int) -> Value, _ shown: (Value) -> SettingValue
        ) {
            guard given.openTrainingKeys.contains(key) else { return }
            let chosen = value(Self.between(ends, steps: steps, trainingTrials: trials))
            training[keyPath: path] = chosen
            choices.append(
                Choice(
                    key: "train.\(key)", value: shown(chosen),
                    reason:
                        "\(trials) training trials; \(value(ends.few)) up to \(Int(Self.updateTrials.few)), "
                        + "\(value(ends.many)) from \(Int(Self.updateTrials.many)) on"))
        }
        func share(of unit: Double) -> (Int) -> Float { { Float(Double($0) / unit) } }
        chooseForTraining(
            "cd_rate", \.coordinatedDropoutRate, Self.coordinatedDropoutRates, steps: 1, share(of: 100),
            SettingValue.single)
        chooseForTraining(
            "l2_gen_scale", \.generatorL2, Self.generatorPenalties, steps: 1, share(of: 10),
            SettingValue.single)
        if model.inferredInputCount > 0 {
            chooseForTraining(
                "kl_co_scale", \.inferredInputKLScale, Self.inferredInputPenalties, steps: 1, share(of: 1e6),
                SettingValue.single)
        }
        // On a plateau the rate falls when it falls: nothing says how long that takes.
        guard training.learningRateSchedule == .cosine else { return }
        chooseForTraining(
            "batch_size", \.batchSize, Self.batchSizes, steps: 16, { $0 }, SettingValue.whole)
        chooseForTraining("epochs", \.epochs, Self.epochCounts, steps: 10, { $0 }, SettingValue.whole)
    }

    private static func factorCount(
        _ sessions: [PreparedSession], _ alignment: AlignmentSettings, _ trials: Int, threads: Int
    ) throws -> (Int, reason: String) {
        let dimensionality = try SharedDimensionality(
            sessions.map(\.alignable), smoothingMilliseconds: alignment.smoothingMilliseconds,
            threads: threads)
        guard let dimensionality else {
            return (
                factors.lowerBound, "no labels say how many directions repeat: the fewest that are chosen"
            )
        }
        let share = 1 - shareLeftOut(trainingTrials: trials)
        let found = dimensionality.components(holding: share)
        let count = min(max((found + 3) / 4 * 4, factors.lowerBound), factors.upperBound)
        let percent = (10_000 * share).rounded() / 100
        return (
            count,
            "\(found) components hold \(percent) % of what repeats between halves of the \(trials) training "
                + "trials; a multiple of four from \(factors.lowerBound) to \(factors.upperBound)"
        )
    }
}
