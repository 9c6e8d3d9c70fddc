/// How the processes of one training put together what each of them has computed.
///
/// Numbers go through the processes one after the other, in the order of their ranks, and each adds to them; what
/// the last one leaves goes back to all. Sums of floating-point numbers have the bits of one process that way,
/// whatever the number of processes. All processes make the same calls in the same order.
public protocol Relay: AnyObject {
    /// Place of this process among those of the training, from 0.
    var rank: Int { get }
    /// Processes of the training.
    var count: Int { get }

    /// Takes memory through all processes; afterwards all have what the last one left.
    ///
    /// - Parameters:
    ///   - blocks: of the same sizes in all processes. They travel one after the other: while one is on its way, another is
    ///     added to.
    ///   - contribute: changes a block, given its place among the blocks, when it holds what the processes before
    ///     this one left.
    func pass(_ blocks: [UnsafeMutableRawBufferPointer], contribute: (Int) throws -> Void) throws
}

extension Relay {
    /// Every process knows some of the values; afterwards all know all of them.
    ///
    /// - Parameters:
    ///   - values: as many in all processes.
    ///   - own: places of those that this process knows, and no other does.
    public func gather(_ values: inout [Double], own: Range<Int>) throws {
        let known = Array(values[own])
        try values.withUnsafeMutableBufferPointer { values in
            try pass([UnsafeMutableRawBufferPointer(values)]) { _ in
                for (place, value) in zip(own, known) { values[place] = value }
            }
        }
    }

    /// What the first process has goes to all.
    public func spread(_ values: inout [Float]) throws {
        try values.withUnsafeMutableBufferPointer { values in
            let block = 1 << 16
            try pass(
                stride(from: 0, to: values.count, by: block).map {
                    UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(values)[
                            ($0 * MemoryLayout<Float>.stride)..<(min($0 + block, values.count)
                                * MemoryLayout<Float>.stride)])
                }
            ) { _ in }
        }
    }
}
