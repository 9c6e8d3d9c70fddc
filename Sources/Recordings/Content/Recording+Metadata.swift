/// The metadata, read and set through the recording itself.
extension Recording {
    @inlinable public var session: String {
        get { metadata.session }
        set { metadata.session = newValue }
    }
    @inlinable public var subject: String {
        get { metadata.subject }
        set { metadata.subject = newValue }
    }
    @inlinable public var date: String {
        get { metadata.date }
        set { metadata.date = newValue }
    }
    @inlinable public var array: String? {
        get { metadata.array }
        set { metadata.array = newValue }
    }
    @inlinable public var binMilliseconds: Double {
        get { metadata.binMilliseconds }
        set { metadata.binMilliseconds = newValue }
    }
    @inlinable public var signal: Signal {
        get { metadata.signal }
        set { metadata.signal = newValue }
    }
    @inlinable public var trialCount: Int {
        get { metadata.trialCount }
        set { metadata.trialCount = newValue }
    }
    @inlinable public var binCount: Int {
        get { metadata.binCount }
        set { metadata.binCount = newValue }
    }
    @inlinable public var encodedBinCount: Int {
        get { metadata.encodedBinCount }
        set { metadata.encodedBinCount = newValue }
    }
    @inlinable public var units: [Unit] {
        get { metadata.units }
        set { metadata.units = newValue }
    }
    @inlinable public var trials: [Trial] {
        get { metadata.trials }
        set { metadata.trials = newValue }
    }
    @inlinable public var behaviorNames: [String] {
        get { metadata.behaviorNames }
        set { metadata.behaviorNames = newValue }
    }
    @inlinable public var externalInputNames: [String] {
        get { metadata.externalInputNames }
        set { metadata.externalInputNames = newValue }
    }
    @inlinable public var chop: Chop? {
        get { metadata.chop }
        set { metadata.chop = newValue }
    }
    @inlinable public var provenance: [String: String] {
        get { metadata.provenance }
        set { metadata.provenance = newValue }
    }

    /// Places of a split's trials, in recorded order.
    public func trialIndices(_ split: Split) -> [Int] { metadata.trialIndices(split) }
}
