import ArrayFiles
import Synchronization

extension RecordingFile {
    /// Reads a canonical file; everything in it is checked again, the hash of the content included.
    /// - Throws: `RecordingError`, among them `.notCanonical`, `.newerVersion`, `.contentChanged`.
    public static func read(_ path: String) throws -> Recording { try readHashed(path).recording }

    /// Reads a canonical file as `read` does; the hash of the content, which that computes, comes with it.
    /// - Throws: `RecordingError`, among them `.notCanonical`, `.newerVersion`, `.contentChanged`.
    public static func readHashed(_ path: String) throws -> HashedRecording {
        let (recording, stored) = try oneAtATime.withLock { _ in
            try asRecordingError {
                let file = try HDF5File.open(path)
                try requireCanonical(file)
                return (try readContent(file), try file.stringAttribute("content_sha256"))
            }
        }
        let hashed = HashedRecording(recording)
        guard stored == hashed.contentHash else { throw RecordingError.contentChanged(source: path) }
        return hashed
    }

    /// Days are read side by side; HDF5 does one thing at a time, and where it was built without its own lock must not be
    /// asked for more.
    private static let oneAtATime = Mutex(())

    /// Reads a canonical file of which it is known that its bytes are those that were written: everything in
    /// it is checked but the hash of the content.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - trueRates: whether true rates are read, where there are some: they are four times as large as the counts.
    /// - Throws: `RecordingError`, among them `.notCanonical`, `.newerVersion`.
    public static func readSound(_ path: String, trueRates: Bool = true) throws -> Recording {
        try oneAtATime.withLock { _ in
            try asRecordingError {
                let file = try HDF5File.open(path)
                try requireCanonical(file)
                return try readContent(file, trueRates: trueRates)
            }
        }
    }

    /// Names of the behaviour channels of a canonical file, without reading the rest of it.
    /// - Throws: `RecordingError`
    public static func behaviorNames(_ path: String) throws -> [String] {
        try oneAtATime.withLock { _ in
            try asRecordingError {
                let file = try HDF5File.open(path)
                try requireCanonical(file)
                guard file.exists("behavior") else { return [] }
                return try file.stringsAttribute("names", of: "behavior") ?? []
            }
        }
    }

    private static func requireCanonical(_ file: HDF5File) throws {
        let found = try? file.stringAttribute("format")
        guard found == format, let number = try file.numberAttribute("version") else {
            throw RecordingError.notCanonical(source: file.path, format: found)
        }
        guard number <= Double(version) else {
            throw RecordingError.newerVersion(
                source: file.path, found: Int(exactly: number) ?? .max, known: version)
        }
    }

    private static func readContent(_ file: HDF5File, trueRates: Bool = true) throws -> Recording {
        let source = SourceFile(file: file)
        var values = try source.floats(
            "values", expected: [nil, nil, nil], dimensions: ["trials", "bins", "units"], like: nil)
        let (trialCount, binCount, unitCount) = (values.shape[0], values.shape[1], values.shape[2])
        let checks = RecordingChecks(source: file.path)
        try checks.requireNotEmpty(trials: trialCount, bins: binCount, units: unitCount)
        let signalWord = try text("signal", file)
        guard let signal = Recording.Signal(rawValue: signalWord) else {
            throw RecordingError.unknownWord(
                source: file.path, attribute: "signal", found: signalWord,
                known: ["counts", "continuous"])
        }
        try checks.requireSignal(signal, values, dataset: "values")
        if file.exists("observed") { try Self.clearUnobserved(of: &values, source) }
        let behavior = try channels("behavior", .finiteOrMissing, like: values, source)
        let inputs = try channels("external_inputs", .finite, like: values, source)
        let encodedBins = try number("encoded_bins", file)
        guard let encodedBinCount = Int(exactly: encodedBins),
            (0...binCount).contains(encodedBinCount)
        else {
            throw RecordingError.unknownWord(
                source: file.path, attribute: "encoded_bins", found: plain(encodedBins),
                known: ["a whole number up to \(binCount)"])
        }
        return Recording(
            session: try text("session", file), subject: try text("subject", file),
            date: try text("date", file), array: try file.stringAttribute("array"),
            binMilliseconds: try number("bin_ms", file), signal: signal, trialCount: trialCount,
            binCount: binCount, encodedBinCount: encodedBinCount,
            units: try readUnits(count: unitCount, source), values: values.values,
            trials: try readTrials(count: trialCount, source), behaviorNames: behavior.names,
            behavior: behavior.values, externalInputNames: inputs.names,
            externalInputs: inputs.values,
            trueRates: trueRates ? try readTrueRates(like: values, source) : nil,
            chop: try readChop(windowCount: trialCount, source),
            provenance: try readProvenance(file))
    }

