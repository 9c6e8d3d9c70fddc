import ArrayFiles
public import Messages

/// What is wrong with an NWB file, or with what was asked of it. Rows are counted from 0.
public enum NWBError: ReportedError, Equatable {
    case notNWB(path: String, version: String?)
    case unknownTable(path: String, table: String, found: [String])
    case damagedIndex(path: String, column: String)
    case windowsNeeded(path: String, events: [String])
    case courseTooLong(path: String, seconds: Double, first: Double, last: Double)
    case noUnits(path: String)
    case unitsUnobserved(path: String, units: [String], of: Int, windows: Int)
    case unknownSeries(path: String, series: String, found: [String])
    case ambiguousSeries(path: String, series: String, found: [String])
    case unsuitableSeries(path: String, series: String, problem: String)
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
        case .damagedIndex(let path, let column):
            return "\(path): the index of the ragged column \"\(column)\" doesn't fit its data; "
                + "the file is damaged."
        case .windowsNeeded(let path, let events):
            return "\(path): trials have lengths of their own. Say which part of them is wanted: align: "
                + "{event: COLUMN, before_ms: 250, after_ms: 450}"
                + (events.isEmpty ? "" : " with one of the columns \(events.joined(separator: ", "))")
                + ", or cut the whole recording with chop: {window_ms: 600, overlap_ms: 200}."
        case .courseTooLong(let path, let seconds, let first, let last):
            return "\(path): a recording of \(plain(seconds.rounded())) s, from \(plain(first)) s to "
                + "\(plain(last)) s, is more than can be cut into windows. Is one spike or interval at a wrong "
                + "time, or are times not in seconds?"
        case .noUnits(let path):
            return
                "\(path) has no table of units, /units with the column spike_times: nothing was sorted into "
                + "units, or it is in another file."
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
