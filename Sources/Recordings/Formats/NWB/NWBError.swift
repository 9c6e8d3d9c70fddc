import ArrayFiles
public import Messages

/// What is wrong with an NWB file, or with what was asked of it. Rows are counted from 0.
public enum NWBError: ReportedError, Equatable {
    case notNWB(path: String, version: String?)
    case unknownTable(path: String, table: String, found: [String])
    case unknownColumn(path: String, table: String, column: String, found: [String])
    case unsuitableColumn(path: String, table: String, column: String, expected: String, found: String)
    case damagedIndex(path: String, column: String)
    case invalidTime(path: String, what: String, index: Int, value: Double)
    case binWidthNeeded(path: String)
    case binWidthUnlikely(path: String, milliseconds: Double, least: Double, most: Double)
    case windowsNeeded(path: String, events: [String])
    case windowImpossible(path: String, before: Double, after: Double, bin: Double)
    case tooManyBins(path: String, bins: Int)
    case windowTooLong(path: String, before: Double, after: Double, bin: Double, mostBins: Int)
    case courseTooLong(path: String, seconds: Double, first: Double, last: Double)
    case noTrialLeft(path: String, leftOut: String)
    case eventsOutsideTrials(
        path: String, event: String, count: Int, of: Int, row: Int, value: Double, start: Double,
        stop: Double)
    case windowsOverlap(path: String, first: Int, second: Int, milliseconds: Double, length: Double)
    case noUnits(path: String)
    /// Spikes are there, but not while trials ran; times in seconds.
    case spikesElsewhere(
        path: String, inside: Int, of: Int, spikes: ClosedRange<Double>, windows: ClosedRange<Double>)
    case unitsUnobserved(path: String, units: [String], of: Int, windows: Int)
    case unknownSeries(path: String, series: String, found: [String])
    case ambiguousSeries(path: String, series: String, found: [String])
    case unsuitableSeries(path: String, series: String, problem: String)
    case unknownSplit(path: String, trial: Int, value: String)
    case severalValues(path: String, unit: String, column: String, found: [String])
    case factsDisagree(path: String, what: String, inFile: String, inManifest: String)
    /// `found`: what stands there instead.
    case factMissing(path: String, what: String, found: String?)

    public var category: ErrorCategory {
        .badData
    }

