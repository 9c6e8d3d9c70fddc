import ArrayFiles
import Messages
import TrialArrays

/// Events of an NWB file, such as licks: times without values that could be averaged.
struct NWBEvents {
    let path: String
    /// Nanoseconds, ascending.
    let times: [Int64]

    var name: String { String(path.split(separator: "/").last ?? "") }
}

extension NWBFile {
    /// Paths of everything that has times of its samples, whether it has values or not, in alphabetical order.
    func timedPaths() throws -> [String] {
        try file.datasetPaths().filter { $0.hasSuffix("/timestamps") && Self.holdsSeries($0) }
            .map { String($0.dropLast("/timestamps".count)) }
    }

    /// Series that are nothing but times.
    func eventPaths() throws -> [String] {
        try timedPaths().filter { !file.exists($0 + "/data") }
    }

    /// A series by its name or path, or a column of the table of trials with a list of times in every row.
    /// - Throws: `NWBError.ambiguousSeries`, `.unknownSeries`, `TableError.invalidTime`
    func events(named name: String, trials: NWBTable?) throws -> NWBEvents {
        let series = try timedPaths()
        if !series.contains(where: { Self.matches($0, name) }), let trials, trials.has(name),
            trials.isRagged(name)
        {
            _ = try trials.ranges(name)
            return try events(at: "\(trials.path)/\(name)", times: "\(trials.path)/\(name)")
        }
        let lists = trials.map { table in table.columns.filter(table.isRagged) } ?? []
        let path = try path(named: name, among: series, besides: lists)
        return try events(at: path, times: path + "/timestamps")
    }

    private func events(at path: String, times dataset: String) throws -> NWBEvents {
        // Who had none in a trial may have written NaN.
        let times = try file.doubles(dataset).values.filter { !$0.isNaN }
        return NWBEvents(path: path, times: try nanoseconds(times, dataset).sorted())
    }
}

extension NWBFileReader {
    /// How many events are in each bin, `[trials, bins, series]`.
    func eventCounts(
        _ windows: Windows
    ) throws -> (channels: TrialArray, remarks: [String: String]) {
        let table = try? nwb.intervals(source.trialTable ?? "trials")
        let events = try source.eventCounts.map { try nwb.events(named: $0, trials: table) }
        let binning = SpikeBinning(
            windowStarts: windows.starts, binNanoseconds: bin, binCount: windows.binCount)
        var channels = TrialArray(
            trials: TrialAxis(count: windows.starts.count),
            bins: BinAxis(count: windows.binCount, milliseconds: binMilliseconds),
            columns: ColumnAxis(.channel, names: events.map(\.name)), repeating: 0)
        var remarks: [String: String] = [:]
        for (column, series) in events.enumerated() {
            let (counts, outside) = binning.counts(of: series.times)
            guard outside < series.times.count else {
                throw nwb.unsuitable(
                    series.path,
                    series.times.isEmpty
                        ? "it has no events"
                        : "none of its events is in a window: events are from \(Nanoseconds.words(series.times)), windows "
                            + "from \(Nanoseconds.words(windows.starts)) s of the recording's clock")
            }
            channels.setColumn(column, to: counts)
            remarks["behavior.\(series.name)"] = "\(series.path), events in each bin"
        }
        return (channels, remarks)
    }
}
