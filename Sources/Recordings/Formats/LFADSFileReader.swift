import ArrayFiles
import TrialArrays

/// Reads `lfads-hdf5`, the layout of lfads-torch.
///
/// Training, validation and test trials stand apart; `train_inds`, `valid_inds` and `test_inds` say where
/// each was in the recorded order (without them: training trials first, test trials last). `…_encod_data` must be the first bins
/// and the first units of `…_recon_data`: later units are held out, later bins forward-predicted.
struct LFADSFileReader {
    let source: RecordingSource
    let file: SourceFile

    /// Training first; the test part only where the file has all of it.
    private let prefixes: [(prefix: String, split: Recording.Split)]

    init(source: RecordingSource, file: SourceFile) {
        self.source = source
        self.file = file
        prefixes =
            [("train_", .train), ("valid_", .valid)]
            + (Self.hasWholeTest(file, source.datasets) ? [("test_", .test)] : [])
    }

    /// Whether test trials can be told as the others can. Files of benchmarks have `test_encod_data` alone,
    /// whose trials nothing can be tested on.
    private static func hasWholeTest(
        _ file: SourceFile, _ datasets: RecordingSource.Datasets
    ) -> Bool {
        guard file.file.exists("test_encod_data") else { return false }
        let chosen = [
            (datasets.condition, "cond"), (datasets.trialIdentifiers, "trial_id"),
            (datasets.behavior, "behavior"), (datasets.externalInputs, "ext_input"),
        ].compactMap { choice, usual -> String? in
            switch choice {
            case .omitted: nil
            case .usual: usual
            case .named(let name): name
            }
        }
        return (["recon_data", "inds"] + chosen).allSatisfy {
            file.file.exists("test_" + $0) || !file.file.exists("train_" + $0)
        }
    }

    private var checks: RecordingChecks {
        RecordingChecks(source: file.path, allowsUnobserved: source.notObserved == .nan)
    }

    func read() throws -> (recording: Recording, hasSplit: Bool) {
        let signal = try SignalReading(source: source, file: file, checks: checks)
        let data = try readData(signal)
        let trialCounts = data.parts.map { $0.shape[0] }
        let (binCount, unitCount) = (data.parts[0].shape[1], data.parts[0].shape[2])
        let trialCount = trialCounts.reduce(0, +)
        try checks.requireNotEmpty(trials: trialCount, bins: binCount, units: unitCount)

        let positions = try everyPart("inds", trialCounts) { dataset, count in
            try file.wholeNumbers(dataset, count: count, per: "trials", like: nil)
        }
        try positions.map { try checks.requireUniqueTrials($0) }
        // order[n]: place in the file, training trials first, of the n-th recorded trial.
        let order = (0..<trialCount).sorted { (positions?[$0] ?? $0) < (positions?[$1] ?? $1) }
        let trials = try readTrials(trialCounts, positions: positions ?? Array(0..<trialCount))

        let behavior = try channels(
            source.datasets.behavior, usual: "behavior", attribute: "behavior_names",
            kind: "behaviour channels", allowed: .finiteOrMissing, trialCounts, binCount)
        let inputs = try channels(
            source.datasets.externalInputs, usual: "ext_input", attribute: "external_input_names",
            kind: "external inputs", allowed: .finite, trialCounts, binCount)
        let names = try file.unitNames(source.datasets.unitIdentifiers, count: unitCount)
        try checks.requireUniqueUnits(names)

        let binMilliseconds = signal.binMilliseconds
        let bins = BinAxis(count: binCount, milliseconds: binMilliseconds)
        func inRecordedOrder(_ values: [Float], columns: Int) -> [Float] {
            TrialArray(
                trials: TrialAxis(count: trialCount), bins: bins,
                columns: ColumnAxis(.channel, count: columns), values: values
            ).selecting(trials: order).values
        }
        let recording = Recording(
            session: source.session, subject: source.subject, date: source.date,
            array: source.array, binMilliseconds: binMilliseconds,
            signal: source.signal, trialCount: trialCount, binCount: binCount,
            encodedBinCount: data.encodedBins,
            units: names.enumerated().map {
                Recording.Unit(name: $1, heldOut: $0 >= data.encodedUnits)
            },
            values: inRecordedOrder(data.parts.flatMap(\.values), columns: unitCount),
            trials: order.map { trials[$0] },
            behaviorNames: behavior.names,
            behavior: inRecordedOrder(behavior.values, columns: behavior.names.count),
            externalInputNames: inputs.names,
            externalInputs: inRecordedOrder(inputs.values, columns: inputs.names.count),
            trueRates: try readTrueRates(data.parts).map { inRecordedOrder($0, columns: unitCount) })
        return (recording, true)
    }