    public var description: String {
        switch self {
        case .notNWB(let path, let version):
            return version.map {
                "\(path) is NWB version \($0); version 2 is read. Convert it, for example with pynwb."
            } ?? "\(path) is an HDF5 file but not NWB: it has no attribute nwb_version."
        case .unknownTable(let path, let table, let found):
            return "\(path) has no table of intervals \"\(table)\"; "
                + (found.isEmpty
                    ? "it has none at all. Without trials, cut windows with chop."
                    : "it has, nearest name first: \(found.joined(separator: ", ")).")
        case .unknownColumn(let path, let table, let column, let found):
            return "\(path): the table \"\(table)\" has no column \"\(column)\"; it has, nearest name "
                + "first: \(found.joined(separator: ", "))."
        case .unsuitableColumn(let path, let table, let column, let expected, let found):
            return "\(path): the column \"\(column)\" of \"\(table)\" should hold \(expected) but holds "
                + "\(found)."
        case .damagedIndex(let path, let column):
            return "\(path): the index of the ragged column \"\(column)\" doesn't fit its data; "
                + "the file is damaged."
        case .invalidTime(let path, let what, let index, let value):
            return "\(path): \(what), entry \(index) is \(plain(value)), which is no time in seconds."
        case .binWidthNeeded(let path):
            return "\(path) holds spike times; set bin_ms in the manifest."
        case .windowsNeeded(let path, let events):
            return "\(path): trials have lengths of their own. Say which part of them is wanted: align: "
                + "{event: COLUMN, before_ms: 250, after_ms: 450}"
                + (events.isEmpty ? "" : " with one of the columns \(events.joined(separator: ", "))")
                + ", or cut the whole recording with chop: {window_ms: 600, overlap_ms: 200}."
        case .windowImpossible(let path, let before, let after, let bin):
            return "\(path): from \(plain(before)) ms before to \(plain(after)) ms after the event is no "
                + "whole number of bins of \(plain(bin)) ms, or none at all."
        case .tooManyBins(let path, let bins):
            return "\(path): \(bins) counts (trials × bins × units) are more than fit; choose wider bins or "
                + "shorter windows."
        case .binWidthUnlikely(let path, let milliseconds, let least, let most):
            return "\(path): bins of \(plain(milliseconds)) ms; expected \(plain(least)) to \(plain(most)). "
                + "bin_ms is in milliseconds, and models use 5 to 50."
        case .windowTooLong(let path, let before, let after, let bin, let most):
            return "\(path): from \(plain(before)) ms before to \(plain(after)) ms after the event is more "
                + "than \(most) bins of \(plain(bin)) ms, or more than a day away. Choose shorter windows "
                + "or wider bins."
        case .courseTooLong(let path, let seconds, let first, let last):
            return "\(path): a recording of \(plain(seconds.rounded())) s, from \(plain(first)) s to "
                + "\(plain(last)) s, is more than can be cut into windows. Is one spike or interval at a wrong "
                + "time, or are times not in seconds?"
        case .eventsOutsideTrials(
            let path, let event, let count, let all, let row, let value, let start, let stop):
            return
                "\(path): in \(count) of \(all) trials \(event) is not within the trial; in row \(row) it is "
                + "\(plain(value)), and the trial runs from \(plain(start)) to \(plain(stop)) s. Times must be "
                + "seconds by the clock of the recording, not milliseconds or counted from the trial's start; "
                + "choose another column or correct the file."
        case .windowsOverlap(let path, let first, let second, let milliseconds, let length):
            return "\(path): the windows of trials \(first) and \(second) share "
                + "\(plain(milliseconds)) of \(plain(length)) ms, more than half, so that held-out trials would "
                + "be known from training. Choose a shorter window, or leave trials out with trials: {where: …}."
        case .noUnits(let path):
            return
                "\(path) has no table of units, /units with the column spike_times: nothing was sorted into "
                + "units, or it is in another file."
        case .spikesElsewhere(let path, let inside, let all, let spikes, let windows):
            return
                "\(path): \(inside) of \(all) spikes fall into a window. Spikes are from \(plain(spikes.lowerBound)) to "
                + "\(plain(spikes.upperBound)), windows from \(plain(windows.lowerBound)) to "
                + "\(plain(windows.upperBound)) s; both must be seconds by the same clock."
        case .noTrialLeft(let path, let leftOut):
            return "\(path): no trial is left; left out: \(leftOut)."
        case .unitsUnobserved(let path, let units, let count, let windows):
            return "\(path): \(units.count) of \(count) units (\(units.prefix(5).joined(separator: ", "))"
                + "\(units.count > 5 ? ", …" : "")) were not observed (obs_intervals) in some of the "
                + "\(windows) windows that others were observed in. Choose units: {unobserved: drop-units} "
                + "or {unobserved: drop-trials}."
        case .unknownSeries(let path, let series, let found):
            return "\(path) has no time series \"\(series)\"; "
                + (found.isEmpty
                    ? "it has none at all."
                    : "it has, nearest name first: \(found.prefix(12).joined(separator: ", ")).")
        case .ambiguousSeries(let path, let series, let found):
            return "\(path) has several time series \"\(series)\"; name one by its path: "
                + "\(found.joined(separator: ", "))."
        case .unsuitableSeries(let path, let series, let problem):
            return "\(path): the time series \"\(series)\" can't be used: \(problem)."
        case .unknownSplit(let path, let trial, let value):
            return "\(path): trial \(trial) has \"\(value)\" in the column split; train, val, test and none "
                + "are known. Set split: {valid_every: 5} to split anew."
        case .severalValues(let path, let unit, let column, let found):
            return "\(path): the electrodes of unit \(unit) have several values of \"\(column)\": "
                + "\(found.joined(separator: ", ")). Filter by a column of the units instead."
        case .factsDisagree(let path, let what, let inFile, let inManifest):
            return "\(path) says that its \(what) is \(inFile), the manifest says \(inManifest). Correct "
                + "the manifest, or leave the key out."
        case .factMissing(let path, let what, let found):
            return "\(path) doesn't say its \(what)"
                + (found.map { " (\($0))" } ?? "") + "; set \(what) in the manifest."
        }
    }
}
