import Foundation
public import LFADS
public import Ranks
import Registry

/// What a process needs to know of a run that it trains a part of. It reads the workspace's recordings, and never the
/// registry.
struct SharedRun: Codable {
    let run: String
    let workspace: String
    let records: [SessionRecord]
    /// As JSON.
    let settings: String
    let outlines: [SessionOutline]
    /// What an epoch is measured by beside its losses, and the finished run.
    let agreement: FactorAgreement?
    let finalAgreement: FactorAgreement?

    /// What kind a message before the training is.
    enum Message: Int {
        /// From rank 0: what is trained. [`SharedRun`]
        case run = 1
        /// To rank 0: the days are loaded. [`RankReadiness`]
        case ready
        /// To rank 0: they can't be. [`RankFailure`]
        case failure
        /// From rank 0: there is nothing to do.
        case end
    }

    /// What all processes do next, as rank 0 says.
    enum Order: UInt8 {
        /// They begin the training.
        case begin = 1
        /// They take rank 0's state for their own.
        case state
        case epoch
        /// They measure how far the days agree in the finished run.
        case agreement
        /// They ask whether rates are finite.
        case rates
        case leave
    }
}

extension ParallelJob: Relay {}

extension Relay {
    /// Where a training stands, from rank 0 to all.
    ///
    /// - Parameter state: as rank 0 has it; of the others, of the same model.
    func spread(_ state: TrainingState) throws -> TrainingState {
        var state = state
        let counts = Counts(
            epochsDone: state.epochsDone, updates: state.updates, schedule: state.schedule)
        let known = try JSONDecoder.withNonFiniteNumbers.decode(
            Counts.self, from: spread(try JSONEncoder.withNonFiniteNumbers.encode(counts)))
        (state.epochsDone, state.updates, state.schedule) = (
            known.epochsDone, known.updates, known.schedule
        )
        try spread(&state.parameters)
        try spread(&state.firstMoment)
        try spread(&state.secondMoment)
        try spread(&state.bestParameters)
        return state
    }

    private func spread(_ text: Data) throws -> Data {
        var size = [Double(text.count)]
        try gather(&size, own: rank == 0 ? 0..<1 : 0..<0)
        var bytes = rank == 0 ? [UInt8](text) : [UInt8](repeating: 0, count: Int(size[0]))
        try bytes.withUnsafeMutableBytes { try pass([$0]) { _ in } }
        return Data(bytes)
    }
}

/// Of a training's state, all but the buffers.
private struct Counts: Codable {
    let epochsDone: Int
    let updates: Int
    let schedule: TrainingSchedule
}