    // MARK: Counts

    /// Counts of every part, all bins and units of them. Without `…_recon_data` all are encoded.
    private func readData(
        _ signal: SignalReading
    ) throws -> (
        parts: [ShapedArray<Float>], encodedBins: Int, encodedUnits: Int
    ) {
        let dimensions = ["trials", "bins", "units"]
        var parts: [ShapedArray<Float>] = []
        var encodedShape: [Int?] = [nil, nil]
        for (prefix, _) in prefixes {
            let encodedName = prefix + "encod_data"
            let encoded = try signal.checked(
                file.floats(
                    encodedName, expected: [nil] + encodedShape, dimensions: dimensions,
                    like: parts.isEmpty ? nil : "train_encod_data"), dataset: encodedName)
            encodedShape = [encoded.shape[1], encoded.shape[2]]
            let fullName = prefix + "recon_data"
            guard file.file.exists(fullName) else {
                parts.append(encoded)
                continue
            }
            let fullShape: [Int?] = parts.first.map { [$0.shape[1], $0.shape[2]] } ?? [nil, nil]
            let full = try signal.checked(
                file.floats(
                    fullName, expected: [encoded.shape[0]] + fullShape, dimensions: dimensions,
                    like: parts.isEmpty ? encodedName : "train_recon_data"), dataset: fullName)
            try require(encoded, beginsLike: full, part: String(prefix.dropLast()))
            parts.append(full)
        }
        try signal.requirePlausible(
            parts, dataset: file.file.exists("train_recon_data") ? "train_recon_data" : "train_encod_data")
        return (parts, encodedShape[0] ?? 0, encodedShape[1] ?? 0)
    }

    private func require(
        _ encoded: ShapedArray<Float>, beginsLike full: ShapedArray<Float>, part: String
    ) throws {
        let (bins, units) = (encoded.shape[1], encoded.shape[2])
        guard bins <= full.shape[1], units <= full.shape[2] else {
            throw RecordingError.encodedExceedsReconstructed(
                source: file.path, part: part, encoded: [bins, units],
                reconstructed: [full.shape[1], full.shape[2]])
        }
        for trial in 0..<encoded.shape[0] {
            for bin in 0..<bins {
                for unit in 0..<units {
                    let (value, wanted) = (encoded[trial, bin, unit], full[trial, bin, unit])
                    if value == wanted || value.isNaN && wanted.isNaN { continue }
                    throw RecordingError.encodedDiffers(
                        source: file.path, dataset: part + "_encod_data", trial: trial, bin: bin,
                        unit: unit)
                }
            }
        }
    }

    // MARK: What stands beside the counts

    private func readTrials(_ trialCounts: [Int], positions: [Int]) throws -> [Recording.Trial] {
        let conditions = try readConditions(trialCounts)
        let identifiers = try choice(source.datasets.trialIdentifiers, usual: "trial_id").flatMap {
            try everyPart($0, trialCounts) { dataset, count in
                try file.wholeNumbers(dataset, count: count, per: "trials", like: nil)
            }
        }
        try identifiers.map { try checks.requireUniqueTrials($0) }
        let splits = zip(prefixes, trialCounts).flatMap { part, count in
            Array(repeating: part.split, count: count)
        }
        return splits.indices.map { index in
            Recording.Trial(
                identifier: identifiers?[index] ?? positions[index], condition: conditions?[index],
                split: splits[index])
        }
    }

