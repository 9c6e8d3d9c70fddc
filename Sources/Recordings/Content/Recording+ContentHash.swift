import ArrayFiles

extension Recording {
    /// SHA-256 of the logical content, 64 hexadecimal digits: everything but the provenance.
    ///
    /// The same for the same recording whatever file it came from. All NaNs count as one, so that two
    /// recordings with gaps can be compared, which `==` can't.
    public var contentHash: String {
        let hash = ContentHash()
        func add(_ text: String) {
            hash.update(text.utf8.count)
            hash.update(text)
        }
        func add(_ texts: [String]) {
            hash.update(texts.count)
            texts.forEach(add)
        }
        // An absent text and an empty one differ.
        func add(_ text: String?) { add(text.map { [$0] } ?? []) }
        func add(_ name: String, _ numbers: [Float]) {
            add(name)
            hash.update(numbers.count)
            hash.update(numbers)
        }

        add("neurostitch recording 1")
        add(session)
        add(subject)
        add(date)
        add(array)
        hash.update(binMilliseconds)
        add(signal.rawValue)
        hash.update([trialCount, binCount, encodedBinCount])
        add(units.map(\.name))
        hash.update(units.map { $0.heldOut ? 1 : 0 })
        hash.update(trials.map(\.identifier))
        trials.forEach { add($0.condition) }
        add(trials.map(\.split.rawValue))
        add("values", values)
        add(behaviorNames)
        add("behavior", behavior)
        add(externalInputNames)
        add("external inputs", externalInputs)
        add(trueRates == nil ? "no true rates" : "true rates", trueRates ?? [])
        // Recordings with trials had their hashes before windows existed.
        if let chop {
            add("windows")
            hash.update(chop.windows.map(\.segment))
            hash.update(chop.windows.map(\.startBin))
            hash.update(chop.segmentStarts.count)
            hash.update(chop.segmentStarts)
        }
        return hash.hexadecimal()
    }
}
