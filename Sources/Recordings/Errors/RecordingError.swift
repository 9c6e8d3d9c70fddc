public import ArrayFiles
public import Messages

/// What is wrong with a recording. `source` is the file's path, or the session's name where a
/// recording in memory is meant. Trials, bins, units and channels are counted from 0.
public enum RecordingError: ReportedError, Equatable {
    /// The file itself: missing, not HDF5, truncated, a dataset that isn't there, …
    case file(ArrayFileError)
    case nwb(NWBError)
    case table(TableError)
    /// `nil` in `expected` stands for any extent.
    case shapesDisagree(
        source: String, dataset: String, found: [Int], expected: [Int?], dimensions: [String],
        like: String?)
    case encodedExceedsReconstructed(
        source: String, part: String, encoded: [Int], reconstructed: [Int])
    case encodedDiffers(source: String, dataset: String, trial: Int, bin: Int, unit: Int)
    case invalidCount(
        source: String, dataset: String, trial: Int, bin: Int, unit: Int, value: Float,
        problem: CountProblem)
    /// `areRates`: the divisor is a multiple of the rate of one spike in a bin.
    case countsHaveDivisor(
        source: String, dataset: String, values: Int, divisor: Int, binMilliseconds: Double, areRates: Bool)
    case notRateOfCount(
        source: String, dataset: String, trial: Int, bin: Int, unit: Int, rate: Float, binMilliseconds: Double
    )
    case invalidValue(
        source: String, dataset: String, trial: Int, bin: Int, channel: Int, value: Float,
        allowed: String)
    /// In training trials, after bins were joined.
    case neverObserved(source: String, units: [String])
    case coincidenceOfUnobserved(source: String)
    case notWhole(source: String, dataset: String, index: Int, value: Double)
    case empty(source: String, what: String)
    case duplicateTrial(source: String, identifier: Int, first: Int, second: Int)
    case duplicateName(source: String, kind: String, name: String)
    case nameCount(source: String, kind: String, names: Int, columns: Int)
    /// `listed` names for a dataset whose columns the file doesn't name.
    case channelCount(source: String, dataset: String, listed: Int, columns: Int)
    /// `known` in an order that is only an example.
    case axesUnknown(source: String, dataset: String, shape: [Int], known: [RecordingSource.Axis])
    /// Bins of the trials of a struct array; `lengths` is the number of different ones.
    case trialLengthsDiffer(
        source: String, dataset: String, trials: Int, lengths: Int, shortest: Int, longest: Int)
    case noTrialLongEnough(source: String, dataset: String, wanted: Int, longest: Int)
    case binWidthUnknown(source: String)
    case binWidthInvalid(source: String, milliseconds: Double)
    case binWidthsDisagree(source: String, inFile: Double, inManifest: Double)
    case binWidthDoesNotDivide(source: String, milliseconds: Double, wanted: Double)
    case binsDoNotDivide(source: String, bins: Int, factor: Int, what: String)
    case noUnitLeft(source: String, minimumRateHz: Double, highestRateHz: Double)
    case noUnitLeftBy(source: String, criterion: String, units: Int)
    case allUnitsHeldOut(source: String, units: Int)
    case unknownUnit(source: String, unit: String, found: [String])
    case valueNotThere(source: String, column: String, value: String, found: [String])
    case binsTooWide(source: String, milliseconds: Double, widest: Double)
    case rateOfContinuousSignal(source: String)
    case unknownBehavior(source: String, channel: String, found: [String])
    case invalidLabel(source: String, dataset: String, trial: Int, index: Int, labels: Int)
    case invalidSplit(source: String, dataset: String, trial: Int, value: String)
    case noStoredSplit(source: String, dataset: String)
    /// `key`: `valid_every` or `test_every`.
    case splitTooCoarse(source: String, every: Int, key: String)
    /// `isStored`: as the file says; otherwise `valid_every` of the manifest.
    case emptySplit(source: String, split: Recording.Split, trials: Int, isStored: Bool)
    /// `condition` is the one with most trials, or windows; `nil` where trials have no labels.
    case tooFewForThreeParts(
        source: String, split: Recording.Split, condition: String?, trials: Int, ofWindows: Bool,
        validEvery: Int, testEvery: Int)
    case readingDied(source: String, signal: Int32)
    case chopDoesNotFit(source: String, window: Double, overlap: Double, bin: Double)
    case noWindow(source: String, windowMilliseconds: Double, longestMilliseconds: Double)
    case timesNotAscending(source: String, dataset: String, index: Int)
    /// Times in seconds; `stepMilliseconds` is the usual one.
    case timesUnlikeBins(
        source: String, dataset: String, bin: Int, time: Double, expected: Double, binMilliseconds: Double,
        stepMilliseconds: Double)
    case notCanonical(source: String, format: String?)
    case newerVersion(source: String, found: Int, known: Int)
    case unknownWord(source: String, attribute: String, found: String, known: [String])
    case missingAttribute(source: String, attribute: String)
    case contentChanged(source: String)