    /// Labels, or numbers of labels where the attribute `condition_labels` lists them (−1 for none).
    private func readConditions(_ trialCounts: [Int]) throws -> [String?]? {
        guard let name = try choice(source.datasets.condition, usual: "cond") else { return nil }
        guard let labels = try file.file.texts(named: "condition_labels", of: nil) else {
            return try everyPart(name, trialCounts) { dataset, count in
                try file.labels(dataset, count: count, per: "trials", like: nil)
            }
        }
        return try everyPart(name, trialCounts) { dataset, count in
            try file.wholeNumbers(dataset, count: count, per: "trials", like: nil).enumerated()
                .map { trial, index in
                    guard index >= -1, index < labels.count else {
                        throw RecordingError.invalidLabel(
                            source: file.path, dataset: dataset, trial: trial, index: index,
                            labels: labels.count)
                    }
                    return index < 0 ? nil : labels[index]
                }
        }
    }

    private func channels(
        _ wanted: RecordingSource.Choice, usual: String, attribute: String, kind: String,
        allowed: RecordingChecks.Allowed, _ trialCounts: [Int], _ binCount: Int
    ) throws -> (names: [String], values: [Float]) {
        guard let name = try choice(wanted, usual: usual) else { return ([], []) }
        var columns: Int?
        let values = try everyPart(name, trialCounts) { dataset, count in
            let array = try file.floats(
                dataset, expected: [count, binCount, columns],
                dimensions: ["trials", "bins", "channels"],
                like: columns == nil ? nil : "train_" + name)
            columns = array.shape[2]
            try checks.require(allowed, array, dataset: dataset)
            return array.values
        }
        let names = try file.columnNames(
            attribute: attribute, dataset: "train_" + name, count: columns ?? 0, kind: kind,
            made: usual)
        return (names, values ?? [])
    }

    /// A part may lack them: its trials get NaN.
    private func readTrueRates(_ data: [ShapedArray<Float>]) throws -> [Float]? {
        guard let name = try choice(source.datasets.trueRates, usual: "truth", allNeeded: false)
        else {
            return nil
        }
        return try zip(prefixes, data).flatMap { part, counts in
            let dataset = part.prefix + name
            guard file.file.exists(dataset) else {
                return [Float](repeating: .nan, count: counts.values.count)
            }
            let rates = try file.floats(
                dataset, expected: counts.shape, dimensions: ["trials", "bins", "units"],
                like: part.prefix + "recon_data")
            try checks.require(.rates, rates, dataset: dataset)
            return rates.values
        }
    }

    // MARK: Datasets with prefixes

    /// Name, without its prefix, of an optional dataset of every part.
    private func choice(
        _ wanted: RecordingSource.Choice, usual: String, allNeeded: Bool = true
    ) throws -> String? {
        let found = prefixes.filter { file.file.exists($0.prefix + usual) }
        switch wanted {
        case .omitted: return nil
        case .usual: return found.isEmpty ? nil : usual
        case .named(let name):
            let isInOne = prefixes.contains { file.file.exists($0.prefix + name) }
            for (prefix, _) in prefixes where allNeeded || !isInOne {
                _ = try file.file.shape(of: prefix + name)
            }
            return name
        }
    }

    /// The entries of the datasets of all parts, training first; `nil` where no part has it.
    /// - Throws: `ArrayFileError.missingDataset` where only some have.
    private func everyPart<Value>(
        _ name: String, _ trialCounts: [Int],
        _ read: (_ dataset: String, _ count: Int) throws -> [Value]
    ) throws -> [Value]? {
        guard prefixes.contains(where: { file.file.exists($0.prefix + name) }) else { return nil }
        return try zip(prefixes, trialCounts).flatMap { try read($0.prefix + name, $1) }
    }
}
