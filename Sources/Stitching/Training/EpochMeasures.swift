import LFADS

/// What is measured after every epoch beside the losses.
struct EpochMeasures: Sendable {
    private let bits: [BitsPerSpike]
    let agreement: FactorAgreement?

    init(_ sessions: [PreparedSession], _ observation: ObservationModel) {
        bits =
            observation == .poisson
            ? sessions.map { BitsPerSpike($0, trials: $0.validationTrials) } : []
        agreement = FactorAgreement(
            sessions, trainingTrialsPerCondition: FactorAgreement.trainingTrialsPerCondition)
    }

    /// One more epoch of a training; how far the days agree takes part in the choice of the best.
    ///
    /// - Throws: what `StitchedTraining.runEpoch` throws.
    func runEpoch(_ training: StitchedTraining) throws -> EpochRecord {
        var measured: Double?
        let summary = try training.runEpoch { _ in
            measured = try agreement?.value(training)
            return measured
        }
        return EpochRecord(
            summary: summary,
            bitsPerSpike: zip(bits, summary.validationOfSession).map { $0.value(meanLoss: $1) },
            agreement: measured)
    }
}

extension FactorAgreement {
    /// As a model has it that is being trained, by this process or by several.
    ///
    /// - Throws: `LFADSError`, and what the relay throws.
    func value(_ training: StitchedTraining) throws -> Double {
        try value(training.model, training.relay) { training.measuredTrials(ofSession: $0) }
    }
}
