import Recordings

extension ReachingSettings {
    /// - Throws: `SynthesisError` for the first setting that can't be.
    func validate() throws {
        try validateDays()
        try validateTrials()
        try validateUnits()
        try share(mislabelledShare, "mislabelled")
        if let mirroredSession {
            try SynthesisError.require(
                (0..<sessions).contains(mirroredSession), "mirrored session", mirroredSession + 1,
                "1 to the number of sessions, \(sessions)")
        }
    }

    private func validateDays() throws {
        try SynthesisError.require((1...10_000).contains(sessions), "sessions", sessions, "1 to 10000")
        try SynthesisError.require((2...1000).contains(conditions), "conditions", conditions, "2 to 1000")
        try share(lackingShare, "lacking")
        try SynthesisError.require(
            (0..<conditions).contains(lackedConditions), "lacked conditions", lackedConditions,
            "0 to \(conditions - 1), so that a day has one")
        try SynthesisError.require(
            (1...100_000).contains(daysBetween), "days between", daysBetween, "1 to 100000")
        try SynthesisError.require((2...10_000).contains(validEvery), "valid every", validEvery, "2 to 10000")
        // With mislabelled trials a label may be short of some, but not all labels can be.
        let least = conditions * validEvery
        try SynthesisError.require(
            trials.lowerBound >= least && trials.upperBound <= 100_000, "trials",
            "\(trials.lowerBound)-\(trials.upperBound)",
            "\(least) to 100000, so that of every condition some are held out")
        guard let first = CalendarDay(firstDate) else { throw SynthesisError.notADate(firstDate) }
        try SynthesisError.require(
            first.advanced(by: (sessions - 1) * daysBetween).description.utf8.count == 10,
            "days between", daysBetween, "fewer, so that the last session is before the year 10000")
        if let problem = FileSafeName.problem(withSession: "\(sessionPrefix)-\(firstDate)") {
            throw SynthesisError.badName(setting: "subject", found: subject, problem: problem)
        }
    }

    private func validateTrials() throws {
        try SynthesisError.require((2...10_000).contains(bins), "bins", bins, "2 to 10000")
        try number(binMilliseconds, "bin width", 0.1...1000, "0.1 to 1000 milliseconds")
        let end = Double(bins) * binMilliseconds
        try number(cueMilliseconds, "cue", 0...end, "milliseconds within the trial, 0 to \(end)")
        try number(
            reactionMilliseconds, "reaction time", 1...max(1, end - cueMilliseconds),
            "1 to the \(end - cueMilliseconds) milliseconds from the cue to the end of the trial")
        try number(reactionSpread, "reaction spread", 0...2, "0 to 2")
        try number(initialStateSpread, "initial state spread", 0...5, "0 to 5")
        try number(amplitudeSpread, "amplitude spread", 0...2, "0 to 2")
        try share(inputShare, "input share")
        try number(inputStrength, "input strength", 0...10, "0 to 10")
    }

    private func validateUnits() throws {
        try SynthesisError.require((1...100_000).contains(units), "units", units, "1 to 100000")
        try number(medianRateHz, "median rate", 1e-3...10_000, "0.001 to 10000 Hz")
        try number(rateSpread, "rate spread", 0...3, "0 to 3")
        try number(deadMilliseconds, "dead time", 0...100, "0 to 100 milliseconds")
        try number(modulation.lowerBound, "modulation", 0...5, "0 to 5")
        try number(modulation.upperBound, "modulation", 0...5, "0 to 5")
        try share(commonShare, "common share")
        try share(keptShare, "kept units")
        try share(mergedShare, "merged units")
        try share(absentShare, "absent units")
        try share(driftKept, "kept drift")
        try SynthesisError.require(
            mergedShare + absentShare < 0.9, "merged and absent units", mergedShare + absentShare,
            "a share below 0.9 together, so that units are left")
        for (name, spread) in [
            ("baseline drift within days", baselineDriftWithin),
            ("baseline drift between days", baselineDriftBetween),
            ("gain drift within days", gainDriftWithin), ("gain drift between days", gainDriftBetween),
            ("private strength", privateStrength),
        ] {
            try number(spread, name, 0...2, "0 to 2")
        }
        try SynthesisError.require(
            (0...1000).contains(privateDimensions), "private dimensions", privateDimensions, "0 to 1000")
    }

    private func share(_ value: Double, _ setting: String) throws {
        try number(value, setting, 0...1, "a share from 0 to 1")
    }

    private func number(
        _ value: Double, _ setting: String, _ range: ClosedRange<Double>, _ expected: String
    ) throws {
        try SynthesisError.require(range.contains(value), setting, value, expected)
    }
}
