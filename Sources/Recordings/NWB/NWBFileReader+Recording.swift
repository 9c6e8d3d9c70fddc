import ArrayFiles

extension NWBFileReader {
    /// Counts, behaviour and inputs in windows, without units that the manifest doesn't want.
    func recording(of units: NWBUnits, in windows: Windows) throws -> Recording {
        let (trialCount, unitCount) = (windows.starts.count, units.units.count)
        let size = trialCount.multipliedReportingOverflow(by: windows.binCount)
        let counts = size.partialValue.multipliedReportingOverflow(by: unitCount)
        guard !size.overflow, !counts.overflow, counts.partialValue <= 1 << 30 else {
            throw NWBError.tooManyBins(path: nwb.path, bins: counts.partialValue)
        }
        let binning = SpikeBinning(
            windowStarts: windows.starts, binNanoseconds: bin, binCount: windows.binCount)
        var values = [Float](repeating: 0, count: counts.partialValue)
        var outside = 0
        for (unit, spikes) in units.spikes.enumerated() {
            let own = binning.counts(of: spikes)
            outside += own.outside
            for (row, count) in own.counts.enumerated() { values[row * unitCount + unit] = count }
        }
        let behavior = try channels(behaviorSeries(), windows)
        let inputs = try externalInputs(windows)
        var recording = Recording(
            session: source.session, subject: source.subject, date: source.date,
            array: source.array, binMilliseconds: binMilliseconds, signal: .counts,
            trialCount: trialCount, binCount: windows.binCount, units: units.units, values: values,
            trials: windows.trials, behaviorNames: behavior.names + windows.scalars.map(\.name),
            behavior: TrialScalars.appending(
                windows.scalars.map(\.values), to: behavior.values, channels: behavior.names.count,
                binCount: windows.binCount),
            externalInputNames: inputs.names, externalInputs: inputs.values, chop: windows.chop,
            provenance: windows.remarks.merging(behavior.remarks) { own, _ in own })
        recording.provenance["spikes_outside_windows"] = "\(outside)"
        recording.note(removed: units.removed)
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
        let binning = SpikeBinning(
            windowStarts: windows.starts, binNanoseconds: 1_000_000, binCount: fine)
        var events: [CoincidentSpikes.Event] = []
        for (unit, times) in zip(spikes.units, spikes.spikes) {
            guard let place = places[unit.name] else { continue }
            binning.forEachSpike(of: times) { window, bin, _ in
                events.append(.init(bin: window * fine + bin, unit: place, count: 1))
            }
        }
        return selected.removing(
            CoincidentSpikes(
                events: events, unitCount: selected.units.count,
                binCount: windows.starts.count * fine),
            maximum: maximum)
    }

    private func behaviorSeries() throws -> [String] {
        if source.datasets.behavior == .omitted { return [] }
        if let named = source.behaviorChannels {
            return try named.map { try nwb.seriesPath(named: $0) }
        }
        return try nwb.seriesPaths().filter { $0.hasPrefix("processing/behavior/") }
    }

    private func channels(
        _ paths: [String], _ windows: Windows
    ) throws -> (names: [String], values: [Float], remarks: [String: String]) {
        let all = try paths.map { try nwb.series(at: $0) }
        let names = all.flatMap(\.channelNames)
        if let name = firstDuplicate(in: names + windows.scalars.map(\.name)) {
            throw RecordingError.duplicateName(
                source: nwb.path, kind: "behaviour channels", name: name)
        }
        let columns = all.map {
            $0.resampling.values(
                windowStarts: windows.starts, binNanoseconds: bin, binCount: windows.binCount)
        }
        var values: [Float] = []
        for row in 0..<(windows.starts.count * windows.binCount) {
            for (series, column) in zip(all, columns) {
                let width = series.resampling.channelCount
                values += column[(row * width)..<((row + 1) * width)]
            }
        }
        var remarks: [String: String] = [:]
        for series in all { remarks["behavior.\(series.name)"] = "\(series.path) in \(series.unit ?? "?")" }
        return (names, values, remarks)
    }

    private func externalInputs(
        _ windows: Windows
    ) throws -> (names: [String], values: [Float]) {
        guard case .named(let name) = source.datasets.externalInputs else { return ([], []) }
        let inputs = try channels([nwb.seriesPath(named: name)], windows)
        try RecordingChecks(source: nwb.path).require(
            .finite,
            ShapedArray(
                shape: [windows.starts.count, windows.binCount, inputs.names.count],
                values: inputs.values), dataset: name)
        return (inputs.names, inputs.values)
    }
}
