import Messages
public import Registry
import Stitching

/// The journey from a trained run to what is known of how good it is: evaluate it, enter what was found into
/// the registry, and compare it with other runs.
public enum EvaluationJourney {
    /// What a run is compared with.
    public enum Reference: Sendable, Equatable {
        /// One model per session, where all of these were trained; otherwise nothing.
        case singlesIfTrained
        /// One model per session.
        case singles
        /// Another run, by its name.
        case run(String)
    }

    /// What an evaluation found, and how it compares.
    public struct Outcome: Sendable, Codable {
        /// What was found of the run itself.
        public let evaluation: RunEvaluation
        /// `nil` where there was nothing to compare with.
        public let comparison: RunComparison?
    }

    /// Evaluates a run, enters its metrics into the registry in place of those of earlier evaluations, and
    /// compares it.
    ///
    /// - Parameters:
    ///   - run: name of the run.
    ///   - registry: where the run and its sessions are registered.
    ///   - options: what is measured beyond what always is.
    ///   - reference: what it is compared with.
    /// - Throws: `EvaluationError`, `StitchingError.noSingles`, `RegistryError.unknownRun`, and the errors of
    ///   the rooms below.
    public static func evaluate(
        run: String, in registry: SessionRegistry,
        options: RunEvaluation.Options = RunEvaluation.Options(),
        against reference: Reference = .singlesIfTrained
    ) throws -> Outcome {
        let evaluation = try RunEvaluation(run: run, in: registry, options: options)
        try registry.recordEvaluation(
            evaluation.sessions.map { ($0.name, $0.metrics.byName) }, ofRun: run,
            version: neurostitchVersion, part: evaluation.part.split)
        let others: [String]
        var name = RunComparison.single
        switch reference {
        case .run(let other):
            name = other
            others = [try registry.run(named: other).name]
        case .singles, .singlesIfTrained:
            others = try RunComparison.singles(of: run, in: registry)
            if others.isEmpty, reference == .singles { throw StitchingError.noSingles(run: run) }
        }
        return Outcome(
            evaluation: evaluation,
            comparison: others.isEmpty
                ? nil
                : try compare(evaluation, with: others, named: name, in: registry, options: options))
    }

    /// Compares an evaluation with other runs, which are evaluated in the same way: the same part of the
    /// trials, the same channels of behaviour, read with the same lag and history.
    ///
    /// - Parameters:
    ///   - evaluation: of the run that is compared.
    ///   - runs: of several that know a session, the first one counts.
    ///   - name: what they are called together.
    ///   - registry: where all of them are registered.
    ///   - options: those of the evaluation.
    /// - Throws: `EvaluationError`, and the errors of the rooms below.
    public static func compare(
        _ evaluation: RunEvaluation, with runs: [String], named name: String,
        in registry: SessionRegistry, options: RunEvaluation.Options
    ) throws -> RunComparison {
        var options = options
        options.channels = evaluation.channels
        options.part = evaluation.part
        options.unitCounts = []
        let others = try runs.map { try RunEvaluation(run: $0, in: registry, options: options) }
        return try RunComparison(evaluation, with: others, named: name)
    }
}
