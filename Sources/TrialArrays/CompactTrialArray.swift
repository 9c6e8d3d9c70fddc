/// A quantity of every trial of a session, as a ``TrialArray``, kept in as few bytes as hold it exactly: counts in one
/// byte each where none is above 254, in two where none is above 65,534, all else as it is.
///
/// Values are widened when they are read, a trial at a time. What was not observed comes back as NaN.
public struct CompactTrialArray: Sendable {
    /// Which trials these are.
    public let trials: TrialAxis
    /// How many bins a trial has, and how wide they are.
    public let bins: BinAxis
    /// What stands in the columns.
    public let columns: ColumnAxis
    /// Whether any value is NaN: a sample that was not observed.
    public let hasGaps: Bool
    private let codes: Codes

    private enum Codes: Sendable {
        case bytes(SampleMemory<UInt8>)
        case words(SampleMemory<UInt16>)
        case floats(SampleMemory<Float>)
    }

    /// What stands for NaN among bytes.
    package static let unobservedByte = UInt8.max
    /// What stands for NaN among words.
    package static let unobservedWord = UInt16.max

    // MARK: Storing

    /// Stores an array in memory.
    ///
    /// - Parameters:
    ///   - array: the values.
    ///   - order: columns in the order wanted; `nil` = as they are.
    public init(_ array: TrialArray, columns order: [Int]? = nil) {
        self.init(array, order, CodeRange(array.values), in: nil)
    }

    /// Stores an array in a file without a name, so that arrays can take more than the memory holds.
    ///
    /// - Parameters:
    ///   - array: the values.
    ///   - order: columns in the order wanted; `nil` = as they are.
    ///   - folder: on whose disk the file is.
    /// - Throws: ``TrialArrayError`` when there is no room for it.
    public init(
        _ array: TrialArray, columns order: [Int]? = nil, inFileIn folder: String
    ) throws(TrialArrayError) {
        let range = CodeRange(array.values)
        let bytes = range.bytes * array.rowCount * (order?.count ?? array.columnCount)
        self.init(array, order, range, in: bytes > 0 ? try MappedFile(bytes, in: folder) : nil)
    }

    private init(_ array: TrialArray, _ order: [Int]?, _ range: CodeRange, in file: MappedFile?) {
        trials = array.trials
        bins = array.bins
        columns = order.map { array.columns.selecting($0) } ?? array.columns
        hasGaps = range.hasGaps
        let order = order ?? Array(0..<array.columnCount)
        func store<Code: BitwiseCopyable & Sendable>(_ code: (Float) -> Code) -> SampleMemory<Code> {
            SampleMemory(array.rowCount * order.count, in: file) { place in
                array.values.withUnsafeBufferPointer { values in
                    for row in 0..<array.rowCount {
                        let from = row * array.columnCount
                        let to = place + row * order.count
                        for (column, source) in order.enumerated() {
                            to[column] = code(values[from + source])
                        }
                    }
                }
            }
        }
        switch range.bytes {
        case 1: codes = .bytes(store { $0.isNaN ? Self.unobservedByte : UInt8($0) })
        case 2: codes = .words(store { $0.isNaN ? Self.unobservedWord : UInt16($0) })
        default: codes = .floats(store { $0 })
        }
    }

    /// Whether values are whole numbers from nought on, and how large.
    private struct CodeRange {
        /// Infinite where some value is no such number.
        private(set) var largest: Float = 0
        private(set) var hasGaps = false
        /// Of a value, in the fewest that hold them all.
        var bytes: Int {
            largest < Float(CompactTrialArray.unobservedByte)
                ? 1 : largest < Float(CompactTrialArray.unobservedWord) ? 2 : 4
        }

        init(_ values: [Float]) {
            for value in values {
                if value.isNaN {
                    hasGaps = true
                } else if value < 0 || value != value.rounded(.towardZero) || value.sign == .minus {
                    largest = .infinity
                } else if value > largest {
                    largest = value
                }
            }
        }
    }

    /// Bytes that the values take.
    public var byteCount: Int {
        switch codes {
        case .bytes(let memory): memory.count
        case .words(let memory): 2 * memory.count
        case .floats(let memory): 4 * memory.count
        }
    }

