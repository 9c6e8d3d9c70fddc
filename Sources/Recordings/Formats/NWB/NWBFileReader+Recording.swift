import TrialArrays

extension NWBFileReader {
    /// Counts, behaviour and inputs in windows, without units that the manifest doesn't want.
    func recording(of units: NWBUnits, in windows: Windows) throws -> Recording {
        let (trialCount, unitCount) = (windows.starts.count, units.units.count)
        let binning = SpikeBinning(
            windowStarts: windows.starts, binNanoseconds: bin, binCount: windows.binCount)
        try binning.requireRoom(units: unitCount, in: nwb.path)
        let trials = TrialAxis(count: trialCount)
        let bins = BinAxis(count: windows.binCount, milliseconds: binMilliseconds)
        var spikeCounts = TrialArray(
            trials: trials, bins: bins, columns: ColumnAxis(.unit, names: units.units.map(\.name)),
            repeating: 0)
        var outside = 0
        for (unit, spikes) in units.spikes.enumerated() {
            let own = binning.counts(of: spikes)
            outside += own.outside
            spikeCounts.setColumn(unit, to: own.counts)
        }
        try binning.requireSameClock(units.spikes.joined(), outside: outside, in: nwb.path)
        let (channels, remarks) = try self.channels(behaviorSeries(), windows)
        let events = try eventCounts(windows)
        let behavior = try channels.appending(
            channels: [events.channels], scalars: windows.scalars, in: nwb.path)
        let inputs = try externalInputs(windows)
        var recording = Recording(
            session: source.session, subject: source.subject, date: source.date,
            array: source.array, binMilliseconds: binMilliseconds, signal: .counts,
            trialCount: trialCount, binCount: windows.binCount, units: units.units,
            values: spikeCounts.values, trials: windows.trials, behaviorNames: behavior.columns.names,
            behavior: behavior.values, externalInputNames: inputs.columns.names,
            externalInputs: inputs.values, chop: windows.chop,
            provenance: windows.remarks.merging(remarks.merging(events.remarks) { $1 }) { own, _ in own })
        recording.provenance[.spikesOutsideWindows] = "\(outside)"
        recording.note(removed: units.removed)
        // Which units are kept must not depend on test trials.
        recording = try recording.divided(for: source, hasSplit: windows.hasSplit)
        return try selecting(recording, spikes: units, in: windows)
    }

    /// Coincidences are looked for in bins of a millisecond, whatever the wanted width.
    private func selecting(
        _ recording: Recording, spikes: NWBUnits, in windows: Windows
    ) throws -> Recording {
        var slower = source.units
        slower.maximumCoincidence = nil
        let selected = try recording.selectingUnits(slower)
        guard let maximum = source.units.maximumCoincidence else { return selected }
        let places = Dictionary(
            uniqueKeysWithValues: selected.units.enumerated().map { ($1.name, $0) })
        let fine = Int(Int64(windows.binCount) * bin / 1_000_000)
        // Place among the windows that may be looked at; `nil` for test windows.
        var seen = [Int?](repeating: nil, count: selected.trialCount)
        for (place, window) in selected.seenTrials().enumerated() { seen[window] = place }
        let binning = SpikeBinning(
            windowStarts: windows.starts, binNanoseconds: 1_000_000, binCount: fine)
        var events: [CoincidentSpikes.Event] = []
        for (unit, times) in zip(spikes.units, spikes.spikes) {
            guard let place = places[unit.name] else { continue }
            binning.forEachSpike(of: times) { window, bin, _ in
                guard let window = seen[window] else { return }
                events.append(.init(bin: window * fine + bin, unit: place, count: 1))
            }
        }
        return try selected.removing(
            CoincidentSpikes(
                events: events, unitCount: selected.units.count,
                binCount: selected.seenTrials().count * fine),
            maximum: maximum)
    }

    private func behaviorSeries() throws -> [String] {
        if source.datasets.behavior == .omitted { return [] }
        if let named = source.behaviorChannels {
            return try named.map { try nwb.seriesPath(named: $0) }
        }
        return try nwb.seriesPaths(timedOnly: false).filter { path in
            path.hasPrefix("processing/behavior/")
                && !source.eventCounts.contains { NWBFile.matches(path, $0) }
        }
    }

    private func channels(
        _ paths: [String], _ windows: Windows
    ) throws -> (channels: TrialArray, remarks: [String: String]) {
        let all = try paths.map { try nwb.series(at: $0) }
        let none = TrialArray.noChannels(
            trials: TrialAxis(count: windows.starts.count),
            bins: BinAxis(count: windows.binCount, milliseconds: binMilliseconds))
        let parts = try all.map { series in
            let length = Int64(windows.binCount) * bin
            guard series.resampling.interval <= length else {
                throw nwb.unsuitable(
                    series.path,
                    "it has a sample in \(plain(Nanoseconds.seconds(series.resampling.interval))) s, "
                        + "and a window is \(plain(Nanoseconds.seconds(length))) s long; is a rate given as a "
                        + "period, or are times not in seconds? Leave it out by naming others under behavior")
            }
            let values = series.resampling.values(
                windowStarts: windows.starts, binNanoseconds: bin, binCount: windows.binCount)
            guard values.contains(where: { !$0.isNaN }) else {
                throw nwb.unsuitable(
                    series.path,
                    "no window meets a sample: samples are from "
                        + "\(Nanoseconds.words(series.resampling.times)), windows from "
                        + "\(Nanoseconds.words(windows.starts)) s of the recording's clock. Leave it out by naming "
                        + "others under behavior")
            }
            return TrialArray(
                trials: none.trials, bins: none.bins,
                columns: ColumnAxis(.channel, names: series.channelNames), values: values)
        }
        var remarks: [String: String] = [:]
        for series in all { remarks["behavior.\(series.name)"] = "\(series.path) in \(series.unit ?? "?")" }
        return (none.appending(columnsOf: parts), remarks)
    }

    private func externalInputs(_ windows: Windows) throws -> TrialArray {
        guard case .named(let name) = source.datasets.externalInputs else {
            return try channels([], windows).channels
        }
        let inputs = try channels([nwb.seriesPath(named: name)], windows).channels
        // A series has no infinite values.
        if let gap = inputs.firstPlace(where: \.isNaN) {
            let start = windows.starts[gap.trial] + Int64(gap.bin) * bin
            throw nwb.unsuitable(
                name,
                "it has no sample at \(plain(Nanoseconds.seconds(start))) s (trial \(gap.trial), bin "
                    + "\(gap.bin)), and external inputs must cover every window")
        }
        return inputs
    }
}