    /// Why a number is no count.
    public enum CountProblem: String, Sendable, Equatable {
        case negative = "is negative"
        case notWhole = "is not a whole number"
        /// All values are whole counts once they are multiplied by the width of a bin.
        case rateOfCount = "is not a whole number, but a rate in Hz whose product with the width of a bin is"
        case notFinite = "is not finite"
        case tooLarge = "is too large to be a count"
    }

    public var category: ErrorCategory {
        if case .file(let error) = self { return error.category }
        return .badData
    }

    public var description: String {
        switch self {
        case .file(let error):
            return error.description
        case .nwb(let error):
            return error.description
        case .table(let error):
            return error.description
        case .shapesDisagree(let source, let dataset, let found, let expected, let names, let like):
            let wanted = expected.map { $0.map(String.init) ?? "any" }.joined(separator: " × ")
            return "\"\(dataset)\" in \(source) has shape \(words(found)); expected \(wanted) "
                + "(\(names.joined(separator: " × ")))"
                + (like.map { ", to agree with \"\($0)\"." } ?? ".")
        case .encodedExceedsReconstructed(let source, let part, let encoded, let reconstructed):
            return
                "\(part)_encod_data in \(source) has \(words(encoded)) bins × units, more than the "
                + "\(words(reconstructed)) of \(part)_recon_data; encoded data must be the first "
                + "bins and units of the reconstructed."
        case .encodedDiffers(let source, let dataset, let trial, let bin, let unit):
            return
                "\"\(dataset)\" in \(source) differs from the reconstructed data at trial \(trial),"
                + " bin \(bin), unit \(unit); encoded data must be the first bins and units of the"
                + " reconstructed."
        case .invalidCount(
            let source, let dataset, let trial, let bin, let unit, let value, let problem):
            return
                "\"\(dataset)\" in \(source): \(plain(value)) at trial \(trial), bin \(bin), "
                + "unit \(unit) \(problem.rawValue). "
                + problem.advice(isMissing: value.isNaN)
        case .countsHaveDivisor(
            let source, let dataset, let values, let divisor, let width, let areRates):
            return
                "\"\(dataset)\" in \(source): all \(values) values above 0 are multiples of \(divisor), as counts "
                + "hardly ever are. "
                + (areRates
                    ? "They look like rates in Hz of bins of \(plain(width)) ms. If they are, set rates_hz: true in "
                        + "the manifest; if they are counts all the same, rates_hz: false."
                    : "Rates in Hz would be so in bins of \(plain(rounded(1000 / Double(divisor)))) ms, and these have "
                        + "\(plain(width)). Divide them by \(divisor) in the file, or correct the width of a bin and "
                        + "set rates_hz: true in the manifest; if they are counts all the same, rates_hz: false.")
        case .notRateOfCount(
            let source, let dataset, let trial, let bin, let unit, let rate, let width):
            return
                "\"\(dataset)\" in \(source): \(plain(rate)) Hz at trial \(trial), bin \(bin), unit \(unit) would be "
                + "\(plain(rounded(Double(rate) * width / 1000))) spikes in a bin of \(plain(width)) ms; with "
                + "rates_hz: true all have to be whole numbers of spikes. Is that the width of the file's bins? Rates "
                + "that were smoothed are no counts; they need signal: continuous."
        case .neverObserved(let source, let units):
            return
                "\(source): of \(units.count == 1 ? "a unit" : "\(units.count) units") not a single bin was "
                + "observed in the training trials: \(units.prefix(20).joined(separator: ", "))"
                + (units.count > 20 ? ", …. " : ". ")
                + "Leave them out with units: {omit: […]} in the manifest. Bins that are joined (bin_ms) are "
                + "observed only where all of them were; choose narrower ones if that is why."
        case .coincidenceOfUnobserved(let source):
            return
                "\(source): not all samples were observed, and spikes of two units can be compared only where "
                + "both were; remove max_coincidence."
        case .invalidValue(
            let source, let dataset, let trial, let bin, let channel, let value, let allowed):
            return
                "\"\(dataset)\" in \(source): \(plain(value)) at trial \(trial), bin \(bin), "
                + "channel \(channel); only \(allowed) values are allowed."
        case .notWhole(let source, let dataset, let index, let value):
            return "\"\(dataset)\" in \(source): entry \(index) is \(plain(value)), "
                + "not a whole number."
        case .empty(let source, let what):
            return "\(source) is empty: it has no \(what)."
        case .duplicateTrial(let source, let identifier, let first, let second):
            return "\(source) has two trials with the identifier \(identifier), "
                + "at positions \(first) and \(second)."
        case .duplicateName(let source, let kind, let name):
            return "\(source) has two \(kind) with the name \"\(name)\"."
        case .nameCount(let source, let kind, let names, let columns):
            return "\(source) names \(names) \(kind) but has \(columns)."
        case .channelCount(let source, let dataset, let listed, let columns):
            return "\"\(dataset)\" in \(source) has \(columns) columns, which the file doesn't name, but "
                + "behavior lists \(listed) for it; list \(columns) names, or write all."
        case .axesUnknown(let source, let dataset, let shape, let known):
            return "\"\(dataset)\" in \(source) has shape \(words(shape)), and the manifest doesn't say "
                + "which axis is which; set axes to \(listed(known.map(\.rawValue))), in the order of that "
                + "shape, such as axes: [\(known.map(\.rawValue).joined(separator: ", "))]."
        case .trialLengthsDiffer(
            let source, let dataset, let trials, let lengths, let shortest, let longest):
            return
                "\"\(dataset)\" in \(source) has \(lengths) different numbers of bins in \(trials) trials, "
                + "from \(shortest) to \(longest); all trials must have the same. Set "
                + "bins: {first: \(shortest)} or bins: {last: \(shortest)} in the manifest; with a larger "
                + "number, shorter trials are left out. If bin_ms joins bins, take a multiple of as many as it joins."
        case .noTrialLongEnough(let source, let dataset, let wanted, let longest):
            return "\"\(dataset)\" in \(source): no trial has \(wanted) bins; the longest has \(longest). "
                + "Lower bins in the manifest."
        case .binWidthUnknown(let source):
            return "\(source) doesn't say how wide its bins are; set bin_ms in the manifest."
        case .binWidthInvalid(let source, let milliseconds):
            return "\(source): a bin of \(plain(milliseconds)) ms is impossible."
        case .binWidthsDisagree(let source, let inFile, let inManifest):
            return "\(source) has bins of \(plain(inFile)) ms but its manifest says "
                + "\(plain(inManifest)) ms; correct or remove the width in the manifest."
        case .binWidthDoesNotDivide(let source, let milliseconds, let wanted):
            return "\(source) has bins of \(plain(milliseconds)) ms, which don't add up to bins of "
                + "\(plain(wanted)) ms; choose a multiple of \(plain(milliseconds)) ms."
        case .binsDoNotDivide(let source, let bins, let factor, let what):
            return
                "\(source): \(bins) \(what) can't be joined by \(factor); \(bins / factor) wider "
                + "bins fit and \(bins % factor) narrow ones are left over. "
                + "Choose another bin width, or cut the trials."
        case .noUnitLeft(let source, let minimum, let highest):
            return "\(source): no encoded unit fires at \(plain(minimum)) Hz or more; the highest "
                + "mean rate is \(plain(highest)) Hz. Lower min_rate_hz."
        case .noUnitLeftBy(let source, let criterion, let units):
            return "\(source): of \(units) units, none that the encoder sees is left \(criterion). "
                + "Ask for less."
        case .allUnitsHeldOut(let source, let units):
            return "\(source): all \(units) units are held out, and the encoder would see none. Correct the "
                + "file, or say with units: {held_out: …} in the manifest which are."
        case .unknownUnit(let source, let unit, let found):
            return "\(source) has no unit \"\(unit)\"; it has, nearest name first: "
                + "\(found.prefix(20).joined(separator: ", "))."
        case .valueNotThere(let source, let column, let value, let found):
            return "\(source): nothing has \(column): \(value); the column holds "
                + (found.isEmpty ? "nothing" : found.prefix(20).joined(separator: ", "))
                + (found.count > 20 ? ", …." : ".")
        case .binsTooWide(let source, let milliseconds, let widest):
            return "\(source): in bins of \(plain(milliseconds)) ms, cells that fire together can't be "
                + "told from cross-talk; max_coincidence needs bins of \(plain(widest)) ms at most."
        case .rateOfContinuousSignal(let source):
            return "\(source) holds a continuous signal, which has no firing rate; "
                + "remove min_rate_hz, min_presence and max_coincidence."
        case .unknownBehavior(let source, let channel, let found):
            return "\(source) has no behaviour \"\(channel)\"; "
                + (found.isEmpty
                    ? "it has no behaviour at all."
                    : "it has, nearest name first: \(found.joined(separator: ", ")).")
        case .invalidLabel(let source, let dataset, let trial, let index, let labels):
            return "\"\(dataset)\" in \(source): trial \(trial) has the label number \(index), "
                + "but condition_labels has \(labels) entries."
        case .invalidSplit(let source, let dataset, let trial, let value):
            return "\"\(dataset)\" in \(source): trial \(trial) has \"\(value)\"; "
                + "expected train, valid or test (or 0, 1 or 2)."
        case .noStoredSplit(let source, let dataset):
            return "\(source) stores no split: it has no dataset \"\(dataset)\". "
                + "Set valid_every in the manifest instead."
        case .splitTooCoarse(let source, let every, let key):
            return "\(source): every \(every)-th trial can't be held out; \(key) must be 2 "
                + "or more."
        case .emptySplit(let source, let split, let trials, let isStored):
            return "\(source): none of its \(trials) trials is in the "
                + name(of: split) + " set, which needs at least one. "
                + (isStored
                    ? "That is the file's own split; set split: {valid_every: 5} in the manifest to split anew."
                    : "Of each condition every k-th trial is held out: lower k, split: {valid_every: k} in the "
                        + "manifest, or label fewer conditions.")
        case .tooFewForThreeParts(
            let source, let split, let condition, let trials, let ofWindows, let valid, let test):
            let whole =
                ofWindows
                ? "the recording"
                : condition.map { "the largest condition, \"\($0)\"," }
                    ?? "the largest, trials without a label,"
            // As many that one is for the test and, of the others, one is held out.
            let needed = (test...(test + 2 * valid)).first { $0 - $0 / test >= valid } ?? test
            let what = ofWindows ? "windows" : "trials of one condition"
            return "\(source): nothing is left for the \(name(of: split)) set. With test_every: \(test) and "
                + "valid_every: \(valid), three parts need \(needed) \(what); \(whole) has \(trials). Lower "
                + "test_every or valid_every" + (ofWindows ? "" : ", label fewer conditions")
                + ", or leave test_every out."
        case .readingDied(let source, let signal):
            let isOutOfTime = [9, 24].contains(signal)
            return "\(source) can't be read: the process that read it ended with signal \(signal)"
                + (isOutOfTime
                    ? ", having taken more processor time than a file of its size should need"
                    : "; the library for its format crashed, or asked for more memory than a sound file needs")
                + ". The file is probably damaged: copy it again from its source"
                + (isOutOfTime
                    ? ", or, if it is only highly compressed, write it with less compression." : ".")
        case .chopDoesNotFit(let source, let window, let overlap, let bin):
            return "\(source): windows of \(plain(window)) ms that overlap by \(plain(overlap)) ms can't "
                + "be cut in bins of \(plain(bin)) ms; both must be whole numbers of bins, a window of at "
                + "least two, overlapping by at most half."
        case .noWindow(let source, let window, let longest):
            return "\(source): no window of \(plain(window)) ms fits; the longest stretch without a gap "
                + "has \(plain(longest)) ms. Choose shorter windows."
        case .timesUnlikeBins(
            let source, let dataset, let bin, let time, let expected, let width, let step):
            return "\"\(dataset)\" in \(source): bin \(bin) begins at \(plain(rounded(time))) s, but at "
                + "\(plain(rounded(expected))) s by bins of \(plain(width)) ms; the usual step is "
                + "\(plain(rounded(step))) ms. "
                + "Times are seconds: correct them or the width of a bin, or leave times out."
        case .timesNotAscending(let source, let dataset, let index):
            return "\"\(dataset)\" in \(source): entry \(index) is not finite or not after the one "
                + "before it."
        case .notCanonical(let source, let format):
            return "\(source) is not a neurostitch recording: its attribute format "
                + (format.map { "is \"\($0)\"." } ?? "is missing.")
        case .newerVersion(let source, let found, let known):
            return
                "\(source) has layout version \(found), but this neurostitch reads versions up to "
                + "\(known); update it."
        case .unknownWord(let source, let attribute, let found, let known):
            return "\(source): \"\(attribute)\" is \"\(found)\"; expected "
                + "\(known.joined(separator: " or "))."
        case .missingAttribute(let source, let attribute):
            return
                "\(source) lacks the attribute \"\(attribute)\", "
                + "which every neurostitch recording has."
        case .contentChanged(let source):
            return
                "\(source) has been changed or damaged since it was written: its content doesn't "
                + "have the hash in content_sha256. Register the session again."
        }
    }
}