    // MARK: Extents

    /// Extent along the trials.
    public var trialCount: Int { trials.count }
    /// Extent along the bins.
    public var binCount: Int { bins.count }
    /// Extent along the columns.
    public var columnCount: Int { columns.count }
    /// Values of one trial.
    public var trialSize: Int { binCount * columnCount }

    // MARK: Reading

    /// One trial, `[bins, columns]`, NaN where a sample was not observed.
    public subscript(trial trial: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: trialSize) { buffer, count in
            if let place = buffer.baseAddress { widen(trial: trial, gaps: .nan, into: place) }
            count = trialSize
        }
    }

    /// The value of one column in one bin of a trial.
    public subscript(trial: Int, bin: Int, column: Int) -> Float {
        let place = bin * columnCount + column
        return withCodes(ofTrial: trial) { codes in
            switch codes {
            case .bytes(let codes): codes[place] == Self.unobservedByte ? .nan : Float(codes[place])
            case .words(let codes): codes[place] == Self.unobservedWord ? .nan : Float(codes[place])
            case .floats(let values): values[place]
            }
        }
    }

    /// Some of the trials.
    ///
    /// - Parameters:
    ///   - chosen: places along the first axis, in the order wanted.
    ///   - gaps: what stands where a sample was not observed.
    public func selecting(trials chosen: [Int], gaps: Float = .nan) -> TrialArray {
        let size = trialSize
        return TrialArray(
            trials: trials.selecting(chosen), bins: bins, columns: columns,
            values: [Float](unsafeUninitializedCapacity: chosen.count * size) { buffer, count in
                if let place = buffer.baseAddress {
                    for (index, trial) in chosen.enumerated() {
                        widen(trial: trial, gaps: gaps, into: place + index * size)
                    }
                }
                count = chosen.count * size
            })
    }

    /// All of it, as it was given.
    public func widened() -> TrialArray { selecting(trials: Array(0..<trialCount)) }

    /// Sums of every column over the bins of some trials, in their order. A sample that was not observed adds nothing.
    public func columnSums(ofTrials chosen: some Sequence<Int>) -> [Double] {
        var sums = [Double](repeating: 0, count: columnCount)
        for trial in chosen {
            let values = selecting(trials: [trial], gaps: 0).values
            for bin in 0..<binCount {
                for column in 0..<columnCount { sums[column] += Double(values[bin * columnCount + column]) }
            }
        }
        return sums
    }

    /// The codes of one trial, for whoever widens them by loops of its own.
    package enum TrialCodes {
        /// ``CompactTrialArray/unobservedByte`` where a sample was not observed.
        case bytes(UnsafePointer<UInt8>)
        /// ``CompactTrialArray/unobservedWord`` where a sample was not observed.
        case words(UnsafePointer<UInt16>)
        /// NaN where a sample was not observed.
        case floats(UnsafePointer<Float>)
    }

    /// Hands out one trial where it lies.
    @inline(__always)
    package func withCodes<Result>(
        ofTrial trial: Int, _ body: (TrialCodes) throws -> Result
    ) rethrows -> Result {
        let start = trial * trialSize
        return try withExtendedLifetime(codes) {
            switch codes {
            case .bytes(let memory): try body(.bytes(memory.base + start))
            case .words(let memory): try body(.words(memory.base + start))
            case .floats(let memory): try body(.floats(memory.base + start))
            }
        }
    }

    private func widen(trial: Int, gaps: Float, into place: UnsafeMutablePointer<Float>) {
        let size = trialSize
        withCodes(ofTrial: trial) { codes in
            switch codes {
            case .bytes(let codes):
                for i in 0..<size { place[i] = codes[i] == Self.unobservedByte ? gaps : Float(codes[i]) }
            case .words(let codes):
                for i in 0..<size { place[i] = codes[i] == Self.unobservedWord ? gaps : Float(codes[i]) }
            case .floats(let values):
                for i in 0..<size { place[i] = values[i].isNaN ? gaps : values[i] }
            }
        }
    }
}
