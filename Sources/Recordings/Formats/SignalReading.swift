import ArrayFiles

/// Counts of a file of arrays, whether it keeps counts or rates in Hz; or a continuous signal.
///
/// A rate is a count divided by the width of its bin: 20 Hz in a bin of 50 ms is one spike. A file rarely says
/// which it keeps, but a common divisor does: among counts there is practically always a 1, and so their greatest
/// common divisor is 1.
struct SignalReading {
    let source: RecordingSource
    let file: SourceFile
    let checks: RecordingChecks
    /// Width of a bin in the file.
    let binMilliseconds: Double

    /// By chance every second count is even: that all of so many are happens once in a million recordings.
    private static let fewestForADivisor = 20
    /// Text with two decimals and numbers of 16 bits are as far from the true rate.
    private static let rateTolerance = 1e-3

    init(source: RecordingSource, file: SourceFile, checks: RecordingChecks) throws {
        (self.source, self.file, self.checks) = (source, file, checks)
        binMilliseconds = try file.binMilliseconds(source)
    }

    /// Counts per bin, or values of a continuous signal.
    /// - Throws: `RecordingError.invalidCount`, `.invalidValue`, `.notRateOfCount`
    func checked(_ array: ShapedArray<Float>, dataset: String) throws -> ShapedArray<Float> {
        var array = array
        if source.signal == .counts, source.ratesInHertz == true {
            for index in array.values.indices where array.values[index] > 0 {
                let rate = array.values[index]
                guard let count = count(ofRate: rate) else {
                    let place = checks.place(of: index, in: array.shape)
                    throw RecordingError.notRateOfCount(
                        source: file.path, dataset: dataset, trial: place.trial, bin: place.bin,
                        unit: place.column, rate: rate, binMilliseconds: binMilliseconds)
                }
                array.values[index] = count
            }
        }
        do {
            try checks.requireSignal(source.signal, array, dataset: dataset)
        } catch RecordingError.invalidCount(
            let path, let dataset, let trial, let bin, let unit, let value, problem: .notWhole)
            where array.values.allSatisfy({ !($0 > 0) || count(ofRate: $0) != nil })
        {
            throw RecordingError.invalidCount(
                source: path, dataset: dataset, trial: trial, bin: bin, unit: unit, value: value,
                problem: .rateOfCount)
        }
        return array
    }

    /// That nobody takes rates for counts without a word.
    /// - Throws: `RecordingError.countsHaveDivisor`
    func requirePlausible(_ arrays: [ShapedArray<Float>], dataset: String) throws {
        guard source.signal == .counts, source.ratesInHertz == nil else { return }
        var (divisor, values) = (0, 0)
        for value in arrays.lazy.flatMap(\.values) where value > 0 {
            divisor = Self.commonDivisor(divisor, Int(value))
            if divisor == 1 { return }
            values += 1
        }
        guard values >= Self.fewestForADivisor else { return }
        throw RecordingError.countsHaveDivisor(
            source: file.path, dataset: dataset, values: values, divisor: divisor,
            binMilliseconds: binMilliseconds, areRates: count(ofRate: Float(divisor)) != nil)
    }

    /// The whole count, from 1, that a rate comes from; `nil` where there is none.
    private func count(ofRate rate: Float) -> Float? {
        let count = Double(rate) * binMilliseconds / 1000
        let whole = count.rounded()
        return whole >= 1 && abs(count - whole) <= Self.rateTolerance * whole ? Float(whole) : nil
    }

    private static func commonDivisor(_ first: Int, _ second: Int) -> Int {
        var (first, second) = (first, second)
        while second != 0 { (first, second) = (second, first % second) }
        return first
    }
}
