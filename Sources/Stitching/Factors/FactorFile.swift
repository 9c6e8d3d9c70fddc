import Foundation
public import LFADS
public import Recordings
import TrialArrays

/// Inferred quantities of one session with all that is needed to understand them without this program.
///
/// Trials stand in the order in which they were asked for, units in the recording's order.
public struct FactorFile: Sendable {
    /// What is known of one trial.
    public struct Trial: Sendable, Equatable {
        /// Place in the recording, from 0.
        public let index: Int
        /// Identifier in the source.
        public let identifier: Int
        /// Label, where there is one.
        public let condition: String?
        /// What the trial was for.
        public let split: Recording.Split
    }

    /// Name of the run.
    public let run: String
    /// Name of the session.
    public let session: String
    /// Revision of the session that the run was trained on.
    public let revision: Int
    /// Who was recorded.
    public let subject: String
    /// Day of the recording.
    public let date: String
    /// Hash of the content of the recording.
    public let contentHash: String
    /// Width of a bin, milliseconds.
    public let binMilliseconds: Double
    /// Bins of a trial.
    public let binCount: Int
    /// The event that trials are cut around; `nil` where none is known.
    public let event: AlignedEvent?
    /// Bins that the encoder saw; later ones are predicted.
    public let encodedBinCount: Int
    /// What the run describes values by.
    public let observation: ObservationModel
    /// What the quantities are inferred from.
    public let estimate: PosteriorEstimate
    /// Units in the recording's order.
    public let unitNames: [String]
    /// Trials in the order of the arrays.
    public let trials: [Trial]
    /// What the file holds.
    public let quantities: [Quantity]
    /// Only for a continuous recording of which all windows were asked for.
    public let continuous: Continuous?

    /// Start of every bin within the trial, milliseconds.
    public var binStarts: [Double] { (0..<binCount).map { Double($0) * binMilliseconds } }
    /// The same from the event on, negative before it; `nil` where none is known.
    public var binStartsFromEvent: [Double]? {
        event.map { event in binStarts.map { $0 - event.milliseconds } }
    }

    /// Infers what was asked for.
    ///
    /// - Parameters:
    ///   - day: the day that is asked.
    ///   - trials: places in the recording.
    ///   - quantities: what is wanted.
    ///   - estimate: the posterior means once, or the average over posterior samples.
    ///   - mergesWindows: whether windows of a continuous recording are put together as well.
    /// - Throws: `StitchingError.trialOutOfRange`, `.noInferredInputs`
    public init(
        _ day: TrainedDay, trials: [Int], quantities: [FactorQuantity],
        estimate: PosteriorEstimate = .means, mergesWindows: Bool = true
    ) throws {
        let recording = day.recording
        let inferred = try day.infer(
            quantities.reduce(into: []) { $0.formUnion($1.inferred) }, trials: trials,
            estimate: estimate)
        run = day.run
        session = day.record.name
        revision = day.record.revision
        subject = recording.subject
        date = recording.date
        contentHash = day.record.contentHash
        binMilliseconds = recording.binMilliseconds
        binCount = inferred.binCount
        event = recording.event
        encodedBinCount = day.settings.model.encodedBinCount
        observation = day.settings.model.observation
        self.estimate = estimate
        unitNames = recording.units.map(\.name)
        self.trials = trials.map {
            let trial = recording.trials[$0]
            return Trial(
                index: $0, identifier: trial.identifier, condition: trial.condition,
                split: trial.split)
        }
        let naming = QuantityNaming(model: day.settings.model)
        let arrays = quantities.flatMap { naming.quantities($0, inferred) }
        self.quantities = arrays
        continuous =
            mergesWindows ? Self.continuous(arrays, of: recording, trials: trials) : nil
    }
}
