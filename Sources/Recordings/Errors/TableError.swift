public import Messages

/// What is wrong with a table of trials or units, or with the windows that are cut around its events. Rows are
/// counted from 0, times are seconds.
public enum TableError: ReportedError, Equatable {
    case unknownColumn(path: String, table: String, column: String, found: [String])
    case unsuitableColumn(path: String, table: String, column: String, expected: String, found: String)
    /// `names` were given to the columns of a matrix, of which there are others.
    case columnCount(path: String, table: String, names: Int, shape: [Int])
    /// `table` is a single array.
    case columnsNotNamed(path: String, table: String, shape: [Int])
    /// Nothing says how many trials there are.
    case noTable(path: String)
    /// Numbers of trials that spikes have; the table has `rows` trials without numbers.
    case trialsUnlikeTable(path: String, column: String, numbers: ClosedRange<Int>, rows: Int)
    case invalidTime(path: String, what: String, index: Int, value: Double)
    case binWidthNeeded(path: String)
    case binWidthUnlikely(path: String, milliseconds: Double, least: Double, most: Double)
    case tooManyBins(path: String, bins: Int)
    case windowImpossible(path: String, before: Double, after: Double, bin: Double)
    case windowTooLong(path: String, before: Double, after: Double, bin: Double, mostBins: Int)
    case noTrialLeft(path: String, leftOut: String)
    /// No window lies within what was recorded.
    case eventsElsewhere(
        path: String, event: String, windows: ClosedRange<Double>, recording: ClosedRange<Double>)
    /// Spikes are there, but not while trials ran; times in seconds.
    case spikesElsewhere(
        path: String, inside: Int, of: Int, spikes: ClosedRange<Double>, windows: ClosedRange<Double>)
    case eventsOutsideTrials(
        path: String, event: String, count: Int, of: Int, row: Int, value: Double, start: Double,
        stop: Double, way: WayOut)
    case windowsOverlap(path: String, first: Int, second: Int, milliseconds: Double, length: Double)
    case unknownSplit(path: String, trial: Int, value: String)

    /// What to do about events that are not within their trials.
    public enum WayOut: Sendable, Equatable {
        /// They would be within, if they were counted from the trial's start.
        case relativeToStart
        /// They are hardly outside.
        case margin(milliseconds: Double)
        case anotherColumn
    }

    public var category: ErrorCategory { .badData }

    public var description: String {
        switch self {
        case .unknownColumn(let path, let table, let column, let found):
            return "\(path): the table \"\(table)\" has no column \"\(column)\"; it has, nearest name "
                + "first: \(found.joined(separator: ", "))."
        case .unsuitableColumn(let path, let table, let column, let expected, let found):
            return "\(path): the column \"\(column)\" of \"\(table)\" should hold \(expected) but holds "
                + "\(found)."
        case .columnCount(let path, let table, let names, let shape):
            return "\(path): the manifest names \(names) columns, but \"\(table)\" has "
                + "\(shape.map(String.init).joined(separator: " × ")) entries. Name every column of the matrix, in "
                + "its order; those that you don't need too."
        case .columnsNotNamed(let path, let table, let shape):
            return "\(path): \"\(table)\" is an array of "
                + "\(shape.map(String.init).joined(separator: " × ")) entries, and nothing says what its columns are. "
                + "Name all of them beside the table, such as {table: \(table), columns: [start_time, go_time, …]}."
        case .noTable(let path):
            return
                "\(path): nothing says which trials there are. Name an array with one entry a trial: condition, "
                + "trial_id, or the event of align."
        case .trialsUnlikeTable(let path, let column, let numbers, let rows):
            return
                "\(path): spikes are of trials \(numbers.lowerBound) to \(numbers.upperBound) (\"\(column)\"), and "
                + "there are \(rows) trials, whose numbers nothing says. Name them with trial_id: an array with the "
                + "number of each trial."
        case .invalidTime(let path, let what, let index, let value):
            return "\(path): \(what), entry \(index) is \(plain(value)), which is no time in seconds."
        case .binWidthNeeded(let path):
            return "\(path) holds spike times; set bin_ms in the manifest."
        case .binWidthUnlikely(let path, let milliseconds, let least, let most):
            return "\(path): bins of \(plain(milliseconds)) ms; expected \(plain(least)) to \(plain(most)). "
                + "bin_ms is in milliseconds, and models use 5 to 50."
        case .tooManyBins(let path, let bins):
            return "\(path): \(bins) counts (trials × bins × units) are more than fit; choose wider bins or "
                + "shorter windows."
        case .windowImpossible(let path, let before, let after, let bin):
            return "\(path): from \(plain(before)) ms before to \(plain(after)) ms after the event is no "
                + "whole number of bins of \(plain(bin)) ms, or none at all."
        case .windowTooLong(let path, let before, let after, let bin, let most):
            return "\(path): from \(plain(before)) ms before to \(plain(after)) ms after the event is more "
                + "than \(most) bins of \(plain(bin)) ms, or more than a day away. Choose shorter windows "
                + "or wider bins."
        case .noTrialLeft(let path, let leftOut):
            return "\(path): no trial is left; "
                + (leftOut.isEmpty ? "the table of trials is empty." : "left out: \(leftOut).")
        case .eventsElsewhere(let path, let event, let windows, let recording):
            return "\(path): no window around \(event) is within the recording. Windows are from "
                + "\(plain(windows.lowerBound)) to \(plain(windows.upperBound)), the bins from "
                + "\(plain(recording.lowerBound)) to \(plain(recording.upperBound)) s; both must be seconds by the "
                + "same clock. times or start_s say when bins begin."
        case .spikesElsewhere(let path, let inside, let all, let spikes, let windows):
            return
                "\(path): \(inside) of \(all) spikes fall into a window. Spikes are from \(plain(spikes.lowerBound)) to "
                + "\(plain(spikes.upperBound)), windows from \(plain(windows.lowerBound)) to "
                + "\(plain(windows.upperBound)) s; both must be seconds by the same clock."
        case .eventsOutsideTrials(
            let path, let event, let count, let all, let row, let value, let start, let stop, let way):
            return
                "\(path): in \(count) of \(all) trials \(event) is not within the trial; in row \(row) it is "
                + "\(plain(value)), and the trial runs from \(plain(start)) to \(plain(stop)) s. \(way.words)"
        case .windowsOverlap(let path, let first, let second, let milliseconds, let length):
            return "\(path): the windows of trials \(first) and \(second) share "
                + "\(plain(milliseconds)) of \(plain(length)) ms, more than half, so that held-out trials would "
                + "be known from training. Choose a shorter window, or leave trials out with trials: {where: …}."
        case .unknownSplit(let path, let trial, let value):
            return "\(path): trial \(trial) has \"\(value)\" in the column split; train, val, test and none "
                + "are known. Set split: {valid_every: 5} to split anew."
        }
    }
}

extension TableError.WayOut {
    fileprivate var words: String {
        switch self {
        case .relativeToStart:
            "Counted from the trial's start they would be within: set relative_to: start_time in align, or choose "
                + "another column."
        case .margin(let milliseconds):
            "If events may be a little outside, set margin_ms: \(plain(milliseconds)) in align; otherwise choose "
                + "another column or correct the file."
        case .anotherColumn:
            "Times must be seconds by the clock of the recording, not milliseconds; choose another column, say with "
                + "relative_to in align what they are counted from, or correct the file."
        }
    }
}
