/// Elements that are written once and read from then on.
final class SampleMemory<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    let base: UnsafePointer<Element>
    let count: Int
    /// What they lie in; `nil` = in memory of their own.
    private let file: MappedFile?

    /// - Parameters:
    ///   - file: with room for so many elements; `nil` = in memory.
    ///   - fill: writes every element.
    init(_ count: Int, in file: MappedFile?, fill: (UnsafeMutablePointer<Element>) -> Void) {
        self.count = count
        self.file = file
        let place =
            file?.place.bindMemory(to: Element.self, capacity: count)
            ?? UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        fill(place)
        file?.protect()
        base = UnsafePointer(place)
    }

    deinit { if file == nil { base.deallocate() } }
}
