extension ParallelJob {
    /// Messages between neighbours: to the next rank, and back to the one before. Other kinds of messages are small numbers.
    private static let forwards = 30_001
    private static let backwards = 30_002

    /// Takes memory through all processes, one after the other in the order of their ranks; each changes it, and
    /// afterwards all have what the last one left. All of them call it, with blocks of the same sizes.
    ///
    /// - Parameters:
    ///   - blocks: travel one after the other: while one is on its way, another is changed. Up to 2 GB each.
    ///   - isPatient: whether the process before this one may take long, so that the processor is left to others.
    ///   - contribute: changes a block, given its place, when it holds what the processes before this one left.
    /// - Throws: `RanksError`, and what `contribute` throws.
    public func pass(
        _ blocks: [UnsafeMutableRawBufferPointer], isPatient: Bool, contribute: (Int) throws -> Void
    ) throws {
        let hasNext = rank < count - 1
        let hasPrevious = rank > 0
        var sent = [Sending?](repeating: nil, count: blocks.count)
        var returned = sent
        for (place, block) in blocks.enumerated() {
            if hasPrevious { try receive(block, from: rank - 1, as: Self.forwards, isPatient: isPatient) }
            try contribute(place)
            if hasNext {
                sent[place] = try startSending(block, to: rank + 1, as: Self.forwards)
            } else if hasPrevious {
                returned[place] = try startSending(block, to: rank - 1, as: Self.backwards)
            }
        }
        if hasNext {
            for (place, block) in blocks.enumerated() {
                // What has gone out may be written over.
                try finish(&sent[place])
                try receive(block, from: rank + 1, as: Self.backwards, isPatient: isPatient)
                if hasPrevious {
                    returned[place] = try startSending(block, to: rank - 1, as: Self.backwards)
                }
            }
        }
        for place in blocks.indices { try finish(&returned[place]) }
    }

    /// The same where nobody keeps the others waiting.
    public func pass(_ blocks: [UnsafeMutableRawBufferPointer], contribute: (Int) throws -> Void) throws {
        try pass(blocks, isPatient: false, contribute: contribute)
    }
}
