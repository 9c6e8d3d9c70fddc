import ArrayFiles
import TrialArrays

/// Reads every format that has counts as one array, trials × bins × units in any order, with others
/// beside it. Trials stand in recorded order. A continuous recording, bins × units, is read as a single
/// trial, and its stretches without gaps are told beside it.
struct BinnedFileReader {
    let source: RecordingSource
    let file: SourceFile

    var checks: RecordingChecks {
        RecordingChecks(
            source: file.path, position: file.file.position(ofTrial:),
            allowsUnobserved: source.notObserved == .nan)
    }

    static func splitName(_ source: RecordingSource) -> String {
        if case .named(let name) = source.datasets.split { name } else { "split" }
    }

    func read() throws -> (recording: Recording, hasSplit: Bool) {
        let content = try readContent()
        return (content.recording, content.hasSplit)
    }

    /// Bins that a continuous recording marks as not recorded; none where there are trials.
    typealias Content = (recording: Recording, hasSplit: Bool, missingBins: Set<Int>)

    func readContent() throws -> Content {
        var names = source.datasets
        guard !source.axes.isEmpty else {
            let shape = try file.file.shape(of: names.spikes)
            let lacksTrials = source.eventWindow != nil || source.chop != nil && shape.count == 2
            throw RecordingError.axesUnknown(
                source: file.path, dataset: names.spikes, shape: shape,
                known: lacksTrials ? [.bins, .units] : RecordingSource.Axis.standard)
        }
        if isContinuous {
            (names.condition, names.trialIdentifiers, names.split) = (.omitted, .omitted, .omitted)
        }
        var values = try array(
            names.spikes, expected: [nil, nil, nil], lastAxis: "units", like: nil)
        let missingBins =
            isContinuous ? Self.clearMissingBins(of: &values, source.notObserved) : []
        let (trialCount, binCount, unitCount) = (values.shape[0], values.shape[1], values.shape[2])
        try checks.requireNotEmpty(trials: trialCount, bins: binCount, units: unitCount)
        let signal = try SignalReading(source: source, file: file, checks: checks)
        values = try signal.checked(values, dataset: names.spikes)
        try signal.requirePlausible([values], dataset: names.spikes)

        let conditions = try file.name(names.condition, usual: "condition").map {
            try file.labels($0, count: trialCount, per: "trials", like: names.spikes)
        }
        let identifiers = try file.name(names.trialIdentifiers, usual: "trial_id").map {
            try file.wholeNumbers($0, count: trialCount, per: "trials", like: names.spikes)
        }
        let splits = try file.name(names.split, usual: "split").map {
            try readSplit($0, trialCount: trialCount)
        }
        let trials = (0..<trialCount).map { index in
            Recording.Trial(
                identifier: identifiers?[index] ?? index, condition: conditions?[index],
                split: splits?[index] ?? .train)
        }
        try checks.requireUniqueTrials(trials.map(\.identifier))

        let binMilliseconds = signal.binMilliseconds
        let bins = BinAxis(count: binCount, milliseconds: binMilliseconds)
        let channels = try readBehavior(like: values, bins: bins)
        // A continuous recording has no trials yet.
        let scalars =
            isContinuous ? [] : try readScalars(trialCount: trialCount)
        let behavior = try channels.appending(scalars: scalars, in: file.path)
        let inputs = try self.channels(
            names.externalInputs, usual: "external_inputs", attribute: "external_input_names",
            kind: "external inputs", allowed: .finite, like: values, bins: bins)
        let rates = try file.name(names.trueRates, usual: "rates").map { dataset in
            let rates = try array(
                dataset, expected: values.shape, lastAxis: "units", like: names.spikes)
            try checks.require(.rates, rates, dataset: dataset)
            return rates.values
        }
        let recording = Recording(
            session: source.session, subject: source.subject, date: source.date,
            array: source.array, binMilliseconds: binMilliseconds,
            signal: source.signal, trialCount: trialCount, binCount: binCount,
            encodedBinCount: try encodedBins(of: binCount), units: try units(count: unitCount),
            values: values.values, trials: trials,
            behaviorNames: behavior.columns.names, behavior: behavior.values,
            externalInputNames: inputs.columns.names, externalInputs: inputs.values, trueRates: rates)
        return (try filtered(recording), splits != nil, missingBins)
    }

    /// Without the units whose labels, in datasets of one entry a unit, aren't among those wanted.
    private func filtered(_ recording: Recording) throws -> Recording {
        guard !source.units.filters.isEmpty else { return recording }
        var reasons = [String?](repeating: nil, count: recording.units.count)
        for filter in source.units.filters {
            let labels = try file.labels(
                filter.column, count: reasons.count, per: "units", like: source.datasets.spikes)
            let filter = try filter.resolved(among: labels, in: file.path)
            for unit in reasons.indices where reasons[unit] == nil && !filter.accepts(labels[unit]) {
                reasons[unit] = filter.reason(for: labels[unit])
            }
        }
        let kept = reasons.indices.filter { reasons[$0] == nil }
        guard kept.contains(where: { !recording.units[$0].heldOut }) else {
            throw RecordingError.noUnitLeftBy(
                source: file.path, criterion: "by units.where", units: reasons.count)
        }
        return recording.keepingUnits(kept) { reasons[$0] ?? "" }
    }

