import CKernels

/// Float32 memory that outlives a call, aligned to cache lines; grows when asked and never shrinks.
///
/// Unchecked: whoever holds a buffer guarantees that no two threads write the same elements at once.
final class FloatBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutablePointer<Float>
    private(set) var count: Int

    init(_ count: Int = 0) {
        self.count = max(count, 16)
        base = Self.allocate(self.count)
    }

    deinit { base.deallocate() }

    /// Makes room for `count` elements. Contents are lost when it grows.
    func reserve(_ count: Int) {
        guard count > self.count else { return }
        base.deallocate()
        base = Self.allocate(count)
        self.count = count
    }

    func setToZero(_ count: Int) { base.update(repeating: 0, count: count) }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
        let pointer = raw.bindMemory(to: Float.self, capacity: count)
        pointer.initialize(repeating: 0, count: count)
        return pointer
    }
}

/// Byte masks (1 = kept), with the same rules as `FloatBuffer`.
final class MaskBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count: Int

    init(_ count: Int = 0) {
        self.count = max(count, 64)
        base = .allocate(capacity: self.count)
        base.initialize(repeating: 1, count: self.count)
    }

    deinit { base.deallocate() }

    func reserve(_ count: Int) {
        guard count > self.count else { return }
        base.deallocate()
        base = .allocate(capacity: count)
        base.initialize(repeating: 1, count: count)
        self.count = count
    }
}

/// The pointwise loops of this processor, looked up once.
nonisolated(unsafe) let loops: UnsafePointer<pointwise_loops> = pointwise_loops_for_this_processor()
