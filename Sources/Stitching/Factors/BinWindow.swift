/// The newest bins of an endless recording, as many as a model's encoder sees.
public struct BinWindow {
    private let width: Int
    private let capacity: Int
    /// The oldest bin first.
    public private(set) var values: [Float] = []

    /// - Parameters:
    ///   - width: units. - capacity: bins.
    public init(width: Int, capacity: Int) {
        self.width = width
        self.capacity = capacity
    }

    public var bins: Int { values.count / width }
    public var isFull: Bool { bins == capacity }

    /// - Parameter new: `[bins, width]`; what is too old falls out.
    public mutating func append(_ new: [Float]) {
        values += new
        if bins > capacity { values.removeFirst((bins - capacity) * width) }
    }
}
