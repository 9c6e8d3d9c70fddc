/// The newest bins of an endless recording, as many as a model's encoder sees.
public struct BinWindow: Sendable {
    private let unitCount: Int
    private let capacity: Int
    /// Row by row, the oldest bin first.
    private(set) var values: [Float] = []

    /// - Parameter capacity: bins.
    init(unitCount: Int, capacity: Int) {
        self.unitCount = unitCount
        self.capacity = capacity
    }

    /// Bins that the window holds.
    public var binCount: Int { values.count / unitCount }
    public var isFull: Bool { binCount == capacity }
    /// Bins that have to come before it is full.
    public var missingBinCount: Int { capacity - binCount }

    /// Takes new bins in; what is too old falls out.
    ///
    /// - Parameter new: all units of one bin after the other.
    mutating func append(_ new: [Float]) {
        values += new
        if binCount > capacity { values.removeFirst((binCount - capacity) * unitCount) }
    }
}