    // MARK: Arrays

    /// An array whose axes may stand in another order in the file, as trials × bins × units (or
    /// channels); a continuous one is a single trial. `expected` is in that order; a message gives shapes
    /// as they are in the file.
    func array(
        _ dataset: String, expected: [Int?], lastAxis: String, like: String?
    ) throws -> ShapedArray<Float> {
        let standard = RecordingSource.Axis.standard
        let places = source.axes.compactMap { standard.firstIndex(of: $0) }
        let names = ["trials", "bins", lastAxis]
        let found = try file.floats(
            dataset, expected: places.map { expected[$0] }, dimensions: places.map { names[$0] },
            like: like)
        let ordered = found.permuted(standard.compactMap { source.axes.firstIndex(of: $0) })
        return isContinuous
            ? ShapedArray(shape: [1] + ordered.shape, values: ordered.values) : ordered
    }

    func channels(
        _ choice: RecordingSource.Choice, usual: String, attribute: String, kind: String,
        allowed: RecordingChecks.Allowed, like spikes: ShapedArray<Float>, bins: BinAxis
    ) throws -> TrialArray {
        func channels(_ names: [String], _ values: [Float]) -> TrialArray {
            TrialArray(
                trials: TrialAxis(count: spikes.shape[0]), bins: bins,
                columns: ColumnAxis(.channel, names: names), values: values)
        }
        guard let dataset = try file.name(choice, usual: usual) else { return channels([], []) }
        let array = try array(
            dataset, expected: [spikes.shape[0], spikes.shape[1], nil], lastAxis: "channels",
            like: source.datasets.spikes)
        try checks.require(allowed, array, dataset: dataset)
        let names = try file.columnNames(
            attribute: attribute, dataset: dataset, count: array.shape[2], kind: kind, made: usual)
        return channels(names, array.values)
    }

    private func readScalars(trialCount: Int) throws -> [(name: String, values: [Float])] {
        try source.trialScalars.map { name in
            let values = try file.numbers(
                name, count: trialCount, per: "trials", like: source.datasets.spikes)
            try checks.require(
                .finiteOrMissing, ShapedArray(shape: [trialCount, 1, 1], values: values), dataset: name)
            return (name, values)
        }
    }

    private func units(count: Int) throws -> [Recording.Unit] {
        let names = try file.unitNames(source.datasets.unitIdentifiers, count: count)
        try checks.requireUniqueUnits(names)
        guard file.file.exists("unit_held_out") else {
            return names.map { Recording.Unit(name: $0) }
        }
        let heldOut = try file.wholeNumbers(
            "unit_held_out", count: count, per: "units", like: source.datasets.spikes)
        return zip(names, heldOut).map { Recording.Unit(name: $0, heldOut: $1 != 0) }
    }

    private func encodedBins(of binCount: Int) throws -> Int {
        guard let stated = try file.file.number(named: "encoded_bins") else { return binCount }
        guard let encoded = Int(exactly: stated), (1...binCount).contains(encoded) else {
            throw RecordingError.unknownWord(
                source: file.path, attribute: "encoded_bins", found: plain(stated),
                known: ["a whole number from 1 to \(binCount)"])
        }
        return encoded
    }

    private func readSplit(_ dataset: String, trialCount: Int) throws -> [Recording.Split] {
        let words = try file.labels(
            dataset, count: trialCount, per: "trials", like: source.datasets.spikes)
        return try words.enumerated().map { trial, word in
            guard let split = Self.split(called: word ?? "") else {
                throw RecordingError.invalidSplit(
                    source: file.path, dataset: dataset, trial: trial, value: word ?? "")
            }
            return split
        }
    }

    static func split(called word: String) -> Recording.Split? {
        switch word {
        case "train", "0": .train
        case "valid", "1": .valid
        case "test", "2": .test
        default: nil
        }
    }
}

extension SourceFile {
    func timesName(_ source: RecordingSource) -> String {
        if case .named(let name) = source.datasets.times { name } else { "times" }
    }

    /// Names of the units, or their positions where the file doesn't name them.
    func unitNames(_ choice: RecordingSource.Choice, count: Int) throws -> [String] {
        guard let dataset = try name(choice, usual: "unit_id") else {
            return (0..<count).map(String.init)
        }
        return try labels(dataset, count: count, per: "units", like: nil).enumerated()
            .map { $1 ?? String($0) }
    }
}
