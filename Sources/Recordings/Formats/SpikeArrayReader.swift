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
        if numbers == nil {
            trials.leaveOutUnrecorded(firstSpike: times.min(), lastSpike: times.max(), length: length)
        }
        var remarks = try trials.remarks(length: length)

        let binning = SpikeBinning(
            windowStarts: trials.starts, binNanoseconds: bin, binCount: binCount)
        try binning.requireRoom(units: names.count, in: file.path)
        var counts = [Float](repeating: 0, count: trials.starts.count * binCount * names.count)
        var isInside = [Bool](repeating: false, count: times.count)
        try forEachSpike(times, in: numbers.map { try places($0, trials, trialTable) }, binning) {
            window, bin, spike in
            counts[(window * binCount + bin) * names.count + units[spike]] += 1
            isInside[spike] = true
        }
        let outside = isInside.count { !$0 }
        try binning.requireSameClock(times, outside: outside, in: file.path)
        remarks[.spikesOutsideWindows] = "\(outside)"
        let scalars = try TrialArray.noChannels(
            trials: TrialAxis(count: trials.starts.count),
            bins: BinAxis(count: binCount, milliseconds: milliseconds)
        ).appending(scalars: trials.scalars, in: file.path)
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
}
