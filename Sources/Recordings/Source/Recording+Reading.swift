import ArrayFiles

extension Recording {
    /// Reads one recording day, checks it, and brings it to the wanted units, bins and split.
    ///
    /// Units are chosen by their rate, then bins are joined, then trials are split. Nothing is
    /// guessed: whatever is amiss is an error that says where.
    /// - Throws: `RecordingError`
    public static func read(_ source: RecordingSource) throws -> Recording {
        try asRecordingError {
            var day: (recording: Recording, hasSplit: Bool)
            var remarks: [String: String]
            switch source.format {
            case .lfadsHDF5:
                let (_, file, _) = try source.opened()
                day = try LFADSFileReader(source: source, file: file).read()
                remarks = try file.attributes()
            case .binnedHDF5, .mat, .npz, .npy:
                let (source, file, own) = try source.opened()
                let reader = BinnedFileReader(source: source, file: file)
                if let spikes = source.spikeTimes, let window = source.eventWindow {
                    day = try SpikeArrayReader(source: source, file: file, spikes: spikes).read(
                        around: window)
                } else if let chop = source.chop {
                    day = (try reader.readWindows(chop), false)
                } else if let window = source.eventWindow {
                    day = try reader.readTrials(around: window)
                } else {
                    day = try reader.read()
                }
                remarks = try file.attributes().merging(own) { _, own in own }
            case .nwb:
                let reader = try NWBFileReader(source: source, file: HDF5File.open(source.path))
                day = try reader.read()
                remarks = reader.nwb.remarks()
            }
            try RecordingChecks(source: source.path).requireSpikes(day.recording)
            remarks[.path] = source.path
            remarks[.format] = source.format.rawValue
            remarks[.sourceBinMilliseconds] = plain(day.recording.binMilliseconds)
            let event =
                source.eventWindow.map {
                    AlignedEvent(name: $0.event ?? "time 0", milliseconds: $0.beforeMilliseconds)
                } ?? source.event
            if let event {
                remarks[.alignedTo] = event.name
                remarks[.eventMilliseconds] = plain(event.milliseconds)
            }
            day.recording.provenance.merge(remarks) { _, remark in remark }
            let recording = try day.recording.prepared(for: source, hasSplit: day.hasSplit).notingUnobserved()
            try RecordingChecks(source: source.path).requireObservedUnits(recording)
            return recording
        }
    }

    private func prepared(for source: RecordingSource, hasSplit: Bool) throws -> Recording {
        // Trials first: which units are kept must not depend on test trials. Spike times were split, and
        // time series and units chosen, on reading.
        var result = source.format == .nwb ? self : try divided(for: source, hasSplit: hasSplit)
        if source.format != .nwb, let channels = source.behaviorChannels {
            result = try result.selectingBehavior(channels + source.trialScalars)
        }
        if source.format != .nwb { result = try result.selectingUnits(source.units) }
        guard result.units.contains(where: { !$0.heldOut }) else {
            throw RecordingError.allUnitsHeldOut(source: source.path, units: result.units.count)
        }
        if let wanted = source.binMilliseconds {
            result = try result.rebinned(by: factor(to: wanted))
            // Not the product: 3 × 3.3 isn't 9.9.
            result.binMilliseconds = wanted
        }
        return result
    }

    /// The recording with the trials' parts as a manifest has them.
    func divided(for source: RecordingSource, hasSplit: Bool) throws -> Recording {
        var result = self
        switch source.split ?? (hasSplit ? .fromFile : .standard) {
        case .everyKthOfCondition(let k, let m):
            result = try splitting(everyKthOfCondition: k, testEvery: m)
            func part(_ every: Int, of count: Int) -> String {
                chop == nil
                    ? "every \(every)-th trial of each condition"
                    : "every \(every)-th stretch of \(Self.heldOutStretch(every, of: count)) windows"
            }
            let test = m.map { "test: \(part($0, of: trialCount)); of the others " } ?? ""
            result.provenance[.split] = test + part(k, of: result.seenTrials().count)
        case .fromFile:
            guard hasSplit else {
                throw RecordingError.noStoredSplit(
                    source: source.path, dataset: BinnedFileReader.splitName(source))
            }
            try result.requireBothSplits(source: session, isStored: true)
            result.provenance[.split] = "from the file"
        }
        return result
    }

    /// How many bins make one of the wanted width.
    func factor(to wanted: Double) throws -> Int {
        guard wanted.isFinite, wanted > 0 else {
            throw RecordingError.binWidthInvalid(source: session, milliseconds: wanted)
        }
        let ratio = wanted / binMilliseconds
        guard ratio < 1e6, ratio.rounded() >= 1, abs(ratio - ratio.rounded()) < 1e-6 * ratio else {
            throw RecordingError.binWidthDoesNotDivide(
                source: session, milliseconds: binMilliseconds, wanted: wanted)
        }
        return Int(ratio.rounded())
    }
}
