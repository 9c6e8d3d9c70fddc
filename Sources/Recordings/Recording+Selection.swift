import ArrayFiles

extension Recording {
    /// Mean rate of each unit over all trials and bins, in Hz: spikes / (trials · bins · bin width).
    /// Meaningful only for counts.
    public func meanRatesHz() -> [Double] {
        var sums = [Double](repeating: 0, count: units.count)
        for row in stride(from: 0, to: values.count, by: max(units.count, 1)) {
            for unit in units.indices { sums[unit] += Double(values[row + unit]) }
        }
        let seconds = Double(trialCount * binCount) * binMilliseconds / 1000
        return sums.map { $0 / seconds }
    }

    /// The recording without the units whose mean rate over all trials is lower than the minimum.
    /// Their names and rates are added to the provenance, under `removed_units`.
    /// - Throws: `RecordingError.noUnitLeft` where no unit that the encoder sees is left,
    ///   `.rateOfContinuousSignal`
    public func selectingUnits(minimumRateHz: Double) throws -> Recording {
        guard signal == .counts else {
            throw RecordingError.rateOfContinuousSignal(source: session)
        }
        let rates = meanRatesHz()
        let kept = units.indices.filter { rates[$0] >= minimumRateHz }
        guard kept.contains(where: { !units[$0].heldOut }) else {
            throw RecordingError.noUnitLeft(
                source: session, minimumRateHz: minimumRateHz, highestRateHz: rates.max() ?? 0)
        }
        if kept.count == units.count { return self }
        var result = selectingUnits(kept)
        result.provenance["removed_units"] = units.indices.filter { rates[$0] < minimumRateHz }
            .map { "\(units[$0].name) (\(plain(rates[$0])) Hz)" }.joined(separator: ", ")
        return result
    }

    /// The recording with only the units at these places, in this order.
    public func selectingUnits(_ kept: [Int]) -> Recording {
        var result = self
        result.units = kept.map { units[$0] }
        result.values = picking(kept, from: values, columns: units.count)
        result.trueRates = trueRates.map { picking(kept, from: $0, columns: units.count) }
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
        result.behavior = picking(kept, from: behavior, columns: behaviorNames.count)
        return result
    }

    private func picking(_ kept: [Int], from values: [Float], columns: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(trialCount * binCount * kept.count)
        for row in stride(from: 0, to: values.count, by: max(columns, 1)) {
            for column in kept { result.append(values[row + column]) }
        }
        return result
    }
}

func firstDuplicate<Value: Hashable>(in values: [Value]) -> Value? {
    var seen = Set<Value>()
    return values.first { !seen.insert($0).inserted }
}
