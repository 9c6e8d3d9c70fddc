import ArrayFiles

/// What must hold for the values of any recording, whatever its format.
struct RecordingChecks {
    let source: String
    /// Where a trial stands in the file, for messages.
    var position: (Int) -> Int = { $0 }
    /// Whether NaN stands for a sample that was not observed.
    var allowsUnobserved = false

    /// Counts above 2^24 aren't exact in single precision, and no neuron fires so.
    static let largestCount: Float = 16_777_216

    func requireNotEmpty(trials: Int, bins: Int, units: Int) throws {
        for (count, what) in [(trials, "trials"), (bins, "bins"), (units, "units")] where count == 0 {
            throw RecordingError.empty(source: source, what: what)
        }
    }

    /// `[trials, bins, units]`
    func requireCounts(_ array: ShapedArray<Float>, dataset: String) throws {
        guard
            let index = array.values.firstIndex(where: {
                !($0 >= 0 && $0 <= Self.largestCount && $0 == $0.rounded())
                    && !(allowsUnobserved && $0.isNaN)
            })
        else { return }
        let value = array.values[index]
        let problem: RecordingError.CountProblem =
            !value.isFinite
            ? .notFinite
            : value < 0 ? .negative : value > Self.largestCount ? .tooLarge : .notWhole
        let place = place(of: index, in: array.shape)
        throw RecordingError.invalidCount(
            source: source, dataset: dataset, trial: place.trial, bin: place.bin,
            unit: place.column, value: value, problem: problem)
    }

    /// Which values an array may hold besides ordinary finite ones.
    enum Allowed: String {
        case finite
        case finiteSignal = "finite (or, with not_observed: nan in the manifest, NaN)"
        case finiteOrMissing = "finite (or NaN)"
        case rates = "finite, non-negative (or NaN)"

        func allows(_ value: Float) -> Bool {
            switch self {
            case .finite, .finiteSignal: value.isFinite
            case .finiteOrMissing: !value.isInfinite
            case .rates: value.isNaN || (value >= 0 && value.isFinite)
            }
        }
    }

    func require(_ allowed: Allowed, _ array: ShapedArray<Float>, dataset: String) throws {
        guard let index = array.values.firstIndex(where: { !allowed.allows($0) }) else { return }
        let place = place(of: index, in: array.shape)
        throw RecordingError.invalidValue(
            source: source, dataset: dataset, trial: place.trial, bin: place.bin,
            channel: place.column, value: array.values[index], allowed: allowed.rawValue)
    }

    func requireSignal(
        _ signal: Recording.Signal, _ array: ShapedArray<Float>, dataset: String
    )
        throws
    {
        switch signal {
        case .counts: try requireCounts(array, dataset: dataset)
        case .continuous:
            try require(allowsUnobserved ? .finiteOrMissing : .finiteSignal, array, dataset: dataset)
        }
    }

    /// A day without a single spike is a failed recording.
    func requireSpikes(_ recording: Recording) throws {
        if recording.signal == .counts && !recording.values.contains(where: { $0 > 0 }) {
            throw RecordingError.empty(source: source, what: "spikes")
        }
    }

    /// A unit that was observed in no training trial can't be learnt.
    func requireObservedUnits(_ recording: Recording) throws {
        guard recording.lacksSamples else { return }
        let observed = recording.observedCounts(ofTrials: recording.trialIndices(.train), lacking: true)
        let never = recording.units.indices.filter { observed[$0].bins == 0 }
        guard never.isEmpty else {
            throw RecordingError.neverObserved(source: source, units: never.map { recording.units[$0].name })
        }
    }

    func requireUniqueTrials(_ identifiers: [Int]) throws {
        var positions: [Int: Int] = [:]
        for (position, identifier) in identifiers.enumerated() {
            if let first = positions.updateValue(position, forKey: identifier) {
                throw RecordingError.duplicateTrial(
                    source: source, identifier: identifier, first: first, second: position)
            }
        }
    }

    func requireUniqueUnits(_ names: [String]) throws {
        if let name = firstDuplicate(in: names) {
            throw RecordingError.duplicateName(source: source, kind: "units", name: name)
        }
    }

    func place(of index: Int, in shape: [Int]) -> (trial: Int, bin: Int, column: Int) {
        (position(index / (shape[1] * shape[2])), index / shape[2] % shape[1], index % shape[2])
    }
}
