import Evaluation
import LinearAlgebra
import TrialArrays

/// One unit: spikes of held-out trials, the rates inferred from them, and the averages of both.
struct UnitPicture {
    let name: String
    /// The encoder never saw it.
    let isHeldOut: Bool
    /// By row of the images.
    let conditions: [String]
    /// Spikes per window, `[trials, windows]`; NaN where the unit was not observed in any bin of it.
    let counts: [[Double]]
    /// Spikes per second where they are spikes.
    let rates: [[Double]]
    let smoothed: [(condition: String, values: [Double])]
    let inferred: [(condition: String, values: [Double])]

    /// The units whose inferred averages vary most, measured in standard deviations of spikes; the
    /// last one is a unit that the encoder never saw, where there is one.
    static func most(
        modulatedOf day: InferredDay, _ smoothed: TrialArray, _ labels: [String?],
        _ order: ConditionOrder, _ windows: TimeWindows, _ detail: DayDetail
    ) -> [UnitPicture] {
        let rates = ConditionMeans(day.rates, labels: labels, trials: day.usualTrials)
        let averages = ConditionMeans(smoothed, labels: labels, trials: day.usualTrials)
        let ranked = day.recording.units.indices.map { unit in
            (unit: unit, modulation: modulation(rates, unit))
        }.sorted { ($0.modulation, $1.unit) > ($1.modulation, $0.unit) }.map(\.unit)
        var chosen = Array(ranked.prefix(detail.units))
        let units = day.recording.units
        if let heldOut = ranked.first(where: { units[$0].heldOut }),
            !chosen.contains(where: { units[$0].heldOut }), !chosen.isEmpty
        {
            chosen[chosen.count - 1] = heldOut
        }
        return chosen.map { UnitPicture($0, of: day, labels, order, windows, rates, averages, detail) }
    }

    private init(
        _ unit: Int, of day: InferredDay, _ labels: [String?], _ order: ConditionOrder,
        _ windows: TimeWindows, _ rates: ConditionMeans, _ smoothed: ConditionMeans, _ detail: DayDetail
    ) {
        let scale = day.isPoisson ? day.binsPerSecond : 1
        let labelled = day.testedTrials.filter { labels[$0] != nil }
        let shown = Thinning.balanced(
            labelled.map { labels[$0] ?? "" }, most: detail.rasterTrials
        ).map { labelled[$0] }.sorted {
            (order.place(labels[$0] ?? ""), $0) < (order.place(labels[$1] ?? ""), $1)
        }
        name = day.recording.units[unit].name
        isHeldOut = day.recording.units[unit].heldOut
        conditions = shown.map { labels[$0] ?? "" }
        let counts = day.counts
        self.counts = shown.map { trial in
            func value(_ bin: Int) -> Double { Double(counts[trial, bin, unit]) }
            let observed = windows.sums { value($0).isNaN ? 0 : 1 }
            return zip(windows.sums { value($0).isNaN ? 0 : value($0) }, observed).map {
                $1 > 0 ? $0 : .nan
            }
        }
        self.rates = shown.map { trial in
            windows.means { Double(day.rates[trial, $0, unit]) * scale }
        }
        let names = order.shown(most: Thinning.conditionsInPlane)
        func averages(_ means: ConditionMeans) -> [(condition: String, values: [Double])] {
            names.compactMap { name in
                means.values[name].map { values in
                    (name, windows.means { values[$0, unit] * scale })
                }
            }
        }
        self.smoothed = averages(smoothed)
        inferred = averages(rates)
    }

    private static func modulation(_ means: ConditionMeans, _ unit: Int) -> Double {
        var (sum, squares, count) = (0.0, 0.0, 0.0)
        for values in means.values.values {
            for value in values.column(unit) {
                sum += value
                squares += value * value
                count += 1
            }
        }
        guard count > 0 else { return 0 }
        let mean = sum / count
        return max(squares / count - mean * mean, 0) / max(abs(mean), 1e-6)
    }
}
