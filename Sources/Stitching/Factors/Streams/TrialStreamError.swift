public import Messages

/// What can be wrong with a trial, or with bins, that come from outside one by one.
public enum TrialStreamError: ReportedError, Equatable {
    /// A line that can't be read.
    case notExpectedJSON(units: Int)
    /// Neither a trial nor bins, or both.
    case notOneRequest
    /// A trial of another length: `trial` bins are expected, or the `encoded` ones that the encoder sees.
    case binCount(found: Int, trial: Int, encoded: Int)
    /// More bins at a time than a window holds, or none.
    case windowBinCount(found: Int, window: Int)
    /// `array` is the name of the array that is wrong.
    case unitCount(array: String, bin: Int, found: Int, units: Int)
    /// A value that can't be a count.
    case notACount(array: String, bin: Int, place: Int, value: Float)
    /// A trial without the external inputs that the run has.
    case noExternalInputs(inputs: Int, bins: Int)
    /// External inputs of other extents.
    case externalInputExtents(inputs: Int, bins: Int)
    /// Bins one by one for a run whose trials have external inputs.
    case windowWithExternalInputs

    public var category: ErrorCategory { .badData }

    public var description: String {
        switch self {
        case .notExpectedJSON(let units):
            "not the JSON that is expected: {\"counts\": [[…], …]} or {\"bins\": [[…], …]}, "
                + "numbers in rows of \(units) units"
        case .notOneRequest:
            "expected one of \"counts\" and \"bins\""
        case .binCount(let found, let trial, let encoded):
            "\(found) bins, but a trial has \(trial)"
                + (encoded < trial ? " (or the \(encoded) that the encoder sees)" : "")
        case .windowBinCount(let found, let window):
            "\(found) bins, but a window takes 1 to \(window) at a time"
        case .unitCount(let array, let bin, let found, let units):
            "\(array)[\(bin)] has \(found) numbers, but the session has \(units) units"
        case .notACount(let array, let bin, let place, let value):
            "\(array)[\(bin)][\(place)] is \(value), which is no count"
        case .noExternalInputs(let inputs, let bins):
            "the run has \(inputs) external inputs: give \"external_inputs\", \(bins) bins of them"
        case .externalInputExtents(let inputs, let bins):
            "external_inputs must be \(bins) bins × \(inputs) numbers"
        case .windowWithExternalInputs:
            "a run with external inputs takes whole trials, \"counts\", only"
        }
    }
}
