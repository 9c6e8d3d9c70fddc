public import ArgumentParser
public import Evaluation
import Foundation

/// Which behaviour is decoded, and how.
struct BehaviorOptions: ParsableArguments {
    @Option(name: .long, help: "Behaviour channels to decode, comma-separated. (default: all)")
    var behavior: String?

    @Option(name: .long, help: "Milliseconds by which behaviour follows what it is decoded from.")
    var lagMs: Double = 0

    @Option(name: .long, help: "Milliseconds before that which are read as well.")
    var historyMs: Double = 0

    var channels: [String] { behavior?.split(separator: ",").map(String.init) ?? [] }

    func validate() throws {
        if let behavior, behavior.split(separator: ",", omittingEmptySubsequences: false).contains("") {
            throw ValidationError("--behavior is \"\(behavior)\"; expected names of channels such as x,y.")
        }
        for (name, value) in [("--lag-ms", lagMs), ("--history-ms", historyMs)]
        where !(value >= 0 && value <= 1e6) {
            throw ValidationError("\(name) must be between 0 and 1000000.")
        }
    }
}

extension EvaluatedPart: ExpressibleByArgument {}

/// What `evaluate` and `report` measure.
struct EvaluationOptions: ParsableArguments {
    @OptionGroup var decoded: BehaviorOptions

    @Option(
        name: .long,
        help: "Trials that figures are of: test or valid. (default: test, if every session has test trials)")
    var part: EvaluatedPart?

    @Option(name: .long, help: "Numbers of units to see each day through, comma-separated.")
    var units: String?

    @Flag(
        name: .long,
        help: "Decode behaviour from factor analysis as well; needs python3 with scikit-learn.")
    var factorAnalysis = false

    func validate() throws {
        _ = try unitCounts()
    }

    func options(threads: Int) throws -> RunEvaluation.Options {
        var options = RunEvaluation.Options(threads: threads)
        options.channels = decoded.channels
        options.lagMilliseconds = decoded.lagMs
        options.historyMilliseconds = decoded.historyMs
        options.unitCounts = try unitCounts()
        options.part = part
        options.factorAnalysis = factorAnalysis
        return options
    }

    private func unitCounts() throws -> [Int] {
        guard let units else { return [] }
        return try units.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let count = Int(part.trimmingCharacters(in: .whitespaces)), count > 0 else {
                throw ValidationError("--units takes numbers such as 10,25,50; \"\(part)\" is none.")
            }
            return count
        }
    }
}
