import Messages

extension RunEvaluation {
    /// Bits per spike below which held-out spikes count as not predicted.
    static let nothingPredicted = 0.005
    /// Agreement that a reader takes for a stitch that holds.
    static let seeminglyStitched = 0.9
    /// Sessions that a sentence names.
    private static let mostNamed = 3

    /// What a reader could be misled by, as sentences: figures that look good and mean nothing, and plainer
    /// ways that do better. Empty where there is nothing to say.
    public var remarks: [String] {
        [withoutPrediction, carriedByFew, noBetterThanPSTHs, worseThanCounts, worseThanFactorAnalysis]
            .compactMap { $0 }
    }

    /// Agreement is high wherever a model says the same whatever the spikes are.
    private var withoutPrediction: String? {
        let values = sessions.compactMap { session in session[.bitsPerSpike].map { (session.name, $0) } }
        let silent = values.filter { $0.1 < Self.nothingPredicted }
        guard !silent.isEmpty else { return nil }
        var warning = ""
        if let agreement = summary[.agreement]?.median, agreement > Self.seeminglyStitched {
            warning =
                ": agreement \(rounded(agreement)) means nothing there, for a model that says the same of every "
                + "trial agrees with itself"
        }
        return
            "held-out spikes of \(Self.of(silent.map(\.0), values.count)) are predicted no better than by every "
            + "unit's mean rate (\(Self.list(silent) { "\(rounded($0)) bits per spike" }))\(warning)"
    }

    /// Bits of all units together can be made by the few that fire most.
    private var carriedByFew: String? {
        let rows = pairs(.bitsPerSpike, .unitBitsPerSpike)
            .filter { $0.value >= Self.nothingPredicted && $0.other < 0 }
        guard let first = rows.first else { return nil }
        return
            "of \(Self.of(rows.map(\.name), sessions.count)) bits per spike of all units together are above zero "
            + "and their mean over units is below (\(first.name): \(rounded(first.value)) and "
            + "\(rounded(first.other))): a few units that fire much make the former"
    }

    private var noBetterThanPSTHs: String? {
        let rows = pairs(.bitsPerSpike, .psthBitsPerSpike)
            .filter { $0.value >= Self.nothingPredicted && $0.value <= $0.other }
        guard let first = rows.first else { return nil }
        return
            "held-out spikes of \(Self.of(rows.map(\.name), sessions.count)) are predicted no better than by the "
            + "average of their condition (\(first.name): \(rounded(first.value)) against "
            + "\(rounded(first.other)) bits per spike): what single trials do is not seen"
    }

    private var worseThanCounts: String? {
        decodedWorse(than: .withinFromCounts, "smoothed counts").map {
            $0
                + ": the model leaves out something of single trials; more factors, a controller (`co_dim`) or maps "
                + "that learn faster may keep it"
        }
    }

    private var worseThanFactorAnalysis: String? {
        decodedWorse(than: .withinFromFactorAnalysis, "factor analysis, which knows no dynamics")
    }

    private func decodedWorse(than rival: Metric, _ name: String) -> String? {
        let values = pairs(.withinFromFactors, rival)
        let worse = values.filter { $0.value < $0.other }
        guard let first = worse.first else { return nil }
        return
            "behaviour of \(Self.of(worse.map(\.name), values.count)) is decoded worse from factors than from \(name) "
            + "(\(first.name): R² \(rounded(first.value)) against \(rounded(first.other)))"
    }

    /// Two metrics of the sessions that have both.
    private func pairs(
        _ metric: Metric, _ other: Metric
    ) -> [(name: String, value: Double, other: Double)] {
        sessions.compactMap { session in
            guard let value = session[metric], let reference = session[other] else { return nil }
            return (session.name, value, reference)
        }
    }

    private static func of(_ names: [String], _ count: Int) -> String {
        count == 1 ? "session \(names[0])" : "\(names.count) of \(count) sessions"
    }

    private static func list(_ rows: [(String, Double)], _ say: (Double) -> String) -> String {
        let named = rows.prefix(mostNamed).map { "\($0.0): \(say($0.1))" }
        return named.joined(separator: ", ") + (rows.count > mostNamed ? ", …" : "")
    }
}

extension RunComparison {
    /// Where the other way does better in what a model is for, as a sentence.
    public var remarks: [String] {
        guard other == Self.single else { return [] }
        let worse = summaries.filter {
            [.bitsPerSpike, .withinFromFactors].contains($0.metric) && 2 * $0.better < $0.sessions
        }
        guard !worse.isEmpty else { return [] }
        return [
            "one model per session is better in "
                + worse.map { "\($0.metric.title) on \($0.sessions - $0.better) of \($0.sessions) sessions" }
                .joined(separator: " and ")
                + ": these days gain nothing from being stitched as they are"
        ]
    }
}
