import ArrayFiles
import TrialArrays

/// Reads spike times that stand as arrays, an entry a spike: when, of which unit and, where trials have clocks of
/// their own, in which trial.
struct SpikeArrayReader {
    let source: RecordingSource
    let file: SourceFile
    let spikes: RecordingSource.SpikeTimes

    func read(
        around window: RecordingSource.EventWindow
    ) throws -> (recording: Recording, hasSplit: Bool) {
        let (milliseconds, bin) = try SpikeBinning.width(source)
        let binCount = try window.binCount(ofMilliseconds: milliseconds, in: file.path)
        let length = Int64(binCount) * bin
        let spikeTable = try ArrayTable(
            file, table: spikes.table, columns: spikes.columns, with: spikes.times, format: source.format)
        let times = try Nanoseconds.rounding(
            spikeTable.numbers(spikes.times), of: spikes.times, in: file.path)
        let (names, units) = try Self.units(spikeTable.texts(spikes.units))
        let trialTable = try ArrayTable(source, file)
        let numbers = try spikes.trials.map(spikeTable.wholeNumbers)
        var trials = try AlignedTrials(
            trialTable, source, window, clock: numbers == nil ? .recording : .trial)
        if numbers == nil { leaveOutUnrecorded(&trials, times, length: length) }
        var remarks = try trials.remarks(length: length)

        let binning = SpikeBinning(
            windowStarts: trials.starts, binNanoseconds: bin, binCount: binCount)
        try binning.requireRoom(units: names.count, in: file.path)
        let axis = (
            trials: TrialAxis(count: trials.starts.count),
            bins: BinAxis(count: binCount, milliseconds: milliseconds)
        )
        var counts = [Float](repeating: 0, count: trials.starts.count * binCount * names.count)
        var isInside = [Bool](repeating: false, count: times.count)
        try forEachSpike(times, in: numbers.map { try places($0, trials, trialTable) }, binning) {
            window, bin, spike in
            counts[(window * binCount + bin) * names.count + units[spike]] += 1
            isInside[spike] = true
        }
        try requireSameClock(times, trials.starts, length: length, inside: isInside.count { $0 })
        remarks[.spikesOutsideWindows] = "\(isInside.count { !$0 })"
        let scalars = TrialArray(
            trials: axis.trials, bins: axis.bins,
            columns: ColumnAxis(.channel, names: trials.scalars.map(\.name)),
            perTrial: trials.scalars.map(\.values))
        let recording = Recording(
            session: source.session, subject: source.subject, date: source.date, array: source.array,
            binMilliseconds: milliseconds, trialCount: trials.starts.count, binCount: binCount,
            units: names.map { Recording.Unit(name: $0) }, values: counts, trials: trials.trials,
            behaviorNames: scalars.columns.names, behavior: scalars.values, provenance: remarks)
        return (recording, trials.hasSplit)
    }

    /// Names of the units, in the order of their numbers where they have some, and which of them each spike is of.
    private static func units(_ texts: [String?]) throws -> (names: [String], units: [Int]) {
        let texts = texts.map { $0 ?? "" }
        let names = Set(texts).sorted { first, second in
            (Double(first) ?? .infinity, first) < (Double(second) ?? .infinity, second)
        }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        return (names, texts.map { places[$0] ?? 0 })
    }

    /// The recording ran at least from its first spike to its last, and while there were trials.
    private func leaveOutUnrecorded(_ trials: inout AlignedTrials, _ times: [Int64], length: Int64) {
        let starts = times + trials.course.intervals.map(\.start)
        let ends = times.map { $0 + 1 } + trials.course.intervals.map(\.end)
        guard let start = starts.min(), let end = ends.max() else { return }
        trials.leaveOut("not within the recording") { $0 < start || $0 + length > end }
    }

    // MARK: Spikes in windows

    /// - Parameter places: which window each spike's trial has, where trials have clocks of their own.
    private func forEachSpike(
        _ times: [Int64], in places: [Int?]?, _ binning: SpikeBinning,
        _ add: (_ window: Int, _ bin: Int, _ spike: Int) -> Void
    ) throws {
        guard let places else {
            let order = times.indices.sorted { times[$0] < times[$1] }
            binning.forEachSpike(of: order.map { times[$0] }) { add($0, $1, order[$2]) }
            return
        }
        for spike in times.indices {
            if let window = places[spike], let bin = binning.bin(of: times[spike], inWindow: window) {
                add(window, bin, spike)
            }
        }
    }

    /// The window of each spike's trial; `nil` for trials that were left out.
    ///
    /// Without numbers of their own trials are counted from 0 or from 1, whichever the spikes' numbers show.
    private func places(
        _ numbers: [Int], _ trials: AlignedTrials, _ table: ArrayTable
    ) throws -> [Int?] {
        var first = 0
        if !table.hasIdentifiers, let least = numbers.min(), let most = numbers.max() {
            first = least == 0 ? 0 : 1
            // The last trial has spikes if the first has none: from 1 to their number, or from 0 to one less.
            guard (first == 0 ? most < table.rowCount : most == table.rowCount) && least >= 0 else {
                throw TableError.trialsUnlikeTable(
                    path: file.path, column: spikes.trials ?? "", numbers: least...most, rows: table.rowCount)
            }
        }
        let windows = Dictionary(
            uniqueKeysWithValues: trials.trials.enumerated().map { ($1.identifier + first, $0) })
        return numbers.map { windows[$0] }
    }

    private func requireSameClock(
        _ times: [Int64], _ starts: [Int64], length: Int64, inside: Int
    ) throws {
        guard inside == 0, let first = times.min(), let last = times.max(), let start = starts.min(),
            let end = starts.max()
        else { return }
        throw NWBError.spikesElsewhere(
            path: file.path, inside: 0, of: times.count,
            spikes: Nanoseconds.seconds(first)...Nanoseconds.seconds(last),
            windows: Nanoseconds.seconds(start)...Nanoseconds.seconds(end + length))
    }
}
