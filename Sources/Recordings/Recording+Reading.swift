import ArrayFiles

extension Recording {
    /// Reads one recording day, checks it, and brings it to the wanted units, bins and split.
    ///
    /// Units are chosen by their rate, then bins are joined, then trials are split. Nothing is
    /// guessed: whatever is amiss is an error that says where.
    /// - Throws: `RecordingError`
    public static func read(_ source: RecordingSource) throws -> Recording {
        try asRecordingError {
            let (source, file, remarks) = try source.opened()
            var day: (recording: Recording, hasSplit: Bool)
            switch source.format {
            case .lfadsHDF5: day = try LFADSFileReader(source: source, file: file).read()
            case .binnedHDF5, .mat, .npz, .npy:
                day = try BinnedFileReader(source: source, file: file).read()
            }
            try RecordingChecks(source: source.path).requireSpikes(day.recording)
            day.recording.provenance.merge(try file.attributes()) { own, _ in own }
            day.recording.provenance.merge(remarks) { own, _ in own }
            day.recording.provenance["path"] = source.path
            day.recording.provenance["format"] = source.format.rawValue
            day.recording.provenance["source_bin_ms"] = plain(day.recording.binMilliseconds)
            return try day.recording.prepared(for: source, hasSplit: day.hasSplit)
        }
    }

    private func prepared(for source: RecordingSource, hasSplit: Bool) throws -> Recording {
        var result = self
        if let channels = source.behaviorChannels {
            result = try result.selectingBehavior(channels + source.trialScalars)
        }
        if let minimum = source.minimumRateHz {
            result = try result.selectingUnits(minimumRateHz: minimum)
        }
        if let wanted = source.binMilliseconds {
            result = try result.rebinned(by: factor(to: wanted))
            // Not the product: 3 × 3.3 isn't 9.9.
            result.binMilliseconds = wanted
        }
        switch source.split ?? (hasSplit ? .fromFile : .standard) {
        case .everyKthOfCondition(let k):
            result = try result.splitting(everyKthOfCondition: k)
            result.provenance["split"] = "every \(k)-th trial of each condition"
        case .fromFile:
            guard hasSplit else {
                throw RecordingError.noStoredSplit(
                    source: source.path, dataset: BinnedFileReader.splitName(source))
            }
            try result.requireBothSplits(source: session)
            result.provenance["split"] = "from the file"
        }
        return result
    }

    private func factor(to wanted: Double) throws -> Int {
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