    private static func clearUnobserved(of values: inout ShapedArray<Float>, _ source: SourceFile) throws {
        let observed = try source.floats(
            "observed", expected: values.shape, dimensions: ["trials", "bins", "units"], like: "values")
        for (place, value) in observed.values.enumerated() where value == 0 { values.values[place] = .nan }
    }

    private static func readTrials(count: Int, _ source: SourceFile) throws -> [Recording.Trial] {
        let identifiers = try source.wholeNumbers(
            "trial_id", count: count, per: "trials", like: "values")
        let conditions = try source.labels("condition", count: count, per: "trials", like: "values")
        let splits = try source.labels("split", count: count, per: "trials", like: "values")
        return try (0..<count).map { trial in
            guard let split = Recording.Split(rawValue: splits[trial] ?? "") else {
                throw RecordingError.invalidSplit(
                    source: source.path, dataset: "split", trial: trial, value: splits[trial] ?? "")
            }
            return Recording.Trial(
                identifier: identifiers[trial], condition: conditions[trial], split: split)
        }
    }

    private static func readUnits(count: Int, _ source: SourceFile) throws -> [Recording.Unit] {
        let names = try source.labels("unit_id", count: count, per: "units", like: "values")
        let heldOut = try source.wholeNumbers(
            "unit_held_out", count: count, per: "units", like: "values")
        return zip(names, heldOut).map { Recording.Unit(name: $0 ?? "", heldOut: $1 != 0) }
    }

    private static func channels(
        _ dataset: String, _ allowed: RecordingChecks.Allowed, like values: ShapedArray<Float>,
        _ source: SourceFile
    ) throws -> (names: [String], values: [Float]) {
        guard source.file.exists(dataset) else { return ([], []) }
        let array = try source.floats(
            dataset, expected: [values.shape[0], values.shape[1], nil],
            dimensions: ["trials", "bins", "channels"], like: "values")
        try RecordingChecks(source: source.path).require(allowed, array, dataset: dataset)
        let names = try source.file.texts(named: "names", of: dataset) ?? []
        guard names.count == array.shape[2] else {
            throw RecordingError.nameCount(
                source: source.path, kind: "channels of \(dataset)", names: names.count,
                columns: array.shape[2])
        }
        return (names, array.values)
    }

    private static func readTrueRates(
        like values: ShapedArray<Float>, _ source: SourceFile
    ) throws -> [Float]? {
        guard source.file.exists("true_rates") else { return nil }
        let rates = try source.floats(
            "true_rates", expected: values.shape, dimensions: ["trials", "bins", "units"],
            like: "values")
        try RecordingChecks(source: source.path).require(.rates, rates, dataset: "true_rates")
        return rates.values
    }

    private static func readChop(
        windowCount: Int, _ source: SourceFile
    ) throws -> Recording.Chop? {
        guard source.file.exists("window_segment") else { return nil }
        let segments = try source.wholeNumbers(
            "window_segment", count: windowCount, per: "windows", like: "values")
        let starts = try source.wholeNumbers(
            "window_start_bin", count: windowCount, per: "windows", like: "values")
        let segmentStarts = try source.file.doubles("segment_start_s").values
        for segment in segments where !segmentStarts.indices.contains(segment) {
            throw RecordingError.unknownWord(
                source: source.path, attribute: "window_segment", found: "\(segment)",
                known: ["a segment from 0 to \(segmentStarts.count - 1)"])
        }
        return Recording.Chop(
            windows: zip(segments, starts).map { .init(segment: $0, startBin: $1) },
            segmentStarts: segmentStarts)
    }

    private static func readProvenance(_ file: HDF5File) throws -> [String: String] {
        guard file.exists("provenance") else { return [:] }
        var provenance: [String: String] = [:]
        for name in try file.attributeNames(of: "provenance") {
            provenance[name] = try file.stringAttribute(name, of: "provenance")
        }
        return provenance
    }

    private static func text(_ name: String, _ file: HDF5File) throws -> String {
        guard let text = try file.stringAttribute(name) else {
            throw RecordingError.missingAttribute(source: file.path, attribute: name)
        }
        return text
    }

    private static func number(_ name: String, _ file: HDF5File) throws -> Double {
        guard let number = try file.numberAttribute(name) else {
            throw RecordingError.missingAttribute(source: file.path, attribute: name)
        }
        return number
    }
}
