import ArrayFiles
import Messages

extension Recording {
    /// Mean rate of each unit over all trials and bins in which it was observed, in Hz: spikes / (bins · bin width);
    /// 0 for one that never was. Meaningful only for counts.
    public func meanRatesHz() -> [Double] {
        observedCounts(ofTrials: 0..<trialCount, lacking: lacksSamples).map {
            $0.sum / (Double(max($0.bins, 1)) * binMilliseconds / 1000)
        }
    }

    /// The recording without the units whose mean rate is lower than the minimum, over all trials but test
    /// trials, which no choice sees.
    /// Their names and rates are added to the provenance, under `removed_units`.
    /// - Throws: `RecordingError.noUnitLeft` where no unit that the encoder sees is left,
    ///   `.rateOfContinuousSignal`
    public func selectingUnits(minimumRateHz: Double) throws -> Recording {
        try requireCounts()
        let rates = withoutTestTrials().meanRatesHz()
        let kept = units.indices.filter { rates[$0] >= minimumRateHz }
        guard kept.contains(where: { !units[$0].heldOut }) else {
            throw RecordingError.noUnitLeft(
                source: session, minimumRateHz: minimumRateHz, highestRateHz: rates.max() ?? 0)
        }
        return keepingUnits(kept) { "\(plain(rates[$0])) Hz" }
    }

    /// The recording without the units of these names.
    /// - Throws: `RecordingError.unknownUnit`, `.noUnitLeftBy`
    func omittingUnits(_ names: [String]) throws -> Recording {
        let known = units.map(\.name)
        if let name = names.first(where: { !known.contains($0) }) {
            throw RecordingError.unknownUnit(
                source: session, unit: name, found: NearestName.sorted(known, to: name))
        }
        guard !names.isEmpty else { return self }
        let kept = units.indices.filter { !names.contains(known[$0]) }
        try requireUnits(kept, left: "after those that units.omit names")
        return keepingUnits(kept) { _ in "omitted by the manifest" }
    }

    /// Stretches of a session in which a unit's presence is judged.
    static let presenceStretches = 10

    /// Of ten stretches of the session (as many trials in each as can be, in recorded order), the share in
    /// which each unit has at least a tenth of its mean rate; 0 for a silent unit.
    func presence() -> [Double] {
        let stretches = min(Self.presenceStretches, trialCount)
        let lacking = lacksSamples
        let totals = (0..<stretches).map { stretch -> [Double] in
            let trials = (stretch * trialCount / stretches)..<((stretch + 1) * trialCount / stretches)
            // Spikes of a trial that was observed throughout.
            return observedCounts(ofTrials: trials, lacking: lacking).map {
                $0.bins == 0 ? 0 : $0.sum / (Double($0.bins) / Double(binCount))
            }
        }
        let rates = meanRatesHz().map { $0 * Double(binCount) * binMilliseconds / 1000 }
        return units.indices.map { unit in
            guard rates[unit] > 0 else { return 0 }
            return Double(totals.count { $0[unit] >= rates[unit] / 10 }) / Double(stretches)
        }
    }

    /// The recording without units that are absent for longer than allowed.
    /// - Throws: `RecordingError.rateOfContinuousSignal`, `.noUnitLeftBy`
    func selectingUnits(minimumPresence: Double) throws -> Recording {
        try requireCounts()
        let presence = withoutTestTrials().presence()
        let kept = units.indices.filter { presence[$0] >= minimumPresence }
        try requireUnits(kept, left: "by min_presence \(plain(minimumPresence))")
        return keepingUnits(kept) { unit in
            "present in \(plain(presence[unit])) of the session"
        }
    }

    /// In wider bins cells that fire together by right look like cross-talk.
    static let widestCoincidenceMilliseconds = 2.0

    /// The recording without units whose spikes coincide with those of another.
    /// - Throws: `RecordingError.rateOfContinuousSignal`, `.binsTooWide`, `.noUnitLeftBy`,
    ///   `.coincidenceOfUnobserved`
    func selectingUnits(maximumCoincidence: Double) throws -> Recording {
        try requireCounts()
        guard !lacksSamples else { throw RecordingError.coincidenceOfUnobserved(source: session) }
        guard binMilliseconds <= Self.widestCoincidenceMilliseconds else {
            throw RecordingError.binsTooWide(
                source: session, milliseconds: binMilliseconds,
                widest: Self.widestCoincidenceMilliseconds)
        }
        var events: [CoincidentSpikes.Event] = []
        let counts = withoutTestTrials().countArray
        for row in 0..<counts.rowCount {
            for (unit, count) in counts[row: row].enumerated() where count > 0 {
                events.append(.init(bin: row, unit: unit, count: count))
            }
        }
        return try removing(
            CoincidentSpikes(events: events, unitCount: units.count, binCount: counts.rowCount),
            maximum: maximumCoincidence)
    }

    /// - Throws: `RecordingError.noUnitLeftBy`
    func removing(_ coincidences: CoincidentSpikes, maximum: Double) throws -> Recording {
        let removals = Dictionary(
            uniqueKeysWithValues: coincidences.removals(maximum: maximum).map { ($0.unit, $0) })
        let kept = units.indices.filter { removals[$0] == nil }
        try requireUnits(kept, left: "by max_coincidence \(plain(maximum))")
        return keepingUnits(kept) { unit in
            guard let removal = removals[unit] else { return "" }
            return "shares spikes with \(units[removal.partner].name), correlation "
                + plain((removal.correlation * 1000).rounded() / 1000)
        }
    }

    private func requireCounts() throws {
        guard signal == .counts else {
            throw RecordingError.rateOfContinuousSignal(source: session)
        }
    }

    private func requireUnits(_ kept: [Int], left criterion: String) throws {
        guard kept.contains(where: { !units[$0].heldOut }) else {
            throw RecordingError.noUnitLeftBy(
                source: session, criterion: criterion, units: units.count)
        }
    }

    /// The recording with only the units at these places, in this order.
    public func selectingUnits(_ kept: [Int]) -> Recording {
        var result = self
        result.units = kept.map { units[$0] }
        result.values = countArray.selecting(columns: kept).values
        result.trueRates = trueRateArray?.selecting(columns: kept).values
        return result
    }

    /// The recording with the units at these places; the reasons for leaving out the others are noted.
    func keepingUnits(_ kept: [Int], reason: (_ unit: Int) -> String) -> Recording {
        if kept.count == units.count { return self }
        var result = selectingUnits(kept)
        let isKept = Set(kept)
        result.note(
            removed: units.indices.filter { !isKept.contains($0) }.map {
                RemovedUnit(name: units[$0].name, reason: reason($0))
            })
        return result
    }

    /// The recording with only these behaviour channels, in this order.
    /// - Throws: `RecordingError.unknownBehavior`, which lists those that are there;
    ///   `.duplicateName`
    public func selectingBehavior(_ channels: [String]) throws -> Recording {
        let kept = try channels.map { channel in
            guard let index = behaviorNames.firstIndex(of: channel) else {
                throw RecordingError.unknownBehavior(
                    source: session, channel: channel,
                    found: NearestName.sorted(behaviorNames, to: channel))
            }
            return index
        }
        if let name = firstDuplicate(in: channels) {
            throw RecordingError.duplicateName(
                source: session, kind: "chosen behaviour channels", name: name)
        }
        var result = self
        result.behaviorNames = channels
        result.behavior = behaviorArray.selecting(columns: kept).values
        return result
    }
}

func firstDuplicate<Value: Hashable>(in values: [Value]) -> Value? {
    var seen = Set<Value>()
    return values.first { !seen.insert($0).inserted }
}