extension RecordingError.CountProblem {
    fileprivate func advice(isMissing: Bool) -> String {
        switch self {
        case .notFinite where isMissing:
            "If it stands for what was not observed, set not_observed: nan in the manifest."
        case .rateOfCount: "Set rates_hz: true in the manifest."
        default: "Spike counts are whole numbers from 0; other signals need signal: continuous."
        }
    }
}

private func name(of split: Recording.Split) -> String {
    switch split {
    case .train: "training"
    case .valid: "validation"
    case .test: "test"
    }
}

/// `a, b and c`
private func listed(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + (words.count > 1 ? " and " : "") + (words.last ?? "")
}

private func words(_ shape: [Int]) -> String {
    shape.isEmpty ? "of a single value" : shape.map(String.init).joined(separator: " × ")
}

/// To six decimals.
private func rounded(_ number: Double) -> Double { (number * 1e6).rounded() / 1e6 }

func plain(_ number: Double) -> String { number.plainText }

/// In the digits that the number has in single precision.
func plain(_ number: Float) -> String { plain(Double("\(number)") ?? Double(number)) }

/// Runs `body` so that what goes wrong with a file comes out as a `RecordingError`.
func asRecordingError<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as ArrayFileError {
        throw RecordingError.file(error)
    } catch let error as NWBError {
        throw RecordingError.nwb(error)
    } catch let error as TableError {
        throw RecordingError.table(error)
    }
}
