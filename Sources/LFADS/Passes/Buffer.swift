import CKernels
import Foundation

/// Memory that outlives a call, aligned to cache lines; grows when asked and never shrinks.
///
/// Unchecked: whoever holds a buffer guarantees that no two threads write the same elements at once.
final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count: Int
    private let initial: Element

    init(_ count: Int = 0, initial: Element) {
        self.count = max(count, 16)
        self.initial = initial
        base = Self.allocate(self.count, initial)
    }

    deinit { base.deallocate() }

    /// Makes room for `count` elements. Contents are lost when it grows.
    func reserve(_ count: Int) {
        guard count > self.count else { return }
        base.deallocate()
        base = Self.allocate(count, initial)
        self.count = count
    }

    var byteCount: Int { count * MemoryLayout<Element>.stride }

    /// Large buffers begin at a huge page and ask for such pages: a pass over some ten megabytes would
    /// otherwise miss the address cache at every other row.
    private static func allocate(_ count: Int, _ initial: Element) -> UnsafeMutablePointer<Element> {
        let hugePage = 2 << 20
        var bytes = count * MemoryLayout<Element>.stride
        let isLarge = bytes >= hugePage
        if isLarge { bytes = (bytes + hugePage - 1) / hugePage * hugePage }
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: bytes, alignment: isLarge ? hugePage : 64)
        if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
        let pointer = raw.bindMemory(to: Element.self, capacity: count)
        pointer.initialize(repeating: initial, count: count)
        return pointer
    }
}

typealias FloatBuffer = Buffer<Float>
typealias DoubleBuffer = Buffer<Double>
/// Byte masks, 1 = kept.
typealias MaskBuffer = Buffer<UInt8>

extension Buffer where Element == Float {
    convenience init(_ count: Int = 0) { self.init(count, initial: 0) }
    func setToZero(_ count: Int) { base.update(repeating: 0, count: count) }
}

extension Buffer where Element == Double {
    convenience init(_ count: Int = 0) { self.init(count, initial: 0) }
}

extension Buffer where Element == UInt8 {
    convenience init(_ count: Int = 0) { self.init(count, initial: 1) }
}

/// The pointwise loops and the matrix products of this processor, looked up once.
nonisolated(unsafe) let loops: UnsafePointer<pointwise_loops> = pointwise_loops_for_this_processor()
nonisolated(unsafe) let products: UnsafePointer<matrix_products> = matrix_products_for_this_processor()
