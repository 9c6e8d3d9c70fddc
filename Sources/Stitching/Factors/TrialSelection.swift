import Foundation
public import Recordings

/// Which trials are wanted: `all`, `train`, `valid`, `test`, or numbers and ranges such as `0,3,10-19`.
public struct TrialSelection: Sendable, Equatable {
    /// What was asked for.
    public enum Kind: Sendable, Equatable {
        /// Every trial, the trials to train on, the held-out ones, or the test trials.
        case all, train, valid, test
        /// Kept as ranges until the recording says how far they can go.
        case places([ClosedRange<Int>])
    }
    /// What was asked for.
    public let kind: Kind

    /// Reads a selection: `all`, `train`, `valid`, `test`, or numbers and ranges such as `0,3,10-19`.
    ///
    /// - Throws: `StitchingError.badTrialRange`.
    public init(_ text: String) throws {
        switch text {
        case "all": kind = .all
        case "train": kind = .train
        case "valid": kind = .valid
        case "test": kind = .test
        default:
            var places: [ClosedRange<Int>] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let bounds = part.split(separator: "-", omittingEmptySubsequences: false)
                    .map { Int($0.trimmingCharacters(in: .whitespaces)) }
                switch bounds.count {
                case 1:
                    guard let place = bounds[0] else { throw StitchingError.badTrialRange(text) }
                    places.append(place...place)
                case 2:
                    guard let low = bounds[0], let high = bounds[1], low <= high else {
                        throw StitchingError.badTrialRange(text)
                    }
                    places.append(low...high)
                default: throw StitchingError.badTrialRange(text)
                }
            }
            kind = .places(places)
        }
    }

    /// Places of the selected trials in a recording.
    ///
    /// - Throws: `StitchingError.trialOutOfRange`, `.noTestTrials`.
    public func trials(of recording: RecordingMetadata) throws -> [Int] {
        switch kind {
        case .all: return Array(recording.trials.indices)
        case .train: return recording.trialIndices(.train)
        case .valid: return recording.trialIndices(.valid)
        case .test:
            let trials = recording.trialIndices(.test)
            guard !trials.isEmpty else {
                throw StitchingError.noTestTrials(session: recording.session)
            }
            return trials
        case .places(let places):
            let count = recording.trials.count
            for range in places where range.upperBound >= count {
                throw StitchingError.trialOutOfRange(
                    session: recording.session, trial: max(range.lowerBound, count), count: count)
            }
            return places.flatMap { Array($0) }
        }
    }
}
